#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients of the Hub against servers that speak its API; called by
scripts/interop hub.

A cell is "ok" where the client did it and the bytes are right, "failed" with
the client's own words, "impossible" where the client or the server has no
such thing. Exit 1 when a cell against the test hub failed: there it is the
double that is wrong, or we are. A new client is one more class in CLIENTS.
"""

import argparse
import contextlib
import filecmp
import hashlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from matrix import show
from peers import Impossible, from_requirements

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 120
ACTIONS = ("create", "upload", "list", "snapshot", "download")


class HuggingfaceHub:
    """The reference client."""

    name = "huggingface_hub"
    actions = ACTIONS

    def __init__(self, peers, _programs):
        self.version = from_requirements("huggingface_hub")
        self.python = peers / "bin" / "python"

    def is_there(self):
        check = [self.python, "-c", "import huggingface_hub"]
        return self.python.exists() and not subprocess.run(
            check, capture_output=True).returncode

    def command(self, action, *arguments):
        return [self.python, HERE / "hub_client.py", action, *arguments]


class HuggingfaceJs:
    name = "@huggingface/hub"
    actions = ACTIONS

    def __init__(self, peers, _programs):
        text = (HERE / "package.json").read_text()
        self.version = re.search(r'"@huggingface/hub": "(.*)"', text).group(1)
        self.package = peers / "node_modules" / "@huggingface" / "hub"

    def is_there(self):
        return self.package.exists()

    def command(self, action, *arguments):
        return ["node", HERE / "hub_client.cjs", action, *arguments]


class Ours:
    """Signs what it uploads, and checks what it downloads."""

    name = "hf-sigstore"
    actions = ("push", "pull", "proxy", "publish")

    def __init__(self, _peers, programs):
        self.program = programs / "hf-sigstore"
        self.version = "" if not self.is_there() else subprocess.run(
            [self.program, "--version"], capture_output=True, check=True,
            text=True).stdout.split()[-1]

    def is_there(self):
        return self.program.exists()

    def command(self, action, *arguments):
        return [self.program, action, *arguments]


CLIENTS = (HuggingfaceHub, HuggingfaceJs, Ours)


def wait_for(path, process):
    for _ in range(500):
        if path.exists() and path.read_text():
            return path.read_text().strip()
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError("the server does not start")


def wait_for_answer(url, process):
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5)  # an error is an answer
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


class TestHub:
    name = "test-hub"
    version = ""
    is_ours = True
    cannot = ()

    def __init__(self, _peers, programs):
        self.program = programs / "test-hub"

    def is_there(self):
        return self.program.exists()

    @contextlib.contextmanager
    def run(self, work):
        port = work / "hub.port"
        with open(work / "hub.log", "wb") as log:
            process = subprocess.Popen(
                [self.program, "--root", work / "hub", "--port-file", port,
                 "--die-with-parent"], stdout=log, stderr=log)
        try:
            yield (f"http://127.0.0.1:{wait_for(port, process)}",) * 2
        finally:
            process.send_signal(signal.SIGTERM)
            if process.wait():  # it says so when it saw a leaked token
                print("failed:", (work / "hub.log").read_text().strip()[-300:])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Olah:
    """A mirror of a Hub that keeps what it reads: of the test hub's, here. It
    has no calls that write, so that these go to the test hub."""

    name = "olah"
    cannot = ("create", "upload", "push", "publish")

    def __init__(self, peers, programs):
        self.version = from_requirements("olah")
        self.program = peers / "bin" / "olah-cli"
        self.upstream = TestHub(peers, programs)

    def is_there(self):
        return self.program.exists()

    @contextlib.contextmanager
    def run(self, work):
        with self.upstream.run(work) as (hub, _):
            address = f"127.0.0.1:{free_port()}"
            cdn = (work / "hub.port.cdn").read_text().strip()
            with open(work / "olah.log", "wb") as log:
                process = subprocess.Popen(
                    [self.program, "--host", "127.0.0.1", "--port",
                     address.split(":")[1], "--hf-scheme", "http",
                     "--hf-netloc", hub.removeprefix("http://"),
                     "--hf-lfs-netloc", f"127.0.0.1:{cdn}",
                     "--mirror-scheme", "http", "--mirror-netloc", address,
                     "--mirror-lfs-netloc", address, "--repos-path",
                     work / "repos", "--log-path", work / "logs"],
                    cwd=work, stdout=log, stderr=log)
            try:
                wait_for_answer(f"http://{address}/", process)
                yield f"http://{address}", hub
            finally:
                process.terminate()
                process.wait()


# hfd (Go, github.com/matrixhub-ai/hfd) would be another, which also takes
# uploads: to be added where its module can be had.
SERVERS = (TestHub, Olah)


def make_files(folder):
    (folder / "sub").mkdir(parents=True)
    (folder / "config.json").write_text('{"architectures": []}\n')
    (folder / "sub" / "a note.txt").write_text("note\n")
    (folder / "model.safetensors").write_bytes(os.urandom(200000))


def run(client, endpoint, work, action, *arguments):
    environment = {**os.environ, "HF_ENDPOINT": endpoint,
                   "HF_TOKEN": "hf_writer", "HF_HOME": str(work / "home"),
                   "HOME": str(work / "home"), "GIT_CONFIG_NOSYSTEM": "1",
                   "SIGSTORE_PEERS": str(client.peers), "NO_COLOR": "1"}
    done = subprocess.run([str(part) for part in client.command(
        action, *arguments)], env=environment, capture_output=True,
        timeout=SECONDS, check=False, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-300:] or done.stdout[-300:])
    return done.stdout


def check_same(expected, actual):
    for path in expected.rglob("*"):
        if path.is_dir():
            continue
        other = actual / path.relative_to(expected)
        if not other.exists() or not filecmp.cmp(path, other, shallow=False):
            raise RuntimeError(f"{path.name} is missing or has other bytes")


def through_proxy(client, endpoint, work, path):
    """The bytes of a file that our proxy gives out."""
    environment = {**os.environ, "HF_ENDPOINT": endpoint,
                   "HF_HOME": str(work / "proxied"),
                   "HOME": str(work / "home"), "GIT_CONFIG_NOSYSTEM": "1"}
    process = subprocess.Popen([client.program, "proxy", "--quiet"],
                               env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip().removeprefix("HF_ENDPOINT=")
        with urllib.request.urlopen(f"{address}/{path}",
                                    timeout=SECONDS) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error}: {error.read(300).decode()}") from error
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{error}") from error
    finally:
        process.terminate()
        process.communicate()


def do_ours(action, client, endpoint, upstream, work):
    files, repo, key = work / "files", "org/m", work / "home" / "key"
    if not key.with_suffix(".key").exists():
        key.parent.mkdir(exist_ok=True)
        run(client, endpoint, work, "keygen", "--no-password", key)
        for name, value in (
                ("sigstore.publicKey", f"{key}.pub"),
                # What a mirror has was signed under the Hub's name.
                (f"sigstore.{endpoint}/{repo}.repository",
                 f"{upstream.removeprefix('http://')}/{repo}")):
            subprocess.run(["git", "config", "--file",
                            work / "home" / ".gitconfig", name, value],
                           check=True)
    if action == "push":
        run(client, endpoint, work, "push", files, repo, "--key", f"{key}.key")
    elif action == "publish":
        run(client, endpoint, work, "publish", repo, "--trust-hub-digests",
            "--key", f"{key}.key")
    elif action == "pull":
        output = run(client, endpoint, work, "pull", repo, "--json")
        if not json.loads(output)["verified"]:
            raise RuntimeError(f"not verified: {output[:200]}")
        check_same(files, pathlib.Path(json.loads(output)["path"]))
    else:
        weights = through_proxy(client, endpoint, work,
                                f"{repo}/resolve/main/model.safetensors")
        if weights != (files / "model.safetensors").read_bytes():
            raise RuntimeError("other bytes")


def do(action, client, endpoint, work):
    """Raises where the client cannot, or got something else."""
    files, repo = work / "files", "org/m"
    weights = files / "model.safetensors"
    if action == "create":
        run(client, endpoint, work, "create", repo)
    elif action == "upload":
        run(client, endpoint, work, "upload", repo, files)
    elif action == "list":
        listed = run(client, endpoint, work, "list", repo)
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if f"model.safetensors 200000 {digest}" not in listed:
            raise RuntimeError(f"the listing says {listed[:200]}")
    elif action == "snapshot":
        output = run(client, endpoint, work, "snapshot", repo, work / "cache")
        check_same(files, pathlib.Path(output.strip().splitlines()[-1]))
    else:
        run(client, endpoint, work, "download", repo, "sub/a note.txt",
            work / "one")
        check_same(files / "sub", work / "one" / "sub")


def cells_of(client, server, work):
    """A cell an action; what comes after a failure may fail for it."""
    make_files(work / "files")
    cells = []
    with server.run(work) as (endpoint, upstream):
        for action in client.actions:
            try:
                cannot = action in server.cannot
                at = upstream if cannot else endpoint
                if isinstance(client, Ours):
                    do_ours(action, client, at, upstream, work)
                else:
                    do(action, client, at, work)
                if cannot:
                    raise Impossible("the server has no such call")
                cells.append(("ok", ""))
            except Impossible as reason:
                cells.append(("impossible", str(reason)))
            except (RuntimeError, subprocess.TimeoutExpired) as reason:
                cells.append(("failed", str(reason).replace("\n", " ")))
    return cells


def present(kinds, options):
    there, missing = [], []
    for kind in kinds:
        one = kind(options.peers.resolve(), options.programs.resolve())
        one.peers = options.peers.resolve()
        (there if one.is_there() else missing).append(one)
    for one in missing:
        print(f"NOT RUN: {one.name} {one.version} is not there")
    return there, len(missing)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    options = parser.parse_args()
    clients, no_client = present(CLIENTS, options)
    servers, no_server = present(SERVERS, options)
    bad = (no_client + no_server) if os.environ.get("CI") else 0
    rows = []
    for client in clients:
        columns = []
        for server in servers:
            with tempfile.TemporaryDirectory(prefix="interop-") as folder:
                columns.append(cells_of(client, server, pathlib.Path(folder)))
            if getattr(server, "is_ours", False):
                bad += sum(verdict == "failed" for verdict, _ in columns[-1])
        for index, action in enumerate(client.actions):
            rows.append((f"{client.name} {client.version}: {action}",
                         [column[index] for column in columns]))
    show("client", servers, rows)
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
