# SPDX-License-Identifier: Apache-2.0
"""How each Sigstore client is asked to verify a bundle, without a network."""

import base64
import dataclasses
import json
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 120

# What sigstore-python wants beside a trusted root, and does not use here.
SIGNING_CONFIG = {
    "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    "caUrls": [], "oidcUrls": [], "rekorTlogUrls": [], "tsaUrls": [],
    "rekorTlogConfig": {"selector": "ANY"}, "tsaConfig": {"selector": "ANY"}}


@dataclasses.dataclass
class Case:
    """A bundle, what it is about, and whom it is to be by."""

    name: str
    passes: bool
    bundle: pathlib.Path
    artifact: pathlib.Path
    trusted_root: pathlib.Path | None
    key: pathlib.Path | None = None
    identity: str = ""
    issuer: str = ""

    def signer(self, identity, issuer, key="--key"):
        if self.key:
            return [key, self.key]
        return [identity, self.identity, issuer, self.issuer]

    def is_envelope(self):
        try:
            return "dsseEnvelope" in json.loads(self.bundle.read_bytes())
        except ValueError:
            return False


class Impossible(Exception):
    """The peer has no way to be asked this."""


def from_go_mod(module, path):
    text = (HERE / "go" / module / "go.mod").read_text()
    return re.search(rf"\b{re.escape(path)} (v\S+)", text).group(1)


def from_requirements(package):
    text = (HERE / "requirements.txt").read_text()
    return re.search(rf"(?m)^{package}==(\S+)$", text).group(1)


class Ours:
    name = "hf-sigstore"

    def __init__(self, programs):
        self.program = programs / "hf-sigstore"
        self.version = ""

    def command(self, case, _work):
        return [self.program, "verify-bundle", "--bundle", case.bundle,
                *case.signer("--certificate-identity",
                             "--certificate-oidc-issuer"),
                "--trusted-root", case.trusted_root, case.artifact]


class SigstoreGo:
    """Its own program for the conformance suite."""

    name = "sigstore-go"

    def __init__(self, peers):
        self.program = peers / "bin" / "sigstore-go-conformance"
        self.key_program = peers / "bin" / "sigstore-go-library"
        self.version = from_go_mod("sigstore-go",
                                   "github.com/sigstore/sigstore-go")

    def command(self, case, _work):
        if case.trusted_root is None:  # in no log, which only its library may
            return [self.key_program, "key", case.key, case.bundle, case.artifact]
        return [self.program, "verify-bundle", "--bundle", case.bundle,
                *case.signer("--certificate-identity",
                             "--certificate-oidc-issuer"),
                "--trusted-root", case.trusted_root, case.artifact]


def write_trust_config(trusted_root, work):
    """Of a trusted root what sigstore-python and model-signing read."""
    config = work / "trust_config.json"
    config.write_text(json.dumps(
        {"mediaType":
         "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
         "trustedRoot": json.loads(trusted_root.read_bytes()),
         "signingConfig": SIGNING_CONFIG}))
    return config


class SigstorePython:
    name = "sigstore-python"

    def __init__(self, peers):
        self.program = peers / "bin" / "sigstore"
        self.version = from_requirements("sigstore")

    def command(self, case, work):
        if case.key:
            raise Impossible("its program knows no managed keys")
        config = write_trust_config(case.trusted_root, work)
        return [self.program, "--trust-config", config, "verify", "identity",
                "--offline", "--bundle", case.bundle,
                *case.signer("--cert-identity", "--cert-oidc-issuer"),
                case.artifact]


class Cosign:
    name = "cosign"

    def __init__(self, peers):
        self.program = peers / "bin" / "cosign"
        self.version = from_go_mod("cosign", "github.com/sigstore/cosign/v3")

    def command(self, case, _work):
        verb = ["verify-blob"]
        if case.is_envelope():
            verb = ["verify-blob-attestation", "--type",
                    self.predicate_type(case)]
        trust = (["--trusted-root", case.trusted_root] if case.trusted_root
                 else ["--insecure-ignore-tlog=true"])
        return [self.program, *verb, "--bundle", case.bundle, *trust,
                *case.signer("--certificate-identity",
                             "--certificate-oidc-issuer"), case.artifact]

    @staticmethod
    def predicate_type(case):
        envelope = json.loads(case.bundle.read_bytes())["dsseEnvelope"]
        try:
            return json.loads(base64.b64decode(envelope["payload"]))[
                "predicateType"]
        except (KeyError, ValueError) as error:
            raise Impossible("it asks for the predicate's type") from error


def installed(peers):
    """The peers that are there, and the names of the others."""
    every = [SigstoreGo(peers), SigstorePython(peers), Cosign(peers)]
    return ([peer for peer in every if peer.program.exists()],
            [peer for peer in every if not peer.program.exists()])


def last_words(text):
    """The last line that is about the matter, without the place in a source
    file that sigstore-python puts behind it."""
    lines = [re.sub(r"\s+\w+\.py:\d+$", "", line.strip())
             for line in text.strip().splitlines()
             if "detailed error information" not in line
             and "`--verbose`" not in line]
    return lines[-1] if lines else ""


def ask(peer, case, work):
    """("ok" | "failed" | "impossible", why)"""
    try:
        command = peer.command(case, work)
    except Impossible as reason:
        return "impossible", str(reason)
    run = subprocess.run([str(word) for word in command], text=True,
                         capture_output=True, timeout=SECONDS, check=False,
                         env={"HOME": str(work), "PATH": "/usr/bin:/bin",
                              "TUF_ROOT": str(work / "tuf"),
                              "LC_ALL": "C.UTF-8", "COLUMNS": "500"})
    said = last_words(run.stdout + run.stderr)
    # A crash is no refusal.
    if run.returncode < 0 or "goroutine 1 [" in run.stderr:
        return "failed", f"crashed: {said}"
    if (run.returncode == 0) == case.passes:
        return "ok", said
    return "failed", "accepted" if run.returncode == 0 else said
