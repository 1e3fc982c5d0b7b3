# SPDX-License-Identifier: Apache-2.0
"""Pulling from the Hub: the test hub for the API, nginx for the bytes."""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import time

import fixtures
from measure import Contender, Failed
from report import Row

NGINX = """
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
snapshot_download(sys.argv[1], cache_dir=sys.argv[2])
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def content_server(work, lfs, port, rate):
    """nginx serves the hub's LFS objects, each connection at `rate` MB/s."""
    work.mkdir(exist_ok=True)
    limit = f"limit_rate {rate}m;" if rate else ""
    (work / "nginx.conf").write_text(
        NGINX.format(work=work, lfs=lfs, port=port, limit=limit))
    child = subprocess.Popen(["nginx", "-p", work, "-c", work / "nginx.conf",
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
    """A signed model on the hub; its files by name and URL."""
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


def contenders(bench, hub, venv, name, urls):
    """Who fetches the same files, each into a folder that is new."""
    into = bench.work / "pulled"

    def fresh():
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()

    env = {**bench.protected, "HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1",
           "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
           "HF_HOME": str(bench.work / "hf")}
    listed = bench.work / f"{name}.urls"
    listed.write_text("".join(f"{url}\n" for url in urls))
    python = venv / "bin" / "python"
    fetch = [python, "-c", FETCH, f"org/{name}", into]
    snapshot = f"{into}/models--org--{name}/snapshots/*"
    verify = (f"{python} -m model_signing verify key $(echo {snapshot}) "
              f"--signature $(echo {snapshot}/model.sig) --public_key "
              f"{bench.work / 'key'}.pub --allow_symlinks")
    hf = f"{python} {bench.work / 'fetch.py'} org/{name} {into}"
    (bench.work / "fetch.py").write_text(FETCH)
    made = {
        "ours": ["hf-sigstore", "pull", f"org/{name}", "--cache-dir", into],
        "unverified": ["bench-download", hub, f"org/{name}", into],
        "huggingface_hub": fetch,
        "huggingface_hub, then model_signing verify": f"{hf} && {verify}",
        "aria2c -x16": ["aria2c", "-q", "-x16", "-s16", "-k1M", "-j8", "-d",
                        into, "-i", listed],
        "curl, 8 files at once": f"cd {into} && xargs curl -sSfLZ "
                                 f"--parallel-max 8 --remote-name-all <{listed}",
    }
    return [Contender(title, command, env, fresh)
            for title, command in made.items()]


GOALS = {"unverified": 1.03, "huggingface_hub": 1 / 2, "aria2c -x16": 1 / 0.95,
         "huggingface_hub, then model_signing verify": 1 / 2.5}


def rows_of(bench, hub, venv, name, urls, title, goals, rounds):
    samples = bench.compare(contenders(bench, hub, venv, name, urls), rounds)
    return [Row(title, len(urls), peer, samples["ours"], samples[peer],
                goals.get(peer)) for peer in samples if peer != "ours"]


def bench_pulls(bench, venv, quick):
    missing = [name for name in ("nginx", "aria2c") if not shutil.which(
        name, path=f"{bench.plain['PATH']}:/usr/sbin")]
    if missing:
        return [Row("pull", 1, "the Hub's other clients",
                    note=f"no {' and no '.join(missing)}")]
    size = (64 if quick else 1024) << 20
    small = 500 if quick else 20_000
    port = free_port()
    rows = []
    root = bench.work / "pull-hub"
    with fixtures.test_hub(bench.plain, root,
                           "--cdn-url", f"http://127.0.0.1:{port}") as hub:
        fixtures.run(bench.protected, "git", "sigstore", "install", "--host",
                     hub)
        large = publish(bench, hub, "large", 4, size)
        many = publish(bench, hub, "many", small, 4096)
        for rate in (40, None):
            with content_server(bench.work / "nginx", root / "lfs", port, rate):
                how = f"{rate} MB/s a connection" if rate else "not throttled"
                goals = GOALS if rate else {
                    "huggingface_hub, then model_signing verify": 1 / 1.5}
                rows += rows_of(bench, hub, venv, "large", large,
                                f"pull of 4 x {size >> 20:,} MiB, {how}",
                                goals, 3)
        with content_server(bench.work / "nginx", root / "lfs", port, None):
            rows += rows_of(bench, hub, venv, "many", many,
                            f"pull of {small:,} files of 4 KiB",
                            {"huggingface_hub": 1 / 2}, 3)
    return rows
