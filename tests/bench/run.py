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
import time

import fixtures
import hashing
import pull
import report
from measure import Contender, Failed, Samples, Spread, interleave
from report import Row

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(TESTS / "interop"))

import peers as clients  # noqa: E402
from matrix import vector_cases  # noqa: E402

IDS = "git -C {0} ls-tree -r --format='%(objectname)' HEAD"


def bench_tree_manifests(bench, sizes):
    """A manifest needs every pointer: the peer is git printing them all."""
    rows = []
    for files in sizes:
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
    # Every byte is read in each round. Each verifies the other's signature:
    # both signed the same.
    commands = {
        "sign": (["hf-sigstore", "sign", folder, "--signature", ours,
                  "--paranoid", "--key", f"{key}.key"],
                 [program, "sign", "key", folder, "--signature", theirs,
                  "--private_key", f"{key}.key"]),
            "verify": (["hf-sigstore", "verify", folder, "--signature", theirs,
                    "--paranoid", "--key", f"{key}.pub"],
                   [program, "verify", "key", folder, "--signature", ours,
                    "--public_key", f"{key}.pub"])}
    rows = []
    for verb, (our_command, peer_command) in commands.items():
        samples = bench.compare([Contender("ours", our_command, bench.plain),
                                 Contender(peer, peer_command, bench.plain)])
        rows.append(Row(names[verb], 10, peer, samples["ours"],
                        samples[peer], 1 / 15))
    return [*rows, Row("sign 10 files, 10 MB", 10, "model-signing's Go sibling",
                       note="no released module")]


def bench_identity(bench):
    """Signing with an identity waits for its services and little else: the
    certificate first, then timestamp and log entry side by side."""
    delay = 0.2
    folder, token = bench.work / "identity", bench.work / "token"
    fixtures.make_model_folder(folder, 10, 1_000_000)
    with fixtures.test_sigstore(bench.plain, bench.work / "instance") as url:
        for service in ("fulcio", "tsa", "rekor"):
            fixtures.ask("PUT", f"{url}/_test/faults/{service}-slow",
                         {"ms": int(delay * 1000)})
        token.write_bytes(fixtures.ask("GET", f"{url}/oidc/mint"))
        samples = bench.compare([Contender(
            "ours", ["hf-sigstore", "sign", folder, "--paranoid", "--signature",
                     bench.work / "identity.sig", "--identity-token-file",
                     token, "--trust-config",
                     bench.work / "instance" / "trust_config.json"],
            bench.plain)])
    needed = [2 * delay] * bench.rounds
    return [Row("sign 10 files, 10 MB, with an identity; each service takes "
                "200 ms", 10, "the two requests that must follow one another",
                samples["ours"], Samples(wall=needed, cpu=needed), 1, 0.1)]


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


def rate(samples, count):
    """Bundles a second, of one core."""
    return f"{count / Spread.of(samples.cpu).median:,.0f}/s"


def loop_row(bench, peers, case, count):
    """Both read and verify the same bundle, in one process on one core."""
    version = clients.SigstoreGo(peers).version
    name, peer = f"verify {count:,} bundles in one process", (
        f"sigstore-go's library {version}")
    program = peers / "bin" / "sigstore-go-library"
    if not program.exists():
        return Row(name, count, peer, note="scripts/interop peers builds it")
    words = [case.trusted_root, case.bundle, case.artifact, case.identity,
             case.issuer, str(count)]
    samples = bench.compare(
        [Contender("ours", ["bench-verify-bundles", *words], bench.plain),
         Contender("go", [program, "loop", *words],
                   {**bench.plain, "GOMAXPROCS": "1"})], 7)
    rates = {who: rate(samples[who], count) for who in samples}
    return Row(f"{name} (a core: {rates['ours']}, peer {rates['go']})", count,
               peer, samples["ours"], samples["go"], 0.5)


def process_rows(bench, peers, case):
    """One keyless bundle, without a network, from start to exit code."""
    name, rows, words = "verify one bundle, whole process", [], {}
    ours = clients.Ours(bench.programs)
    for peer in (clients.SigstoreGo(peers), clients.Cosign(peers),
                 clients.SigstorePython(peers)):
        title = f"{peer.name} {peer.version}"
        if not peer.program.exists():
            rows.append(Row(name, 1, title,
                            note="scripts/interop peers builds it"))
            continue
        verdict, why = clients.ask(peer, case, bench.work)
        if verdict == "ok":
            words[title] = peer.command(case, bench.work)
        else:
            rows.append(Row(name, 1, title, note=why))
    samples = bench.compare(
        [Contender("ours", ours.command(case, bench.work), bench.plain),
         Contender("empty", ["bench-empty"], bench.plain)] +
        [Contender(title, argv, bench.plain)
         for title, argv in words.items()])
    fastest = min(words, default="",
                  key=lambda title: Spread.of(samples[title].wall).median)
    return ([Row(name, 1, title, samples["ours"], samples[title],
                 1 / 3 if title == fastest else None) for title in words] +
            rows +
            [Row(name, 1, "an empty C++ program", samples["ours"],
                 samples["empty"])])


def model_row(bench, peers, vectors):
    """A folder of two small files that somebody signed by identity."""
    peer = f"model-signing {clients.from_requirements('model-signing')}"
    program = peers / "bin" / "model_signing"
    name, files = "verify a keyless model, whole process", 2
    if not program.exists():
        return Row(name, files, peer, note="scripts/interop peers installs it")
    listed = json.loads((vectors / "oms/historical/cases.json").read_bytes())
    case = next(case for case in listed["cases"]
                if case["name"] == "v1.0.0-sigstore")
    folder = vectors / "oms/historical"
    root = folder / case["trusted_root"]
    common = [folder / case["model"], "--signature", folder / case["bundle"],
              "--identity", case["identity"]]
    samples = bench.compare(
        [Contender("ours", ["hf-sigstore", "verify", *common, "--issuer",
                            case["issuer"], "--trusted-root", root],
                   bench.plain),
         Contender("peer", [program, "verify", "sigstore", *common,
                            "--identity_provider", case["issuer"],
                            "--trust_config",
                            clients.write_trust_config(root, bench.work)],
                   bench.plain)], 7)
    return Row(name, files, peer, samples["ours"], samples["peer"], 1 / 3)


def bench_bundles(bench, peers, vectors, quick):
    case = next((case for case in vector_cases(vectors)
                 if case.name == "happy-path-v0.3"), None)
    if case is None:
        return [Row("verify a bundle", 1, "the other Sigstore clients",
                    note="no conformance vectors")]
    return [*process_rows(bench, peers, case),
            model_row(bench, peers, vectors),
            loop_row(bench, peers, case, 200 if quick else 1000)]


class Bench:
    """The work folder, both environments and the number of rounds."""

    def __init__(self, work, programs, rounds):
        self.work = work
        self.programs = programs
        self.rounds = rounds
        self.plain = fixtures.clean_environment(work / "plain", programs)
        self.protected = fixtures.clean_environment(work / "home", programs)
        for env in (self.plain, self.protected):
            # No repacking in the background: it takes part in what is timed,
            # and git-lfs misses objects that it moves meanwhile.
            for setting in ("user.name=Bench", "user.email=bench@example.org",
                            "gc.auto=0"):
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


def measure_all(bench, options):
    quick, only = options.quick, options.only
    venv, peers, vectors = (folder.resolve() for folder in (
        options.venv, options.peers, options.vectors))
    sizes = (10, 1000) if quick else (10, 1000, 100_000)
    steps = (
        ("manifests from git trees", lambda: bench_tree_manifests(bench, sizes)),
        ("signing and verifying a folder", lambda: bench_folder(bench, venv)),
        ("hashing", lambda: hashing.bench_hashing(bench, venv, quick)),
        ("signing with an identity", lambda: bench_identity(bench)),
        ("clones", lambda: bench_clones(bench, sizes)),
        ("checking out through the filter",
         lambda: bench_filter(bench, (64 if quick else 1024) << 20)),
        ("pulls", lambda: pull.bench_pulls(bench, venv, quick)),
        ("hooks", lambda: bench_hooks(bench)),
        ("verifying bundles",
         lambda: bench_bundles(bench, peers, vectors, quick)))
    if only:
        steps = [step for step in steps if only in step[0]]
    groups = {}
    for title, step in steps:
        print(f"bench: {title}", end="", file=sys.stderr, flush=True)
        start = time.monotonic()
        groups[title] = step()
        print(f", {time.monotonic() - start:.0f} s", file=sys.stderr)
    return groups


def write_results(output, groups, facts, rounds):
    rows = [row for group in groups.values() for row in group]
    manifests, folder, hashed, clones, pulls = (
        groups.get(title, []) for title in (
            "manifests from git trees", "signing and verifying a folder",
            "hashing", "clones", "pulls"))
    plotted = report.write_plots(output, (
        (report.curves, "manifest", "Manifest from a git tree", manifests),
        (report.bars, "folder", "A folder of 10 MB, one P-256 key", folder),
        (report.ratios, "hashing", "Hashing: our time to the peer's", hashed),
        (report.ratios, "pulls", "Pulling: our time to the peer's", pulls),
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
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--vectors", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    rounds = 3 if options.quick else 15
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        bench = Bench(pathlib.Path(work), options.programs.resolve(), rounds)
        facts = report.machine(bench.git_version)
        groups = measure_all(bench, options)
    write_results(options.output, groups, facts, rounds)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"bench: {failure}")
