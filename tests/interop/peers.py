# SPDX-License-Identifier: Apache-2.0
"""How each Sigstore client is asked to verify a bundle, without a network, and
to sign one."""

import base64
import dataclasses
import json
import pathlib
import re
import shutil
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


@dataclasses.dataclass
class Job:
    """What to sign, as whom, and by which services."""

    in_toto: bool
    artifact: pathlib.Path
    statement: pathlib.Path  # about the artifact
    bundle: pathlib.Path
    token: str
    trusted_root: pathlib.Path
    signing_config: pathlib.Path
    trust_config: pathlib.Path  # both

    def conformance(self):
        """The command line of the conformance suite."""
        return ["sign-bundle", *(["--in-toto"] if self.in_toto else []),
                "--identity-token", self.token, "--bundle", self.bundle,
                "--trusted-root", self.trusted_root, "--signing-config",
                self.signing_config,
                self.statement if self.in_toto else self.artifact]


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

    def sign_command(self, job):
        return [self.program, *job.conformance()]


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

    def sign_command(self, job):
        return [self.program, *job.conformance()]


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

    def sign_command(self, job):
        verb = ["sign"]
        if job.in_toto:  # it makes the statement, of a type that it knows
            content = json.loads(job.statement.read_bytes())
            predicate = job.bundle.with_suffix(".predicate")
            predicate.write_text(json.dumps(content["predicate"]))
            verb = ["attest", "--predicate", predicate, "--predicate-type",
                    content["predicateType"]]
        return [self.program, "--trust-config", job.trust_config, *verb,
                "--identity-token", job.token, "--bundle", job.bundle,
                job.artifact]


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

    def sign_command(self, job):
        verb = (["attest-blob", "--statement", job.statement] if job.in_toto
                else ["sign-blob"])
        return [self.program, *verb, "--yes", "--identity-token", job.token,
                "--signing-config", job.signing_config, "--trusted-root",
                job.trusted_root, "--bundle", job.bundle,
                *([] if job.in_toto else [job.artifact])]

    @staticmethod
    def predicate_type(case):
        envelope = json.loads(case.bundle.read_bytes())["dsseEnvelope"]
        try:
            return json.loads(base64.b64decode(envelope["payload"]))[
                "predicateType"]
        except (KeyError, ValueError) as error:
            raise Impossible("it asks for the predicate's type") from error


class SigstoreJs:
    """Its libraries, behind a program of ours."""

    name = "sigstore-js"
    script = HERE / "sigstore_js.cjs"

    def __init__(self, peers):
        self.program = peers / "node_modules" / "@sigstore" / "verify"
        self.node = ["/usr/bin/env", f"NODE_PATH={peers}/node_modules",
                     shutil.which("node") or "node", self.script]
        packages = json.loads((HERE / "package.json").read_text())
        self.version = "verify {}, sign {}".format(
            *(packages["dependencies"][f"@sigstore/{name}"]
              for name in ("verify", "sign")))

    def command(self, case, _work):
        if case.key:
            raise Impossible("it takes no public key beside a trusted root")
        return [*self.node, "verify-bundle", "--bundle", case.bundle,
                *case.signer("--certificate-identity",
                             "--certificate-oidc-issuer"),
                "--trusted-root", case.trusted_root, case.artifact]

    def sign_command(self, job):
        return [*self.node, *job.conformance()]


def installed(peers):
    """The peers that are there, and the names of the others."""
    every = [SigstoreGo(peers), SigstorePython(peers), Cosign(peers),
             SigstoreJs(peers)]
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


def run(command, work, **environment):
    """The exit code, None after a crash, and what was said last."""
    done = subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, timeout=SECONDS, check=False,
                          env={"HOME": str(work), "PATH": "/usr/bin:/bin",
                               "TUF_ROOT": str(work / "tuf"),
                               "LC_ALL": "C.UTF-8", "COLUMNS": "500",
                               **environment})
    crashed = done.returncode < 0 or "goroutine 1 [" in done.stderr
    return (None if crashed else done.returncode,
            last_words(done.stdout + done.stderr))


def ask(peer, case, work):
    """("ok" | "failed" | "impossible", why)"""
    try:
        command = peer.command(case, work)
    except Impossible as reason:
        return "impossible", str(reason)
    status, said = run(command, work)
    # A crash is no refusal.
    if status is None:
        return "failed", f"crashed: {said}"
    if (status == 0) == case.passes:
        return "ok", said
    return "failed", "accepted" if status == 0 else said


def sign(peer, job, work):
    """The same, for making job.bundle."""
    try:
        command = peer.sign_command(job)
    except Impossible as reason:
        return "impossible", str(reason)
    status, said = run(command, work)
    if status == 0 and job.bundle.exists():
        return "ok", said
    return "failed", f"crashed: {said}" if status is None else said
