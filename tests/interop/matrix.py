#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles, and what each Sigstore client says of them; called by
scripts/interop verify.

A cell is "ok" where the client answers as it should, "failed" with its own
words where it does not, "impossible" where it cannot be asked. Exit 1 when
hf-sigstore fails anywhere, or when a peer refuses what hf-sigstore signed.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import peers as clients
from peers import Case

KINDS = {"P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
         "P-384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
         "P-521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]}


# Shown as failed, and no failure of this run: cosign 3.1.2's verify-blob takes
# SHA-256 for every --key (cmd/cosign/cli/verify/verify_blob.go), where the
# algorithm registry has SHA-384 for P-384 and SHA-512 for P-521.
KNOWN = {("P-384 key", "cosign"), ("P-521 key", "cosign")}


def vector_cases(vectors):
    folder = vectors / "sigstore"
    if not (folder / "cases.json").exists():
        return
    for entry in json.loads((folder / "cases.json").read_bytes()):
        yield Case(entry["name"], entry["expect"] == "pass",
                   folder / entry["bundle"], folder / entry["artifact"],
                   folder / entry["trusted_root"],
                   folder / entry["key"] if "key" in entry else None,
                   entry.get("identity", ""), entry.get("issuer", ""))


def signed_cases(programs, work):
    """What hf-sigstore signs with a key, and the same beside another file."""
    artifact, other = work / "artifact", work / "other"
    artifact.write_bytes(b"signed\n")
    other.write_bytes(b"not signed\n")
    for kind, options in KINDS.items():
        key, public = work / f"{kind}.key", work / f"{kind}.pub"
        subprocess.run(["openssl", "genpkey", *options, "-out", key],
                       check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out",
                        public], check=True)
        bundle = work / f"{kind}.sigstore.json"
        subprocess.run([programs / "hf-sigstore", "sign-bundle", "--key", key,
                        "--bundle", bundle, artifact], check=True)
        yield Case(f"{kind} key", True, bundle, artifact, None, public)
        yield Case(f"{kind} key, other file", False, bundle, other, None,
                   public)


def show(title, columns, rows):
    """rows: a name, and (verdict, why) of each column."""
    names = [f"{peer.name} {peer.version}".strip() for peer in columns]
    first = max([len(title)] + [len(name) for name, _ in rows])
    print("\n" + "  ".join([title.ljust(first)] + names))
    notes = []
    for name, cells in rows:
        line = [name.ljust(first)]
        for column, (verdict, why) in zip(names, cells):
            line.append(verdict.ljust(len(column)))
            if verdict != "ok" and len(set(cells)) > 1:
                notes.append(f"{name}, {column}: {verdict}: {why[:300]}")
        if len(set(cells)) == 1 and cells[0][0] != "ok":
            notes.append(f"{name}: {cells[0][0]}: {cells[0][1][:300]}")
        print("  ".join(line).rstrip())
    for note in notes:
        print(f"  {note}")


def run_table(title, cases, columns, work):
    rows = [(case.name, [clients.ask(peer, case, work) for peer in columns])
            for case in cases]
    show(title, columns, rows)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--vectors", type=pathlib.Path, required=True)
    options = parser.parse_args()
    ours = clients.Ours(options.programs.resolve())
    there, missing = clients.installed(options.peers.resolve())
    for peer in missing:
        print(f"NOT RUN: {peer.name} {peer.version} is not in {options.peers}")
    bad = len(missing) if os.environ.get("CI") else 0
    with tempfile.TemporaryDirectory(prefix="interop-") as folder:
        work = pathlib.Path(folder)
        if (options.vectors / "sigstore" / "cases.json").exists():
            rows = run_table("conformance vectors",
                             vector_cases(options.vectors.resolve()),
                             [ours, *there], work)
            bad += sum(cells[0][0] != "ok" for _, cells in rows)
        else:
            print(f"NOT RUN: no vectors in {options.vectors}")
            bad += bool(os.environ.get("CI"))
        rows = run_table("signed by hf-sigstore",
                         signed_cases(options.programs.resolve(), work),
                         there, work)
        bad += sum(verdict == "failed" and (name, peer.name) not in KNOWN
                   for name, cells in rows
                   for peer, (verdict, _) in zip(there, cells))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
