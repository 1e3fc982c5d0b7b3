# SPDX-License-Identifier: Apache-2.0
"""What is measured on: repositories of pointers, a model folder, a hub."""

import contextlib
import hashlib
import json
import os
import pathlib
import random
import subprocess
import time
import urllib.request

ATTRIBUTES = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
IDENTITY = b"Bench <bench@example.org> 1700000000 +0000"


def clean_environment(home, programs):
    """Nothing of the caller's configuration reaches a measured program."""
    dropped = ("GIT_", "XDG_", "HF_", "PYTHON", "SSH_ASKPASS")
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(dropped)
           and not name.lower().endswith("_proxy")}
    home.mkdir(parents=True)
    env.update(HOME=str(home), LC_ALL="C", GIT_CONFIG_NOSYSTEM="1",
               GIT_TERMINAL_PROMPT="0", GIT_LFS_SKIP_SMUDGE="1",
               PATH=f"{programs}{os.pathsep}{env.get('PATH', os.defpath)}")
    return env


def run(env, *argv, **options):
    return subprocess.run(argv, env=env, check=True, text=True,
                          stdout=subprocess.PIPE, **options).stdout


def write_pointer_commit(stream, files):
    """A git fast-import stream: one commit, a hundred pointers a folder."""
    stream.write(b"feature done\ncommit refs/heads/main\ncommitter %s\n"
                 b"data 6\nmodel\n\nM 100644 inline .gitattributes\n"
                 b"data %d\n%s\n" % (IDENTITY, len(ATTRIBUTES), ATTRIBUTES))
    for i in range(files):
        oid = hashlib.sha256(b"%d" % i).hexdigest().encode()
        pointer = (b"version https://git-lfs.github.com/spec/v1\n"
                   b"oid sha256:%s\nsize %d\n" % (oid, 1000000 + 7 * i))
        path = b"part-%02d/layer-%03d/shard-%06d.safetensors" % (
            i // 10000, i // 100, i)
        stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (
            path, len(pointer), pointer))
    stream.write(b"done\n")


def make_pointer_repository(env, path, files):
    """Bare, HEAD is main, one pack."""
    run(env, "git", "init", "--quiet", "--bare", "-b", "main", path)
    git = ["git", "-C", path, "-c", "fastimport.unpackLimit=0"]
    child = subprocess.Popen([*git, "fast-import", "--quiet", "--done"],
                             env=env, stdin=subprocess.PIPE)
    with child.stdin as stream:
        write_pointer_commit(stream, files)
    if child.wait() != 0:
        raise RuntimeError("git fast-import failed")
    # fast-import chains pointers as deltas of each other, which pack-objects
    # never does: a repack gives the pack that a server sends.
    run(env, "git", "-C", path, "repack", "-a", "-d", "-f", "--quiet")


def make_model_folder(path, files, size):
    path.mkdir()
    source = random.Random(1)
    for i in range(files):
        with open(path / f"model-{i:05}.safetensors", "wb") as file:
            # In pieces: a file may be larger than what is worth holding.
            for start in range(0, size, 1 << 24):
                file.write(source.randbytes(min(size - start, 1 << 24)))


def make_lfs_repository(env, path, files, size):
    """A work tree whose weights are in git-lfs's cache already."""
    make_model_folder(path, files, size)
    (path / ".gitattributes").write_bytes(ATTRIBUTES)
    run(env, "git", "init", "--quiet", "-b", "main", path)
    run(env, "git", "-C", path, "add", "--all")
    run(env, "git", "-C", path, "commit", "--quiet", "-m", "model")


@contextlib.contextmanager
def test_hub(env, root, *options):
    """Runs the test hub; gives its URL."""
    root.mkdir()
    port_file = pathlib.Path(f"{root}.port")
    child = subprocess.Popen(
        ["test-hub", "--root", root, "--port-file", port_file, "--log",
         f"{root}.log", "--die-with-parent", *options], env=env,
        stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not (port_file.exists() and port_file.read_text()):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the test hub does not start")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port_file.read_text().strip()}"
    finally:
        child.terminate()
        child.wait()


@contextlib.contextmanager
def test_sigstore(env, folder):
    """Runs a Sigstore instance with its files in `folder`; gives its URL."""
    folder.mkdir()
    child = subprocess.Popen(["test-sigstore", folder], env=env,
                             stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not (folder / "url").exists():
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the test Sigstore does not start")
            time.sleep(0.02)
        yield (folder / "url").read_text().strip()
    finally:
        child.terminate()
        child.wait()


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    # A proxy of the environment must not stand between us and the loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return answer.read()


def create_on_hub(hub, name):
    ask("POST", f"{hub}/_hub/repos/{name}")
