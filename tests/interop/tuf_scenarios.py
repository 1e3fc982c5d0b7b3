# SPDX-License-Identifier: Apache-2.0
"""Repositories made by python-tuf, good and bad, and what two clients say of
them: hf-sigstore and python-tuf's own. Both have to say what the table has.

    tuf_scenarios.py FOLDER [SCENARIO]

Prints a line a scenario, and exits 1 when one is not as it should be.
"""

import datetime
import functools
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import urllib.parse

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (DelegatedRole, Delegations, Metadata, MetaFile,
                              Root, Snapshot, TargetFile, Targets, Timestamp)
from tuf.api.serialization.json import JSONSerializer
from tuf.ngclient import Updater

TARGET = "trusted_root.json"
MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def later(days):
    return NOW + datetime.timedelta(days=days)


def trusted_root(number):
    """A trusted root that says which one it is."""
    return json.dumps({"mediaType": MEDIA_TYPE, "tlogs": [], "ctlogs": [],
                       "certificateAuthorities": [],
                       "timestampAuthorities": [], "number": number}).encode()


class Repository:
    """One key a role; change the roles, publish, and serve the folder."""

    def __init__(self, folder, make_key=CryptoSigner.generate_ed25519):
        self.folder = folder
        (folder / "targets").mkdir(parents=True)
        self.make_key = make_key
        self.roles = {"root": Root(expires=later(30)),
                      "timestamp": Timestamp(expires=later(30)),
                      "snapshot": Snapshot(expires=later(30)),
                      "targets": Targets(expires=later(30))}
        self.signers = {name: [] for name in self.roles}
        for name in self.roles:
            self.add_key(name)
        self.write_root()
        self.add_target("targets", trusted_root(1))
        self.publish_targets()

    @property
    def root(self):
        return self.roles["root"]

    def add_key(self, name):
        signer = self.make_key()
        self.root.add_key(signer.public_key, name)
        self.signers[name].append(signer)

    def rotate(self, name):
        for signer in self.signers[name]:
            self.root.revoke_key(signer.public_key.keyid, name)
        self.signers[name] = []
        self.add_key(name)

    def signed(self, name):
        metadata = Metadata(self.roles[name])
        for signer in self.signers[name]:
            metadata.sign(signer, append=True)
        return metadata.to_bytes(JSONSerializer())

    def write(self, name, data):
        quoted = urllib.parse.quote(name, "")
        (self.folder / quoted).write_bytes(data)

    def write_root(self):
        self.write(f"{self.root.version}.root.json", self.signed("root"))

    def publish_root(self):
        self.root.version += 1
        self.write_root()

    def publish_timestamp(self):
        self.roles["timestamp"].version += 1
        self.write("timestamp.json", self.signed("timestamp"))

    def publish_snapshot(self):
        snapshot = self.roles["snapshot"]
        snapshot.version += 1
        data = self.signed("snapshot")
        self.write(f"{snapshot.version}.snapshot.json", data)
        self.roles["timestamp"].snapshot_meta = MetaFile(
            snapshot.version, len(data),
            {"sha256": hashlib.sha256(data).hexdigest()})
        self.publish_timestamp()

    def publish_targets(self, name="targets"):
        role = self.roles[name]
        role.version += 1
        data = self.signed(name)
        self.write(f"{role.version}.{name}.json", data)
        self.roles["snapshot"].meta[f"{name}.json"] = MetaFile(
            role.version, len(data),
            {"sha256": hashlib.sha256(data).hexdigest()})
        self.publish_snapshot()

    def add_target(self, name, data, path=TARGET):
        target = TargetFile.from_data(path, data, ["sha256", "sha512"])
        self.roles[name].targets[path] = target
        for digest in target.hashes.values():
            (self.folder / "targets" / f"{digest}.{path}").write_bytes(data)

    def delegate(self, delegator, name, paths, terminating=False):
        signer = self.make_key()
        self.roles.setdefault(name, Targets(expires=later(30)))
        self.signers[name] = [signer]
        role = self.roles[delegator]
        if role.delegations is None:
            role.delegations = Delegations({}, {})
        role.delegations.roles[name] = DelegatedRole(
            name, [], 1, terminating, paths)
        role.add_key(signer.public_key, name)

    def replay(self, name, data):
        """An old file again, as somebody in the middle would send it."""
        self.write(name, data)

    def read(self, name):
        return (self.folder / name).read_bytes()


# Each scenario gets a repository that both clients already follow, changes it,
# and is named after what the clients have to say: the number of the trusted
# root they end up with, or why there is none.
SCENARIOS = []


def scenario(expected, kind=None):
    def add(function):
        SCENARIOS.append((function.__name__, expected, kind, function))
        return function
    return add


@scenario(1)
def nothing_new(_):
    pass


@scenario(2)
def newer_target(repository):
    repository.add_target("targets", trusted_root(2))
    repository.publish_targets()


@scenario(2)
def root_rotation_signed_by_both(repository):
    old = repository.signers["root"]
    repository.rotate("root")
    repository.signers["root"] = repository.signers["root"] + old
    repository.publish_root()
    repository.signers["root"] = repository.signers["root"][:1]
    repository.publish_root()
    newer_target(repository)


@scenario(None, "bad_signature")
def root_rotation_signed_by_the_new_key_alone(repository):
    repository.rotate("root")
    repository.publish_root()


@scenario(None, "bad_signature")
def root_rotation_signed_by_the_old_key_alone(repository):
    old = repository.signers["root"]
    repository.rotate("root")
    repository.signers["root"] = old
    repository.publish_root()


@scenario(None, "bad_evidence")
def root_version_skipped(repository):
    repository.root.version += 2
    repository.write("2.root.json", repository.signed("root"))


@scenario(2)
def online_keys_rotated(repository):
    for name in ("timestamp", "snapshot", "targets"):
        repository.rotate(name)
    old = repository.signers["root"]
    repository.publish_root()
    assert repository.signers["root"] == old
    newer_target(repository)


@scenario(None, "bad_signature")
def timestamp_by_a_revoked_key(repository):
    old = repository.signers["timestamp"]
    repository.rotate("timestamp")
    repository.publish_root()
    repository.signers["timestamp"] = old
    repository.publish_timestamp()


@scenario(None, "bad_signature")
def threshold_not_met(repository):
    repository.add_key("snapshot")
    repository.root.roles["snapshot"].threshold = 2
    repository.publish_root()
    repository.signers["snapshot"].pop()
    repository.publish_snapshot()


@scenario(2)
def threshold_met(repository):
    repository.add_key("snapshot")
    repository.root.roles["snapshot"].threshold = 2
    repository.publish_root()
    newer_target(repository)


@scenario(None, "rollback")
def timestamp_rollback(repository):
    old = repository.read("timestamp.json")
    repository.publish_timestamp()
    yield
    repository.replay("timestamp.json", old)


@scenario(None, "rollback")
def snapshot_rollback(repository):
    repository.publish_snapshot()
    yield
    repository.roles["timestamp"].snapshot_meta = MetaFile(1)
    repository.publish_timestamp()


@scenario(None, "rollback")
def targets_rollback(repository):
    repository.publish_targets()
    yield
    repository.roles["snapshot"].meta["targets.json"].version -= 1
    repository.publish_snapshot()


@scenario(None, "stale_trust")
def freeze(repository):
    repository.roles["timestamp"].expires = later(-1)
    repository.publish_timestamp()


@scenario(None, "stale_trust")
def snapshot_expired(repository):
    repository.roles["snapshot"].expires = later(-1)
    repository.publish_snapshot()


@scenario(None, "stale_trust")
def targets_expired(repository):
    repository.roles["targets"].expires = later(-1)
    repository.publish_targets()


@scenario(None, "stale_trust")
def root_expired(repository):
    repository.root.expires = later(-1)
    repository.publish_root()


@scenario(None, "bad_evidence")
def mix_and_match(repository):
    """The snapshot of one state, the targets of another."""
    old = repository.roles["targets"].version
    newer_target(repository)
    new = repository.roles["targets"].version
    repository.replay(f"{new}.targets.json",
                      repository.read(f"{old}.targets.json"))


@scenario(2)
def fast_forward_recovery(repository):
    for name in ("timestamp", "snapshot"):
        repository.roles[name].version = 99_999
    repository.publish_snapshot()
    yield
    for name in ("timestamp", "snapshot"):
        repository.rotate(name)
        repository.roles[name].version = 0
    repository.publish_root()
    newer_target(repository)


@scenario(None, "rollback")
def fast_forward_without_new_keys(repository):
    repository.roles["timestamp"].version = 99_999
    repository.publish_timestamp()
    yield
    repository.roles["timestamp"].version = 5
    repository.publish_timestamp()


@scenario(None, "bad_evidence")
def target_substituted(repository):
    newer_target(repository)
    for path in (repository.folder / "targets").iterdir():
        path.write_bytes(path.read_bytes().replace(b"2", b"3"))


@scenario(None, "not_found")
def snapshot_missing(repository):
    repository.publish_snapshot()
    version = repository.roles["snapshot"].version
    (repository.folder / f"{version}.snapshot.json").unlink()


@scenario(None, "invalid_input")
def endless_timestamp(repository):
    repository.write("timestamp.json", b" " * 20_000)


@scenario(7)
def delegated_target(repository):
    del repository.roles["targets"].targets[TARGET]
    repository.delegate("targets", "first", ["other/*"])
    repository.delegate("targets", "second", ["*.json"])
    repository.add_target("second", trusted_root(7))
    for name in ("first", "second", "targets"):
        repository.publish_targets(name)


@scenario(None, "not_found")
def terminating_delegation(repository):
    del repository.roles["targets"].targets[TARGET]
    repository.delegate("targets", "first", ["*.json"], terminating=True)
    repository.delegate("targets", "second", ["*.json"])
    repository.add_target("second", trusted_root(7))
    for name in ("first", "second", "targets"):
        repository.publish_targets(name)


@scenario(None, "bad_signature")
def delegation_to_another_key(repository):
    del repository.roles["targets"].targets[TARGET]
    repository.delegate("targets", "first", ["*.json"])
    repository.add_target("first", trusted_root(7))
    repository.signers["first"] = [CryptoSigner.generate_ed25519()]
    repository.publish_targets("first")
    repository.publish_targets()


@scenario(7)
def delegated_role_with_an_unusual_name(repository):
    name = "../a?b#c/\u00f6"
    del repository.roles["targets"].targets[TARGET]
    repository.delegate("targets", name, ["*.json"])
    repository.add_target(name, trusted_root(7))
    repository.publish_targets(name)
    repository.publish_targets()


def keys_of_kind(make_key):
    def run(repository):
        repository.make_key = make_key
        old = repository.signers["root"]
        for name in ("root", "timestamp", "snapshot", "targets"):
            repository.rotate(name)
        repository.signers["root"] += old
        repository.publish_root()
        repository.signers["root"] = repository.signers["root"][:1]
        newer_target(repository)
    return run


for KIND, MAKE in (("rsassa_pss_sha256", CryptoSigner.generate_rsa),
                   ("ecdsa_sha2_nistp256", CryptoSigner.generate_ecdsa),
                   ("ed25519", CryptoSigner.generate_ed25519)):
    SCENARIOS.append((f"keys_{KIND}", 2, None, keys_of_kind(MAKE)))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    # Files are stored by their quoted names.
    def translate_path(self, path):
        return str(pathlib.Path(self.directory) / path.lstrip("/"))


def serve(folder):
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


class Ours:
    name = "hf-sigstore"

    def __init__(self, folder, url, root):
        self.env = {**os.environ, "XDG_DATA_HOME": str(folder / "ours")}
        self.folder = folder
        self.url = url
        path = folder / "root.json"
        path.write_bytes(root)
        self.run("trust-instance", path)

    def run(self, *arguments):
        result = subprocess.run(
            ["hf-sigstore", *arguments, "--instance", self.url, "--json"],
            env=self.env, capture_output=True, check=False, text=True)
        try:
            answer = json.loads(result.stdout)
        except ValueError:
            raise RuntimeError(f"{result.args}: {result.stdout!r} "
                               f"{result.stderr!r}") from None
        if answer["ok"] != (result.returncode == 0):
            raise RuntimeError(f"exit {result.returncode}: {answer}")
        return answer

    def update(self):
        """The number of the trusted root, or the kind of refusal."""
        answer = self.run("update-trust-root")
        if not answer["ok"]:
            return None, answer["kind"], answer["message"]
        stored = list(self.folder.glob("ours/hf-sigstore/tuf/*/targets/" +
                                       TARGET))
        return json.loads(stored[0].read_bytes())["number"], None, ""


class Theirs:
    name = "python-tuf"

    def __init__(self, folder, url, root):
        self.folder = folder / "theirs"
        (self.folder / "targets").mkdir(parents=True)
        self.url = url
        self.root = root
        self.update()

    def update(self):
        try:
            client = Updater(str(self.folder), self.url + "/",
                             str(self.folder / "targets"),
                             self.url + "/targets/", bootstrap=self.root)
            client.refresh()
            target = client.get_targetinfo(TARGET)
            if target is None:
                return None, None, "no such target"
            path = client.find_cached_target(target)
            path = path or client.download_target(target)
        except Exception as error:  # of many kinds: any is a refusal
            return None, None, f"{type(error).__name__}: {error}"
        return json.loads(pathlib.Path(path).read_bytes())["number"], None, ""


def run(work, name, expected, kind, change):
    repository = Repository(work / name / "repository")
    server, url = serve(repository.folder)
    root = repository.read("1.root.json")
    clients = [make(work / name, url, root) for make in (Ours, Theirs)]
    steps = change(repository)
    if steps is not None:  # a generator: the clients look in between
        next(steps)
        for client in clients:
            client.update()
        next(steps, None)
    wrong = []
    for client in clients:
        number, said, message = client.update()
        if number != expected or (said is not None and said != kind):
            wrong.append(f"{client.name}: {number} {said} {message}")
    server.shutdown()
    print(f"{name}: {'as it should be' if not wrong else '; '.join(wrong)}",
          flush=True)
    return not wrong


def main():
    work = pathlib.Path(sys.argv[1])
    wanted = [row for row in SCENARIOS
              if len(sys.argv) < 3 or row[0] == sys.argv[2]]
    good = sum(run(work, *row) for row in wanted)
    print(f"tuf scenarios: {good} of {len(wanted)}")
    sys.exit(0 if good == len(wanted) and wanted else 1)


if __name__ == "__main__":
    main()
