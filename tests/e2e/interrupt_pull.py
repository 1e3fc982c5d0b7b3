#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pulls that end by kill -9, and what they leave.

interrupt_pull.py kill PHASE PLACES LOG COMMAND...
    Runs COMMAND (hf-sigstore pull), its output in ./run.log, and kills it in
    PHASE: "listing", "bundle" (the list is here), "weights" (a file has begun
    to come), "rename" (a file has just been given its name) or "refs" (all
    have). PLACES has the paths that get a new file, one a line, LOG is the
    hub's, SIGSTORE_SEED decides what is left to chance. Prints the phase that
    was hit, "none" when it was over before.

interrupt_pull.py check STATES FOLDER
    Exit 1 when something wrong can be seen in FOLDER, a repository's folder
    of the cache or one of --local-dir. STATES/COMMIT/ has the files as they
    were signed.

interrupt_pull.py bytes LOG OFFSET
    How many bytes of files the hub has sent since its log was so long, without
    model.sig, which is read before it is downloaded.
"""

import hashlib
import os
import pathlib
import random
import subprocess
import sys
import time

LIMIT = 120  # seconds, also for programs with sanitizers on a busy machine


def identity(path):
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


class Watch:
    """What can be seen of a pull from outside."""

    def __init__(self, places, log):
        self.before = {path: identity(path) for path in places}
        self.log, self.offset = log, log.stat().st_size

    def placed(self):
        return sum(identity(path) != old for path, old in self.before.items())

    def has_list(self):
        with open(self.log, "rb") as file:
            file.seek(self.offset)
            return b"/tree/" in file.read()

    def partials(self):
        return any(name.endswith(".incomplete") for _, _, names in
                   os.walk(".") for name in names)

    def phase(self):
        placed = self.placed()
        if placed == len(self.before):
            return "refs"
        if placed or self.partials():
            return "weights"
        return "bundle" if self.has_list() else "listing"


def is_reached(watch, phase, count):
    if phase == "listing":
        return True
    if phase == "bundle":
        return watch.has_list()
    if phase == "weights":
        return watch.partials()
    return watch.placed() >= (count if phase == "rename" else len(watch.before))


def kill(phase, places, log, *command):
    random.seed(os.environ["SIGSTORE_SEED"])
    watch = Watch(pathlib.Path(places).read_text().splitlines(),
                  pathlib.Path(log))
    count = random.randint(1, len(watch.before) - 1)
    longest = {"listing": 0.02, "bundle": 0.02, "weights": 3, "rename": 0,
               "refs": 0.004}[phase]
    with open("run.log", "w") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=output, stderr=output)
    deadline = time.monotonic() + LIMIT
    while child.poll() is None and not is_reached(watch, phase, count):
        if time.monotonic() > deadline:
            child.kill()
            sys.exit("interrupt_pull.py: not over in time")
        time.sleep(0.0005)
    time.sleep(random.uniform(0, longest))
    if child.poll() is not None:
        return print("none")
    child.kill()
    child.wait()
    hit = watch.phase()
    print("rename" if phase == "rename" and hit == "weights" else hit)


def digest(path, name):
    """As `name` is one: SHA-256, or that of a blob of git."""
    content = path.read_bytes()
    if len(name) == 64:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def check_cache(states, folder):
    for blob in folder.glob("blobs/*"):
        if not blob.name.endswith(".incomplete"):
            assert digest(blob, blob.name) == blob.name, blob
    for path in folder.glob("snapshots/*/**/*"):
        commit, _, name = path.relative_to(
            folder / "snapshots").as_posix().partition("/")
        assert path.read_bytes() == states[commit].get(name), path
    for ref in folder.glob("refs/*"):
        commit = ref.read_text()
        for name in states[commit]:
            assert (folder / "snapshots" / commit / name).exists(), (ref, name)


def check_local(states, folder):
    notes = folder / ".cache/huggingface/download"
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name.startswith(".cache/") or not path.is_file():
            continue
        assert any(path.read_bytes() == state.get(name)
                   for state in states.values()), path
        note = notes / (name + ".metadata")
        if note.exists():
            _, etag, written = note.read_text().split()
            # Older than the file it counts for nothing.
            if path.stat().st_mtime - 1 <= float(written):
                assert digest(path, etag) == etag, note


def check(states, folder):
    folder = pathlib.Path(folder)
    known = {path.name: files_of(path) for path in pathlib.Path(
        states).iterdir()}
    if folder.name.startswith("models--"):
        check_cache(known, folder)
    else:
        check_local(known, folder)


def sent(log, offset):
    total = 0
    for line in pathlib.Path(log).read_bytes()[int(offset):].splitlines():
        words = line.decode().split()
        if len(words) == 4 and words[0] == "GET" and words[2].startswith("20"):
            kind, _, name = words[1].partition("?")[0][1:].partition("/")
            cached = name.startswith("resolve-cache/")
            if kind == "lfs" or (cached and not name.endswith("/model.sig")):
                total += int(words[3])
    print(total)


if __name__ == "__main__":
    {"kill": kill, "check": check, "bytes": sent}[sys.argv[1]](*sys.argv[2:])
