#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What hf-sigstore signs by the services of a Sigstore, the other clients
verify, and the reverse; called by scripts/interop sign, with SIGSTORE_INSTANCE
(stack.py).

A cell is "ok" where a bundle is made and accepted, and refused for another
artifact and for another signer; "failed" with the client's own words where it
is not, "impossible" where a client cannot be asked. Exit 1 when a cell fails
that is not in KNOWN.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import sys
import tempfile
import urllib.request

import peers as clients
from matrix import show
from peers import Case, Job

IDENTITY = "alice@example.org"
TILES = "github.com/sigstore/rekor-tiles/v2"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# Each log, and what the names of its files end in.
LOGS = {f"rekor-tiles {clients.from_go_mod('rekor-tiles-2.3', TILES)}": "",
        f"rekor-tiles {clients.from_go_mod('rekor-tiles-2.2', TILES)}": "_2.2",
        "Rekor v1, @sigstore/mock": "_v1",
        "Rekor v1, rekor-server": None}
NO_LOG = {None: "it needs Trillian and a MySQL server",
          "_v1": "npm has not installed @sigstore/mock"}

# Shown as failed, and no failure of this run: @sigstore/sign 5.1.0 asks a log
# of version 2 for the entry type "dsse", which rekor-tiles has up to 2.2.
KNOWN = {("verified by hf-sigstore, signed by",
          f"DSSE, {next(iter(LOGS))}", "sigstore-js")}

PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
PREDICATE = {"buildDefinition": {"buildType": "https://example.org/build",
                                 "externalParameters": {}},
             "runDetails": {"builder": {"id": "https://example.org/builder"}}}


@dataclasses.dataclass
class Instance:
    """The files of a Sigstore, with one of its logs."""

    folder: pathlib.Path
    suffix: str | None

    @property
    def url(self):
        return (self.folder / "url").read_text().strip()

    def exists(self):
        return (self.folder / f"signing_config{self.suffix}.json").exists()

    def token(self):
        with DIRECT.open(f"{self.url}/oidc/mint", timeout=10) as answer:
            return answer.read().decode()

    def job(self, work, bundle, in_toto=False):
        return Job(in_toto, work / "artifact", work / "statement.json", bundle,
                   self.token(), self.folder / "trusted_root.json",
                   self.folder / f"signing_config{self.suffix}.json",
                   self.folder / f"trust_config{self.suffix}.json")

    def cases(self, work, bundle):
        """The right one, another artifact, another signer, another issuer."""
        issuer = f"{self.url}/oidc"
        for name, artifact, identity, by in (
                ("", "artifact", IDENTITY, issuer),
                ("another artifact", "other", IDENTITY, issuer),
                ("another signer", "artifact", "mallory@example.org", issuer),
                ("another issuer", "artifact", IDENTITY, issuer + "/ci")):
            yield Case(name, not name, bundle, work / artifact,
                       self.folder / "trusted_root.json", None, identity, by)


def write_artifacts(work):
    artifact = work / "artifact"
    artifact.write_bytes(b"signed\n")
    (work / "other").write_bytes(b"not signed\n")
    (work / "statement.json").write_text(json.dumps(
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "artifact", "digest": {
             "sha256": hashlib.sha256(artifact.read_bytes()).hexdigest()}}],
         "predicateType": PREDICATE_TYPE, "predicate": PREDICATE}))


def try_pair(signer, verifier, instance, in_toto, work):
    """("ok" | "failed" | "impossible", why) of one cell."""
    bundle = work / f"{signer.name}{instance.suffix}-{in_toto}.json"
    if not bundle.exists():  # the first cell that wants it
        made = clients.sign(signer, instance.job(work, bundle, in_toto), work)
        if made[0] != "ok":
            return made[0], f"signing: {made[1]}"
    for case in instance.cases(work, bundle):
        verdict, why = clients.ask(verifier, case, work)
        if verdict != "ok":
            return verdict, f"{case.name}: {why}" if case.name else why
    return "ok", ""


def rows(pairs, folder, work):
    """pairs: signer and verifier of each column."""
    for log, suffix in LOGS.items():
        instance = Instance(folder, suffix)
        for in_toto in (False, True):
            name = f"{'DSSE' if in_toto else 'message'}, {log}"
            cells = [("impossible", NO_LOG.get(suffix, "not here"))] * len(
                pairs)
            if instance.exists():
                cells = [try_pair(*pair, instance, in_toto, work)
                         for pair in pairs]
            yield name, cells


class ModelSigning:
    """The reference of OMS, and how ours is called for the same."""

    name = "model-signing"
    version = clients.from_requirements("model-signing")

    def __init__(self, peers, programs):
        self.theirs = peers / "bin" / "model_signing"
        self.ours = programs / "hf-sigstore"

    def sign(self, ours, job, model):
        if ours:
            return [self.ours, "sign", model, "--trust-config",
                    job.trust_config]
        return [self.theirs, "sign", "sigstore", "--identity_token", job.token,
                "--trust_config", job.trust_config, "--signature",
                model / "model.sig", model]

    def verify(self, ours, case, model, trust_config):
        if ours:
            return [self.ours, "verify", model, "--identity", case.identity,
                    "--issuer", case.issuer, "--trusted-root",
                    case.trusted_root]
        return [self.theirs, "verify", "sigstore", "--identity", case.identity,
                "--identity_provider", case.issuer, "--trust_config",
                trust_config, "--signature", model / "model.sig", model]


def try_model(program, ours_signs, instance, work):
    model = work / f"model{instance.suffix}-{ours_signs}"
    (model / "sub").mkdir(parents=True)
    (model / "config.json").write_text("{}\n")
    (model / "sub" / "weights.bin").write_bytes(os.urandom(5000))
    signature = model / "model.sig"
    job = instance.job(work, signature)
    status, said = clients.run(program.sign(ours_signs, job, model), work,
                               SIGSTORE_ID_TOKEN=job.token)
    if status != 0:
        return "failed", f"signing: {said}"
    for case in instance.cases(work, signature):
        if case.name == "another artifact":
            continue
        status, said = clients.run(
            program.verify(not ours_signs, case, model, job.trust_config), work)
        if status is None or (status == 0) != case.passes:
            return "failed", f"{case.name}: {status}: {said}"
    (model / "config.json").write_text("{ }\n")
    case = next(instance.cases(work, signature))
    status, _ = clients.run(
        program.verify(not ours_signs, case, model, job.trust_config), work)
    if status in (None, 0):
        return "failed", "another artifact: accepted"
    return "ok", ""


def model_rows(program, folder, work):
    for log, suffix in LOGS.items():
        instance = Instance(folder, suffix)
        for ours_signs in (True, False):
            ways = ("here, verified there" if ours_signs
                    else "there, verified here")
            name = f"signed {ways}, {log}"
            cell = ("impossible", NO_LOG.get(suffix, "not here"))
            if instance.exists():
                cell = try_model(program, ours_signs, instance, work)
            yield name, [cell]


def print_services():
    print("services: " + ", ".join(
        f"{name} {clients.from_go_mod(module, path)}"
        for name, module, path in (
            ("Fulcio", "fulcio", "github.com/sigstore/fulcio"),
            ("TesseraCT", "tesseract",
             "github.com/transparency-dev/tesseract"),
            ("timestamp-authority", "timestamp-authority",
             "github.com/sigstore/timestamp-authority/v2"))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    options = parser.parse_args()
    folder = pathlib.Path(os.environ["SIGSTORE_INSTANCE"])
    ours = clients.Ours(options.programs.resolve())
    there, missing = clients.installed(options.peers.resolve())
    for peer in missing:
        print(f"NOT RUN: {peer.name} {peer.version} is not in {options.peers}")
    print_services()
    bad = len(missing) if os.environ.get("CI") else 0
    oms = ModelSigning(options.peers.resolve(), options.programs.resolve())
    with tempfile.TemporaryDirectory(prefix="interop-") as temporary:
        work = pathlib.Path(temporary)
        write_artifacts(work)
        for title, columns, table in (
                ("signed by hf-sigstore, verified by", there,
                 rows([(ours, peer) for peer in there], folder, work)),
                ("verified by hf-sigstore, signed by", there,
                 rows([(peer, ours) for peer in there], folder, work)),
                ("OpenSSF Model Signing", [oms],
                 model_rows(oms, folder, work))):
            table = list(table)
            show(title, columns, table)
            bad += sum(verdict == "failed" and (title, name, peer.name)
                       not in KNOWN
                       for name, cells in table
                       for peer, (verdict, _) in zip(columns, cells))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
