#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Sigstore of Sigstore's own programs on this machine, while a command runs.

    stack.py --peers FOLDER --programs FOLDER [--logs FOLDER] COMMAND [ARG...]

Starts Fulcio with a TesseraCT log, two versions of rekor-tiles, a timestamp
authority, and test-sigstore, which here only gives identity tokens; serves a
TUF repository with their keys; runs COMMAND with SIGSTORE_INSTANCE, and ends
all of it. Exits as COMMAND does; 3 when something does not start, or ends
before it is told to.

--peers is what tests/interop/install and install_go filled (its Python has to
run this), --programs has test-sigstore, --logs keeps what the services say.

In the folder SIGSTORE_INSTANCE, as test-sigstore writes them:
  url                      where GET /oidc/mint gives tokens
  trusted_root.json        signing_config.json, trust_config.json (rekor-tiles
                           2.3); the last two also with _2.2 for rekor-tiles 2.2
                           and, where npm has installed @sigstore/mock, with
                           _v1 for a log of version 1 that this stands for
and of its own: tuf_url, root.json (TUF's first root).

Everything listens on the loopback of a network namespace of its own, where
the kernel gives one: nothing reaches it from outside, and two can run side by
side though the timestamp authority's metrics have a port (2112) that cannot be
chosen.
"""

import argparse
import base64
import ctypes
import fcntl
import functools
import hashlib
import http.server
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SECONDS_TO_START = 60
SINCE = {"start": "2020-01-01T00:00:00Z"}
LIBC = ctypes.CDLL(None, use_errno=True)
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class StackError(Exception):
    pass


# --- where they run ---------------------------------------------------------


def enter_own_network():
    """A network namespace with nothing but a loopback."""
    new_user, new_net = 0x10000000, 0x40000000
    user, group = os.geteuid(), os.getegid()
    if LIBC.unshare(new_net | (new_user if user else 0)) != 0:
        print("stack: no network namespace here: in the machine's own network",
              file=sys.stderr)
        return
    if user:
        pathlib.Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        get_flags, set_flags, up = 0x8913, 0x8914, 1
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(
            any_socket, get_flags, request))[1]
        fcntl.ioctl(any_socket, set_flags,
                    struct.pack("16sH14x", b"lo", flags | up))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def end_with_parent():
    set_pdeathsig = 1
    LIBC.prctl(set_pdeathsig, signal.SIGTERM)


def answers(url):
    try:
        with DIRECT.open(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class Processes:
    def __init__(self, logs):
        self.logs = logs
        self.running = []

    def start(self, name, argv, is_ready):
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            # A session of its own: Ctrl-C ends the command first, then these.
            process = subprocess.Popen(
                [str(word) for word in argv], stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, cwd=self.logs,
                start_new_session=True, preexec_fn=end_with_parent,
                env={"HOME": str(self.logs), "PATH": os.environ["PATH"],
                     "GOMEMLIMIT": "400MiB"})
        self.running.append((name, process))
        give_up = time.monotonic() + SECONDS_TO_START
        while not is_ready():
            if process.poll() is not None or time.monotonic() > give_up:
                raise StackError(f"{name} does not start: {self.tail(name)}")
            time.sleep(0.05)

    def tail(self, name):
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.strip().splitlines()[-5:])

    def ended(self):
        return [name for name, process in self.running
                if process.poll() is not None]

    def stop(self):
        for _, process in reversed(self.running):
            process.terminate()
        for _, process in self.running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# --- keys and certificates --------------------------------------------------


def openssl(folder, *words, **options):
    run = subprocess.run(["openssl", *[str(word) for word in words]],
                         cwd=folder, capture_output=True, check=False,
                         **options)
    if run.returncode != 0:
        raise StackError(f"openssl {words[0]}: {run.stderr.decode()}")


def make_key(folder, name, algorithm="EC"):
    """<name>.key and, its public half, <name>.pub"""
    curve = (["-pkeyopt", "ec_paramgen_curve:P-256"] if algorithm == "EC"
             else [])
    openssl(folder, "genpkey", "-algorithm", algorithm, *curve,
            "-out", f"{name}.key")
    openssl(folder, "pkey", "-in", f"{name}.key", "-pubout",
            "-out", f"{name}.pub")


def certify(folder, name, extensions, issuer=None):
    """<name>.pem, by <issuer>.key or by itself."""
    make_key(folder, name)
    openssl(folder, "req", "-new", "-key", f"{name}.key",
            "-subj", f"/O=sigstore.test/CN={name}", "-out", f"{name}.csr")
    lines = [*extensions, "subjectKeyIdentifier=hash"]
    if issuer:
        lines.append("authorityKeyIdentifier=keyid")
    (folder / f"{name}.ext").write_text("\n".join(lines) + "\n")
    signer = (["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key",
               "-CAcreateserial"] if issuer
              else ["-signkey", f"{name}.key"])
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signer,
            "-days", "3650", "-sha256", "-extfile", f"{name}.ext",
            "-out", f"{name}.pem")


AUTHORITY = ["keyUsage=critical,keyCertSign,cRLSign"]


def make_keys(folder):
    certify(folder, "fulcio-root",
            ["basicConstraints=critical,CA:TRUE,pathlen:1", *AUTHORITY])
    certify(folder, "fulcio",
            ["basicConstraints=critical,CA:TRUE,pathlen:0", *AUTHORITY,
             "extendedKeyUsage=codeSigning"], "fulcio-root")
    certify(folder, "tsa-root", ["basicConstraints=critical,CA:TRUE",
                                 *AUTHORITY])
    certify(folder, "tsa", ["basicConstraints=critical,CA:FALSE",
                            "keyUsage=critical,digitalSignature",
                            "extendedKeyUsage=critical,timeStamping"],
            "tsa-root")
    for name in ("fulcio", "tsa"):
        chain = [folder / f"{name}.pem", folder / f"{name}-root.pem"]
        (folder / f"{name}-chain.pem").write_text(
            "".join(path.read_text() for path in chain))
    make_key(folder, "ctlog")
    # TesseraCT reads "EC PRIVATE KEY" only.
    openssl(folder, "ec", "-in", "ctlog.key", "-out", "ctlog.sec1.key")
    for log in LOGS:
        make_key(folder, log, "ED25519")


# --- what clients are given -------------------------------------------------

# Name, which is the origin of its checkpoints, and what its files end in.
LOGS = {"rekor-2.3": "", "rekor-2.2": "_2.2"}
MOCK_LOG = "rekor-v1"


def der_in_base64(path):
    """Of each block of a PEM file."""
    blocks, block = [], []
    for line in path.read_text().splitlines():
        if line.startswith("-----BEGIN"):
            block = []
        elif line.startswith("-----END"):
            blocks.append("".join(block))
        else:
            block.append(line)
    return blocks


def sha256_in_base64(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def log_entry(url, spki, details, log_id):
    return {"baseUrl": url, "hashAlgorithm": "SHA2_256",
            "publicKey": {"rawBytes": spki, "keyDetails": details,
                          "validFor": SINCE},
            "logId": {"keyId": log_id}}


def tiles_log(folder, name):
    spki = der_in_base64(folder / f"{name}.pub")[0]
    # C2SP signed-note: origin, newline, algorithm (1: Ed25519), key.
    log_id = sha256_in_base64(name.encode() + b"\n\x01" +
                              base64.b64decode(spki)[-32:])
    return log_entry(f"http://{name}", spki, "PKIX_ED25519", log_id)


def authority(uri, folder, name):
    return {"subject": {"organization": "sigstore.test", "commonName": name},
            "uri": uri, "validFor": SINCE,
            "certChain": {"certificates": [
                {"rawBytes": der}
                for der in der_in_base64(folder / f"{name}-chain.pem")]}}


def ecdsa_log(folder, name, url):
    spki = der_in_base64(folder / f"{name}.pub")[0]
    return log_entry(url, spki, "PKIX_ECDSA_P256_SHA_256",
                     sha256_in_base64(base64.b64decode(spki)))


def trusted_root(folder, urls):
    mock = ([ecdsa_log(folder, MOCK_LOG, f"http://{MOCK_LOG}")]
            if MOCK_LOG in urls else [])
    return {
        "mediaType":
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [tiles_log(folder, name) for name in LOGS] + mock,
        "ctlogs": [ecdsa_log(folder, "ctlog", urls["ctlog"])],
        "certificateAuthorities": [authority(urls["fulcio"], folder,
                                             "fulcio")],
        "timestampAuthorities": [authority(urls["tsa"], folder, "tsa")]}


def signing_config(urls, log):
    def service(url, version=1):
        return [{"url": url, "majorApiVersion": version, "validFor": SINCE,
                 "operator": "sigstore.test"}]
    return {
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        "caUrls": service(urls["fulcio"]),
        "oidcUrls": service(urls["oidc"] + "/oidc"),
        "rekorTlogUrls": service(urls[log], 1 if log == MOCK_LOG else 2),
        "tsaUrls": service(urls["tsa"] + "/api/v1/timestamp"),
        "rekorTlogConfig": {"selector": "ANY"},
        "tsaConfig": {"selector": "ANY"}}


def write_trust(instance, keys, urls):
    root = trusted_root(keys, urls)
    (instance / "trusted_root.json").write_text(json.dumps(root, indent=1))
    logs = {**LOGS, **({MOCK_LOG: "_v1"} if MOCK_LOG in urls else {})}
    for log, suffix in logs.items():
        config = signing_config(urls, log)
        both = {"mediaType":
                "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
                "trustedRoot": root, "signingConfig": config}
        for name, value in (("signing_config", config),
                            ("trust_config", both)):
            (instance / f"{name}{suffix}.json").write_text(
                json.dumps(value, indent=1))
    (instance / "url").write_text(urls["oidc"] + "\n")


def publish(instance):
    """The TUF repository of the instance, served by a thread."""
    from tuf_scenarios import Repository
    repository = Repository(instance / "tuf")
    for target, name in (("trusted_root.json", "trusted_root.json"),
                         ("signing_config.v0.2.json", "signing_config.json")):
        repository.add_target("targets", (instance / name).read_bytes(),
                              target)
    repository.publish_targets()
    (instance / "root.json").write_bytes(repository.read("1.root.json"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0),
        functools.partial(Handler, directory=str(instance / "tuf")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (instance / "tuf_url").write_text(
        f"http://127.0.0.1:{server.server_address[1]}\n")


# --- the services -----------------------------------------------------------


def start_issuer(processes, programs, work):
    folder = work / "issuer"
    folder.mkdir()
    processes.start("test-sigstore", [programs / "test-sigstore", folder],
                    (folder / "url").exists)
    return (folder / "url").read_text().strip()


def start_ct_log(processes, program, keys, work):
    address = f"127.0.0.1:{free_ports(1)[0]}"
    url = f"http://{address}"
    processes.start(
        "tesseract",
        [program, address, "127.0.0.1", work / "ctlog",
         keys / "fulcio-root.pem", keys / "ctlog.sec1.key"],
        lambda: answers(url + "/healthz"))
    return url


def start_fulcio(processes, program, keys, urls):
    address = f"127.0.0.1:{free_ports(1)[0]}"
    issuer = urls["oidc"] + "/oidc"
    (keys / "fulcio.json").write_text(json.dumps({"OIDCIssuers": {
        issuer: {"IssuerURL": issuer, "ClientID": "sigstore", "Type": "email"},
        issuer + "/ci": {"IssuerURL": issuer + "/ci", "ClientID": "sigstore",
                         "Type": "uri",
                         "SubjectDomain": "http://127.0.0.1"}}}))
    url = f"http://{address}"
    processes.start(
        "fulcio",
        [program, address, keys / "fulcio.json", keys / "fulcio-chain.pem",
         keys / "fulcio.key", urls["ctlog"], keys / "ctlog.pub"],
        lambda: answers(url + "/healthz"))
    return url


def start_tsa(processes, program, keys):
    port, = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    processes.start(
        "timestamp-server",
        [program, "serve", "--host=127.0.0.1", f"--port={port}",
         "--timestamp-signer=file", f"--file-signer-key-path={keys}/tsa.key",
         f"--certificate-chain-path={keys}/tsa-chain.pem",
         "--disable-ntp-monitoring"],
        lambda: answers(url + "/ping"))
    return url


def start_log(processes, program, name, keys, work):
    port, grpc, metrics = free_ports(3)
    url = f"http://127.0.0.1:{port}"
    processes.start(
        name,
        [program, "serve", f"--hostname={name}", f"--storage-dir={work}/{name}",
         f"--signer-filepath={keys}/{name}.key", "--http-address=127.0.0.1",
         f"--http-port={port}", "--grpc-address=127.0.0.1",
         f"--grpc-port={grpc}", f"--http-metrics-port={metrics}",
         "--checkpoint-interval=300ms"],
        lambda: answers(url + "/healthz"))
    return url


def start_mock_log(processes, modules, keys):
    url = keys / "url"
    processes.start(
        MOCK_LOG, ["env", f"NODE_PATH={modules}", "node",
                   HERE / "mock_rekor.cjs", MOCK_LOG, keys], url.exists)
    return url.read_text().strip()


def start(processes, options, work):
    """The folder of the instance."""
    binaries, keys, instance = (options.peers / "bin", work / "keys",
                                work / "instance")
    keys.mkdir()
    instance.mkdir()
    make_keys(keys)
    # The authority asks the others when it starts.
    urls = {"oidc": start_issuer(processes, options.programs, work),
            "ctlog": start_ct_log(processes, binaries / "tesseract", keys,
                                  work)}
    urls["fulcio"] = start_fulcio(processes, binaries / "fulcio", keys, urls)
    urls["tsa"] = start_tsa(processes, binaries / "timestamp-server", keys)
    for name in LOGS:
        urls[name] = start_log(processes, binaries / name, name, keys, work)
    modules = options.peers / "node_modules"
    if (modules / "@sigstore" / "mock").exists():
        urls[MOCK_LOG] = start_mock_log(processes, modules, keys)
    write_trust(instance, keys, urls)
    publish(instance)
    return instance


def run(options, work):
    logs = options.logs or work / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    processes = Processes(logs.resolve())
    try:
        instance = start(processes, options, work)
        status = subprocess.run(
            options.command, check=False,
            env={**os.environ, "SIGSTORE_INSTANCE": str(instance)}).returncode
        for name in processes.ended():
            raise StackError(f"{name} ended: {processes.tail(name)}")
        return status if status >= 0 else 128 - status
    finally:
        processes.stop()


def stop_on_signal(*_args):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--logs", type=pathlib.Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("no command")
    options.peers = options.peers.resolve()
    options.programs = options.programs.resolve()
    # Also where whoever started us ignores them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_on_signal)
    enter_own_network()
    with tempfile.TemporaryDirectory(prefix="sigstore-") as folder:
        try:
            return run(options, pathlib.Path(folder))
        except StackError as error:
            print(f"stack: {error}", file=sys.stderr)
            return 3
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
