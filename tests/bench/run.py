#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All benchmarks; called by scripts/bench, which builds what they need."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import fixtures
import report
from measure import Contender, Failed, Samples, interleave
from report import Row

IDS = "git -C {0} ls-tree -r --format='%(objectname)' HEAD"


def bench_tree_manifests(bench):
    """A manifest needs every pointer: the peer is git printing them all."""
    rows = []
    for files in (10, 1000, 100_000):
        repository = bench.pointers(files)
        ids = IDS.format(repository)
        peers = {
            f"git cat-file --batch{option}":
                f"{ids} | git -C {repository} cat-file --batch{option} "
                ">/dev/null"
            for option in ("", " --buffer")}
        samples = bench.compare(
            [Contender("ours", ["bench-tree-manifest", repository],
                       bench.plain)] +
            [Contender(name, line, bench.plain)
             for name, line in peers.items()])
        count = samples["ours"].output.split()[0]
        if int(count) != files:
            raise Failed(f"{count} resources instead of {files}")
        for name in peers:
            exact = files == 100_000 and not name.endswith("--buffer")
            rows.append(Row(f"manifest of {files:,} pointers", files,
                            f"{name}, {bench.git_version}", samples["ours"],
                            samples[name], 0.8 if exact else None))
    return rows


def python_peer(bench, venv):
    """The program and its version, or nothing when it is not installed."""
    program = venv / "bin" / "model_signing"
    try:
        version = fixtures.run(bench.plain, program, "--version")
    except (OSError, subprocess.CalledProcessError):
        return None, "model-signing 1.1.1"
    return program, f"model-signing {version.split()[-1]}"


def bench_folder(bench, venv):
    program, peer = python_peer(bench, venv)
    names = {verb: f"{verb} 10 files, 10 MB" for verb in ("sign", "verify")}
    if program is None:
        return [Row(name, 10, peer, note="could not be installed")
                for name in names.values()]
    folder = bench.work / "folder"
    fixtures.make_model_folder(folder, 10, 1_000_000)
    key = bench.work / "key"
    ours, theirs = bench.work / "ours.sig", bench.work / "theirs.sig"
    commands = {
        "sign": (["hf-sigstore", "sign", folder, "--signature", ours,
                  "--key", f"{key}.key"],
                 [program, "sign", "key", folder, "--signature", theirs,
                  "--private_key", f"{key}.key"]),
        # Each the other's signature: both signed the same.
        "verify": (["hf-sigstore", "verify", folder, "--signature", theirs,
                    "--key", f"{key}.pub"],
                   [program, "verify", "key", folder, "--signature", ours,
                    "--public_key", f"{key}.pub"])}
    rows = []
    for verb, (our_command, peer_command) in commands.items():
        samples = bench.compare([Contender("ours", our_command, bench.plain),
                                 Contender(peer, peer_command, bench.plain)])
        rows.append(Row(names[verb], 10, peer, samples["ours"],
                        samples[peer]))
    return rows


def publish(bench, hub, files):
    """Pushes a signed repository to the hub and trusts its signer."""
    name = f"org/m{files}"
    url = f"{hub}/{name}"
    source = bench.work / f"source-{files}.git"
    shutil.copytree(bench.pointers(files), source)
    fixtures.create_on_hub(hub, name)
    fixtures.run(bench.protected, "git", "sigstore", "trust", "add", url,
                 "--key", f"{bench.work / 'key'}.pub")
    git = ["git", "-C", source]
    fixtures.run(bench.protected, *git, "remote", "add", "origin", url)
    fixtures.run(bench.protected, *git, "-c",
                 f"sigstore.key={bench.work / 'key'}.key", "push", "--quiet",
                 "origin", "main", stderr=subprocess.DEVNULL)
    return url


def was_verified(bench, url):
    listed = json.loads(fixtures.run(bench.protected, "git", "sigstore",
                                     "trust", "list", url, "--json"))
    return bool(listed[0]["refs"])


def clone_goal(files, checkout):
    """Largest ratio, and the seconds on top that it does not count."""
    if checkout:
        return (1.15, 0) if files >= 100_000 else (1.05, 0.1)
    return (3, 0) if files >= 100_000 else (None, 0)


def clone_row(bench, url, files, checkout):
    copy = bench.work / "copy"
    clone = ["git", "clone", "--quiet", *([] if checkout else
                                          ["--no-checkout"]), url, copy]
    clear = lambda: shutil.rmtree(copy, ignore_errors=True)
    samples = bench.compare(
        [Contender("ours", clone, bench.protected, clear),
         Contender("plain", clone, bench.plain, clear)],
        3 if files > 10_000 else None)
    clear()
    goal, slack = clone_goal(files, checkout)
    name = f"clone of {files:,} pointers"
    return Row(name if checkout else f"{name}, no checkout", files,
               f"git clone, {bench.git_version}", samples["ours"],
               samples["plain"], goal, slack)


def bench_clones(bench, sizes):
    rows = []
    with fixtures.test_hub(bench.plain, bench.work / "hub") as hub:
        fixtures.run(bench.protected, "git", "sigstore", "install", "--host",
                     hub)
        for files in sizes:
            url = publish(bench, hub, files)
            fixtures.run(bench.protected, "git", "sigstore", "trust",
                         "remove", url, "--history")
            rows += [clone_row(bench, url, files, checkout)
                     for checkout in (True, False)]
            if not was_verified(bench, url):
                raise Failed("the clones were not verified")
    return rows


def bench_filter(bench, size):
    """Checking out from git-lfs's cache, with every byte hashed on its way."""
    repository = bench.work / "lfs"
    env = {name: value for name, value in bench.plain.items()
           if name != "GIT_LFS_SKIP_SMUDGE"}
    fixtures.make_lfs_repository(env, repository, 4, size)
    weights = sorted(repository.glob("*.safetensors"))

    def clear():
        for path in weights:
            path.unlink(missing_ok=True)

    def checkout(program):
        return ["git", "-C", repository, "-c",
                f"filter.lfs.process={program} filter-process", "-c",
                "filter.lfs.required=true", "checkout-index", "--all"]

    samples = bench.compare(
        [Contender("ours", checkout("git-sigstore"), env, clear),
         Contender("git-lfs", checkout("git-lfs"), env, clear)], 5)
    version = fixtures.run(env, "git-lfs", "version").split()[0]
    row = Row(f"checkout of 4 x {size >> 20:,} MiB, hashed", 4, version,
              samples["ours"], samples["git-lfs"], 1.15)
    shutil.rmtree(repository)
    return [row]


def bench_hooks(bench):
    """What every `git commit` pays, several times, and a known verdict."""
    repository = bench.work / "hook-repository"
    fixtures.run(bench.plain, "git", "init", "--quiet", repository)
    (repository / ".git" / "index").touch()
    line = bench.work / "hook-input"
    line.write_text(f"{'0' * 40} {'1' * 40} refs/heads/main\n")
    env = {**bench.plain, "GIT_DIR": str(repository / ".git")}
    hook = ["git-sigstore-hook", "reference-transaction", "prepared"]
    with line.open() as input_file:
        samples = bench.compare(
            [Contender("ours", hook, env, lambda: input_file.seek(0),
                       input_file),
             Contender("empty", ["bench-empty"], env)])
    rows = [Row("hook with nothing to do", 0, "an empty C++ program",
                samples["ours"], samples["empty"], 3)]
    folder = bench.work / "verdicts"
    times = [float(fixtures.run(bench.plain, "bench-verdict", folder))
             for _ in range(bench.rounds)]
    budget = [0.002] * len(times)
    rows.append(Row("verdict that is known, in process", 0, "2 ms",
                    Samples(wall=times, cpu=times),
                    Samples(wall=budget, cpu=budget), 1))
    return rows


class Bench:
    """The work folder, both environments and the number of rounds."""

    def __init__(self, work, programs, rounds):
        self.work = work
        self.rounds = rounds
        self.plain = fixtures.clean_environment(work / "plain", programs)
        self.protected = fixtures.clean_environment(work / "home", programs)
        for env in (self.plain, self.protected):
            for setting in ("user.name=Bench", "user.email=bench@example.org"):
                fixtures.run(env, "git", "config", "--global",
                             *setting.split("="))
            fixtures.run(env, "git", "lfs", "install", "--skip-repo")
        fixtures.run(self.plain, "hf-sigstore", "keygen", work / "key",
                     "--no-password")
        self.git_version = fixtures.run(self.plain, "git", "version").replace(
            "version ", "").strip()

    def compare(self, contenders, most=None):
        return interleave(contenders, min(self.rounds, most or self.rounds))

    def pointers(self, files):
        path = self.work / f"pointers-{files}.git"
        if not path.exists():
            fixtures.make_pointer_repository(self.plain, path, files)
        return path


def measure_all(bench, venv, quick):
    sizes = (10, 1000) if quick else (10, 1000, 100_000)
    steps = (
        ("manifests from git trees", lambda: bench_tree_manifests(bench)),
        ("signing and verifying a folder", lambda: bench_folder(bench, venv)),
        ("clones", lambda: bench_clones(bench, sizes)),
        ("checking out through the filter",
         lambda: bench_filter(bench, (64 if quick else 1024) << 20)),
        ("hooks", lambda: bench_hooks(bench)))
    groups = []
    for title, step in steps:
        print(f"bench: {title}", file=sys.stderr)
        groups.append(step())
    return groups


def write_results(output, groups, facts, rounds):
    rows = [row for group in groups for row in group]
    manifests, folder, clones = groups[:3]
    plotted = report.write_plots(output, (
        (report.curves, "manifest", "Manifest from a git tree", manifests),
        (report.bars, "folder", "A folder of 10 MB, one P-256 key", folder),
        (report.curves, "clone", "Clone with its checkout",
         [row for row in clones if "no checkout" not in row.benchmark])))
    if not plotted:
        rows.append(Row("plots", 0, "", note="gnuplot is not installed"))
    report.write_markdown(output / "results.md", rows, facts, rounds)
    report.write_json(output / "results.json", rows, facts, rounds)
    print((output / "results.md").read_text(), end="")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--venv", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    rounds = 5 if options.quick else 15
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        bench = Bench(pathlib.Path(work), options.programs.resolve(), rounds)
        facts = report.machine(bench.git_version)
        groups = measure_all(bench, options.venv.resolve(), options.quick)
    write_results(options.output, groups, facts, rounds)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"bench: {failure}")
