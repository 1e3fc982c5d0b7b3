# SPDX-License-Identifier: Apache-2.0
"""Pulling from the Hub: the test hub for the API, nginx for the bytes."""

import contextlib
import importlib.metadata
import os
import shlex
import shutil
import socket
import subprocess
import time

import fixtures
from measure import Contender, Failed, Samples
from report import Row

NGINX = """
{user}
worker_processes 2;
pid {work}/nginx.pid;
error_log {work}/nginx.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  sendfile on;
  client_body_temp_path {work}/t1;
  proxy_temp_path {work}/t2;
  fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4;
  scgi_temp_path {work}/t5;
  default_type application/octet-stream;
  map $arg_oid $object {{ "~^(?<a>..)(?<b>..)" "/$a/$b/$arg_oid"; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ rewrite ^ $object break; root {lfs}; {limit} }}
  }}
}}
"""
FETCH = """
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], cache_dir=sys.argv[2]))
"""
VERIFIED = "huggingface_hub, then model_signing verify"
PEERS = ("our download, unverified", "huggingface_hub", VERIFIED,
         "aria2c -x16", "curl, 8 files at once")
# Ours to theirs, at most.
THROTTLED = {"our download, unverified": 1.03, "huggingface_hub": 1 / 2,
             "aria2c -x16": 1 / 0.95, VERIFIED: 1 / 2.5}
UNTHROTTLED = {VERIFIED: 1 / 1.5}
SMALL = {"huggingface_hub": 1 / 2}
MEMORY = 512  # MiB


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def content_server(program, work, lfs, port, rate):
    """nginx serves the hub's LFS objects, each connection at `rate` MiB/s."""
    work.mkdir(exist_ok=True)
    (work / "nginx.conf").write_text(NGINX.format(
        work=work, lfs=lfs, port=port,
        limit=f"limit_rate {rate}m;" if rate else "",
        # As root its workers would be nobody, who cannot read our folder.
        user="user root;" if os.geteuid() == 0 else ""))
    child = subprocess.Popen([program, "-p", work, "-c", work / "nginx.conf",
                              "-g", "daemon off;"],
                             stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            if child.poll() is not None or time.monotonic() > deadline:
                raise Failed("nginx does not start")
            time.sleep(0.05)
        yield
    finally:
        child.terminate()
        child.wait()


def publish(bench, hub, name, files, size):
    """A signed model on the hub; the URLs of its weights."""
    source = bench.work / f"pull-{name}"
    fixtures.make_model_folder(source, files, size)
    (source / ".gitattributes").write_bytes(fixtures.ATTRIBUTES)
    (source / "config.json").write_text("{}\n")
    git = ["git", "-C", source]
    fixtures.run(bench.plain, "git", "init", "--quiet", "-b", "main", source)
    fixtures.run(bench.plain, *git, "add", "--all")
    fixtures.run(bench.plain, *git, "commit", "--quiet", "-m", "model")
    fixtures.create_on_hub(hub, f"org/{name}")
    url = f"{hub}/org/{name}"
    fixtures.run(bench.protected, "git", "sigstore", "trust", "add", url,
                 "--key", f"{bench.work / 'key'}.pub")
    fixtures.run(bench.protected, *git, "remote", "add", "origin", url)
    fixtures.run(bench.protected, *git, "-c",
                 f"sigstore.key={bench.work / 'key'}.key", "push", "--quiet",
                 "origin", "main", stderr=subprocess.DEVNULL)
    names = sorted(path.name for path in source.glob("*.safetensors"))
    shutil.rmtree(source)
    return [f"{url}/resolve/main/{name}" for name in names]


def commands(bench, hub, venv, name, urls, into):
    listed = bench.work / f"{name}.urls"
    listed.write_text("".join(f"{url}\n" for url in urls))
    fetch = bench.work / "fetch.py"
    fetch.write_text(FETCH)
    python = venv / "bin" / "python"
    reference = [python, fetch, f"org/{name}", into]
    snapshot = shlex.join(map(str, reference))
    verify = (f'{python} -m model_signing verify key "$folder" --signature '
              f'"$folder/model.sig" --public_key {bench.work / "key"}.pub '
              "--allow_symlinks")
    return {
        "ours": ["hf-sigstore", "pull", f"org/{name}", "--cache-dir", into],
        "our download, unverified":
            ["bench-download", hub, f"org/{name}", into],
        "huggingface_hub": reference,
        VERIFIED: f"folder=$({snapshot}) && {verify}",
        "aria2c -x16": ["aria2c", "-q", "--no-conf", "-x16", "-s16", "-k1M",
                        "-j8", "-d", into, "-i", listed],
        "curl, 8 files at once":
            f"cd {into} && xargs curl -sSfLZ --parallel-max 8 "
            f"--remote-name-all <{listed}"}


def installed_version(venv):
    folders = [str(path) for path in venv.glob("lib/python*/site-packages")]
    for found in importlib.metadata.distributions(name="huggingface_hub",
                                                  path=folders):
        return found.version
    return None


def rows_of(bench, hub, venv, name, urls, title, goals, rounds):
    """Who fetches the same files, each into a folder that is new."""
    into = bench.work / "pulled"

    def fresh():
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()

    env = {**bench.protected, "HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1",
           "HF_HUB_DISABLE_TELEMETRY": "1",
           "HF_HUB_DISABLE_PROGRESS_BARS": "1",
           "HF_HOME": str(bench.work / "hf")}
    version = installed_version(venv)
    left_out = () if version else ("huggingface_hub", VERIFIED)
    samples = bench.compare(
        [Contender(who, command, env, fresh) for who, command in commands(
            bench, hub, venv, name, urls, into).items()
         if who not in left_out], rounds)
    shutil.rmtree(into)
    rows = []
    for peer in PEERS:
        named = peer.replace("huggingface_hub", f"huggingface_hub {version}")
        rows.append(Row(title, len(urls), peer, note="could not be installed")
                    if peer in left_out else
                    Row(title, len(urls), named, samples["ours"],
                        samples[peer], goals.get(peer)))
    memory = [peak / 1024 for peak in samples["ours"].memory]
    budget = [MEMORY] * len(memory)
    rows.append(Row(f"{title}: peak memory", len(urls), f"{MEMORY} MiB",
                    Samples(wall=memory, cpu=memory),
                    Samples(wall=budget, cpu=budget), 1, unit="MiB"))
    return rows


def bench_pulls(bench, venv, quick):
    path = f"{bench.plain['PATH']}:/usr/sbin"
    programs = {name: shutil.which(name, path=path)
                for name in ("nginx", "aria2c")}
    missing = [name for name, program in programs.items() if not program]
    if missing:
        return [Row("pull", 1, "other clients of the Hub",
                    note=f"no {' and no '.join(missing)}")]
    size = (64 if quick else 1024) << 20
    small = 500 if quick else 20_000
    rounds = 2 if quick else 3
    port, root, rows = free_port(), bench.work / "pull-hub", []

    def served(rate):
        return content_server(programs["nginx"], bench.work / "nginx",
                              root / "lfs", port, rate)

    with fixtures.test_hub(bench.plain, root, "--cdn-url",
                           f"http://127.0.0.1:{port}") as hub:
        fixtures.run(bench.protected, "git", "sigstore", "install", "--host",
                     hub)
        urls = publish(bench, hub, "large", 4, size)
        title = f"pull of 4 x {size >> 20:,} MiB"
        for rate, goals in ((40, THROTTLED), (None, UNTHROTTLED)):
            with served(rate):
                how = f"{rate} MiB/s a connection" if rate else "not throttled"
                rows += rows_of(bench, hub, venv, "large", urls,
                                f"{title}, {how}", goals, rounds)
        urls = publish(bench, hub, "many", small, 4096)
        with served(None):
            rows += rows_of(bench, hub, venv, "many", urls,
                            f"pull of {small:,} files of 4 KiB", SMALL, rounds)
    rows.append(Row("pull by Xet", 1, "hf_xet",
                    note="the test hub stores nothing by Xet"))
    return rows
