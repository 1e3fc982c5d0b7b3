# SPDX-License-Identifier: Apache-2.0
"""Hashing model folders: every core, every method, and what is known."""

import dataclasses
import os
import pathlib
import shutil

import fixtures
from measure import Contender, Failed, Samples
from report import Row

MODEL_SIGNING = pathlib.Path(__file__).resolve().parent / "hash_model.py"
MIB = 1 << 20
MEMORY = 128  # MiB
NOT_HAD = "not installed"


def write_file(path, size, block):
    """Fast to write, and no two files alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        seed = str(path).encode()[:size]
        file.write(seed)
        left = size - len(seed)
        while left > 0:
            left -= file.write(block[:left])


class Trees:
    """Folders to hash, one at a time: together they would not stay warm."""

    def __init__(self, bench, scale):
        self.folder = bench.work / "hashed"
        self.scale = scale
        self.block = os.urandom(8 * MIB)

    def make(self, sizes):
        shutil.rmtree(self.folder, ignore_errors=True)
        for number, size in enumerate(sizes):
            write_file(self.folder / f"{number // 1000:02}" /
                       f"model-{number:05}.safetensors", size, self.block)
        # Nothing is written to the disk any more while others are timed.
        os.sync()
        return self.folder

    def many_large(self):
        return self.make([256 * MIB // self.scale] * 32)

    def mixed(self):
        """Two files have most of it, as in a model with adapters."""
        unit = MIB // self.scale
        return self.make([2048 * unit, 1024 * unit] + [192 * unit] * 8 +
                         [16 * unit] * 40 + [unit // 2] * 250 +
                         [unit // 64] * 500)

    def one(self):
        return self.make([4096 * MIB // self.scale])

    def many_small(self):
        return self.make([4096] * (20_000 // self.scale))

    def cold(self):
        return self.make([256 * MIB // self.scale] * 12)


@dataclasses.dataclass
class Hashers:
    """The command lines of those who hash, and their names."""

    bench: object
    venv: pathlib.Path

    def ours(self, name, folder, *options):
        return Contender(name, ["hf-sigstore", "digest", folder, "--paranoid",
                                *options], self.bench.plain)

    def model_signing(self, folder, method="files", algorithm="sha256",
                      *shard):
        return Contender("model-signing",
                         [self.venv / "bin" / "python", MODEL_SIGNING, folder,
                          method, algorithm, *shard],
                         self.bench.plain, own_clock=True)

    def openssl(self, folder):
        return Contender("openssl", ["bench-openssl-files", folder],
                         self.bench.plain)

    def shell(self, name, folder, line):
        return Contender(name, f"cd {folder} && {line}", self.bench.plain)

    def b3sum(self, folder):
        return self.shell("b3sum", folder,
                          "find . -type f -print0 | xargs -0 b3sum --no-names")


class Hashing:
    """One table of rows; `has` says which peers are here."""

    def __init__(self, bench, venv, quick):
        self.bench = bench
        self.hashers = Hashers(bench, venv)
        self.trees = Trees(bench, 16 if quick else 1)
        self.rounds = 2 if quick else 5
        self.scaled = ", a sixteenth of the size" if quick else ""
        self.has = {"model-signing": (venv / "bin" / "python").exists(),
                    "b3sum": shutil.which("b3sum") is not None}
        self.names = {
            "model-signing": "model-signing 1.1.1, hashing alone",
            "openssl": "C++, OpenSSL, a thread a core"}
        if self.has["b3sum"]:
            self.names["b3sum"] = fixtures.run(bench.plain, "b3sum",
                                               "--version").strip()

    def run(self, contenders):
        return self.bench.compare(
            [contender for contender in contenders
             if self.has.get(contender.name, True)], self.rounds)

    def row(self, title, samples, peer, goal=None, ours="ours"):
        name = self.names.get(peer, peer)
        title += self.scaled
        if peer not in samples:
            return Row(title, 1, name, note=NOT_HAD, goal=goal)
        return Row(title, 1, name, samples[ours], samples[peer], goal)

    def memory(self, title, samples, ours="ours"):
        peak = [kib / 1024 for kib in samples[ours].memory]
        budget = [MEMORY] * len(peak)
        return Row(f"{title}{self.scaled}: peak memory", 1, f"{MEMORY} MiB",
                   Samples(wall=peak, cpu=peak),
                   Samples(wall=budget, cpu=budget), 1, unit="MiB")

    @staticmethod
    def check_equal(samples, ours, theirs):
        """model-signing's root digest is the second word that it prints."""
        if theirs not in samples:
            return
        expected = samples[theirs].output.split()[1]
        got = samples[ours].output.strip()
        if got != expected:
            raise Failed(f"{ours}: {got}, model-signing: {expected}")

    def large(self):
        hashers, tree = self.hashers, self.trees.many_large()
        title = "hash 32 files of 256 MiB"
        samples = self.run([
            hashers.ours("ours", tree), hashers.model_signing(tree),
            hashers.openssl(tree)])
        self.check_equal(samples, "ours", "model-signing")
        narrow = self.run([
            hashers.ours("ours", tree, "--hash-engine", "sha-ni"),
            hashers.openssl(tree)])
        blake3 = self.run([hashers.ours("ours", tree, "--hash", "blake3"),
                           hashers.b3sum(tree)])
        blake2b = self.run([
            hashers.ours("ours", tree, "--hash", "blake2b"),
            hashers.model_signing(tree, "files", "blake2")])
        self.check_equal(blake2b, "ours", "model-signing")
        return [self.row(title, samples, "model-signing", 1 / 2),
                self.row(title, samples, "openssl", 1 / 1.9),
                self.row(f"{title}, SHA extensions alone", narrow, "openssl",
                         1 / 1.3),
                self.memory(title, samples),
                self.row(f"{title}, BLAKE3", blake3, "b3sum", 1 / 1.2),
                self.memory(f"{title}, BLAKE3", blake3),
                self.row(f"{title}, BLAKE2b", blake2b, "model-signing")]

    def mixed(self):
        hashers, tree = self.hashers, self.trees.mixed()
        title = "hash 2 large and 800 other files, 5 GB"
        samples = self.run([
            hashers.ours("ours", tree), hashers.model_signing(tree),
            hashers.openssl(tree)])
        self.check_equal(samples, "ours", "model-signing")
        return [self.row(title, samples, "model-signing", 1 / 1.8),
                self.row(title, samples, "openssl", 1 / 1.5),
                self.memory(title, samples)]

    def one(self):
        hashers, tree = self.hashers, self.trees.one()
        title = "hash one file of 4 GiB"
        shards = ["--method", "shards"]
        fine = str(128 * MIB // self.trees.scale)
        samples = self.run([
            hashers.ours("ours", tree),
            hashers.ours("shards", tree, *shards),
            hashers.ours("fine", tree, *shards, "--shard-size", fine),
            hashers.ours("blake3", tree, "--hash", "blake3"),
            hashers.model_signing(tree), hashers.openssl(tree),
            hashers.b3sum(tree)])
        self.check_equal(samples, "ours", "model-signing")
        return [self.row(title, samples, "openssl", 1 / 1.2),
                self.row(f"{title}, shards of 1 GB", samples, "model-signing",
                         1 / 2.6, "shards"),
                self.row(f"{title}, shards of 128 MiB", samples,
                         "model-signing", 1 / 4, "fine"),
                self.row(f"{title}, BLAKE3", samples, "b3sum", 1, "blake3"),
                self.memory(title, samples),
                self.memory(f"{title}, BLAKE3", samples, "blake3"),
                *self.known(tree, title)]

    def known(self, tree, title):
        """Hashed before, and not changed since: what a second look costs."""
        program = ["hf-sigstore", "digest", tree]
        samples = self.run([
            Contender("ours", program, self.bench.plain),
            Contender("the first time", [*program, "--paranoid"],
                      self.bench.plain)])
        return [self.row(f"{title}, unchanged since", samples,
                         "the first time", 0.01)]

    def small(self):
        hashers, tree = self.hashers, self.trees.many_small()
        title = "hash 20,000 files of 4 KiB"
        cores = os.cpu_count()
        shell = "sha256sum, xargs -P"
        samples = self.run([
            hashers.ours("ours", tree), hashers.model_signing(tree),
            hashers.openssl(tree),
            hashers.shell(shell, tree, "find . -type f -print0 | "
                          f"xargs -0 -n 500 -P {cores} sha256sum")])
        self.check_equal(samples, "ours", "model-signing")
        return [self.row(title, samples, "model-signing", 1 / 30),
                self.row(title, samples, shell, 1 / 3),
                self.row(title, samples, "openssl")]

    def cold(self):
        tree = self.trees.cold()
        files = list(tree.rglob("*.safetensors"))

        def forget():
            for path in files:
                descriptor = os.open(path, os.O_RDONLY)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)

        title, reader = "hash 12 files of 256 MiB, cold", "cat"
        ours = self.hashers.ours("ours", tree)
        ours.prepare = forget
        samples = self.run([
            ours, Contender(reader, f"cat {tree}/*/* >/dev/null",
                            self.bench.plain, forget)])
        return [self.row(title, samples, reader, 1 / 0.95)]


def bench_hashing(bench, venv, quick):
    hashing = Hashing(bench, venv, quick)
    rows = [*hashing.large(), *hashing.mixed(), *hashing.one(),
            *hashing.small(), *hashing.cold()]
    shutil.rmtree(hashing.trees.folder)
    return rows
