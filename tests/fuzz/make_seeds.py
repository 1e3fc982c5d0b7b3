#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of the fuzz targets.

  make_seeds.py FOLDER    FOLDER/<target>/ok-*   the target must parse these
                          FOLDER/<target>/bad-*  and must refuse these
                          FOLDER/<target>.dict   words for libFuzzer, where
                                                 words matter

Everything is made here, by hand or by rule; where the test vectors are, what
others made is added as FOLDER/<target>/real-*, of which nothing is said.
"""

import base64
import hashlib
import json
import os
import sys
import zlib

import certificate_seeds

BUNDLE = "application/vnd.dev.sigstore.bundle"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://model_signing/signature/v1.0"
LEGACY = "https://model_signing/Digests/v0.1"


def b64(raw):
    return base64.b64encode(raw).decode()


def to_json(value):
    return json.dumps(value, ensure_ascii=False).encode()


def without(value, *names):
    return {k: v for k, v in value.items() if k not in names}


def public_key_pem():
    """The generator of P-256 (SEC 2, 2.4.2): a valid key, nobody's secret."""
    point = bytes.fromhex(
        "04"
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    head = bytes.fromhex(
        "3059301306072a8648ce3d020106082a8648ce3d030107034200")
    text = b64(head + point)
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines,
                      "-----END PUBLIC KEY-----", ""])


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + body


def public_key_der():
    return base64.b64decode("".join(public_key_pem().splitlines()[1:-1]))


def certificate():
    """A certificate whose signature nobody made."""
    algorithm = der(0x30, bytes.fromhex("06082a8648ce3d040302"))
    name = der(0x30, der(0x31, der(0x30, bytes.fromhex("0603550403"),
                                   der(0x0c, b"ca"))))
    valid = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"360101000000Z"))
    tbs = der(0x30, der(0xa0, der(2, b"\2")), der(2, b"\1"), algorithm, name,
              valid, name, public_key_der())
    return der(0x30, tbs, algorithm,
               der(3, b"\0", der(0x30, der(2, b"\1"), der(2, b"\1"))))


def bundles():
    envelope = {"payload": b64(b'{"a":1}'),
                "payloadType": "application/vnd.in-toto+json",
                "signatures": [{"sig": b64(b"signature"), "keyid": ""}]}
    key = {"publicKey": {"hint": "ab" * 32}, "tlogEntries": []}
    root = {"mediaType": BUNDLE + ".v0.3+json", "verificationMaterial": key,
            "dsseEnvelope": envelope}
    entry = {"logIndex": "5", "logId": {"keyId": b64(b"k" * 32)},
             "kindVersion": {"kind": "dsse", "version": "0.0.1"},
             "integratedTime": "1700000000",
             "inclusionPromise": {"signedEntryTimestamp": b64(b"promise")},
             "inclusionProof": {"logIndex": "5", "treeSize": "9",
                                "rootHash": b64(b"r" * 32),
                                "hashes": [b64(b"h" * 32), b64(b"i" * 32)],
                                "checkpoint": {"envelope": "log\n9\n\n"}},
             "canonicalizedBody": b64(b"{}")}
    leaf = {"certificate": {"rawBytes": b64(b"leaf")}, "tlogEntries": [entry]}
    stamps = {"rfc3161Timestamps": [{"signedTimestamp": b64(b"time")}]}
    message = {"messageDigest": {"algorithm": "SHA2_256",
                                 "digest": b64(b"d" * 32)},
               "signature": b64(b"signature")}
    yield "ok-key", to_json(root)
    yield "ok-key-by-hand", json.dumps(root, indent=2).encode()
    for version in ("0.1", "0.2", "0.3"):
        yield f"ok-version-{version}", to_json(
            {**root, "mediaType": f"{BUNDLE}+json;version={version}"})
    yield "ok-raw-key", to_json({**root, "verificationMaterial": {
        "publicKey": {"rawBytes": b64(public_key_pem().encode())}}})
    yield "ok-key-id", to_json({**root, "dsseEnvelope": {
        **envelope, "signatures": [{"sig": b64(b"s"), "keyid": "me"}]}})
    yield "ok-certificate", to_json({**root, "verificationMaterial": leaf})
    yield "ok-timestamp", to_json({**root, "verificationMaterial": {
        **leaf, "timestampVerificationData": stamps}})
    yield "ok-chain", to_json({**root, "verificationMaterial": {
        "x509CertificateChain": {"certificates": [
            {"rawBytes": b64(b"leaf")}, {"rawBytes": b64(b"ca")}]},
        "tlogEntries": [entry]}})
    yield "ok-message", to_json({**without(root, "dsseEnvelope"),
                                 "messageSignature": message})
    yield "ok-odd-text", to_json({**root, "verificationMaterial": {
        "publicKey": {"hint": "\u0000\"\\\u2028\u202e\U0001f917"}}})
    yield "ok-more-members", to_json({**root, "else": [1, 2.5, None, True]})

    yield "bad-empty", b""
    yield "bad-two-contents", to_json({**root, "messageSignature": message})
    yield "bad-two-materials", to_json({**root, "verificationMaterial": {
        **key, "certificate": leaf["certificate"]}})
    yield "bad-two-signatures", to_json({**root, "dsseEnvelope": {
        **envelope, "signatures": envelope["signatures"] * 2}})
    yield "bad-version", to_json({**root, "mediaType": BUNDLE + ".v0.9+json"})
    yield "bad-same-entry-twice", to_json({**root, "verificationMaterial": {
        **leaf, "tlogEntries": [entry, entry]}})
    yield "bad-duplicate-member", to_json(root)[:-1] + b',"mediaType":"x"}'
    yield "bad-cut", to_json(root)[:-1]
    yield "bad-base64", to_json(root).replace(b64(b"signature").encode(),
                                              b"c2ln!")
    yield "bad-depth", b"[" * 40 + b"]" * 40


def statement(resources, serialization, binding=None, **changes):
    digests = b"".join(bytes.fromhex(r["digest"]) for r in resources)
    subject = {"name": "model",
               "digest": {"sha256": hashlib.sha256(digests).hexdigest()}}
    if binding:
        subject["annotations"] = {"git-sigstore/v1": binding}
    return to_json({"_type": STATEMENT, "subject": [subject],
                    "predicateType": PREDICATE,
                    "predicate": {"serialization": serialization,
                                  "resources": resources}, **changes})


def statements():
    def resource(name, digest="11" * 32, algorithm="sha256"):
        return {"name": name, "digest": digest, "algorithm": algorithm}

    files = {"method": "files", "hash_type": "sha256",
             "allow_symlinks": False, "ignore_paths": [".git", "model.sig"]}
    shards = {"method": "shards", "hash_type": "sha256",
              "allow_symlinks": True, "shard_size": 100}
    two = [resource("a.bin"), resource("sub/b.txt", "22" * 32)]
    parts = [resource("a.bin:0:100"), resource("a.bin:100:130", "22" * 32)]
    binding = {"repository": "huggingface.co/org/model",
               "ref": "refs/heads/main", "objectFormat": "sha1",
               "tree": "33" * 20, "gitattributes": "44" * 32,
               "gitignore": "55" * 32, "github": "66" * 32,
               "commit": "77" * 20, "predecessor": "88" * 32,
               "signedAt": "2026-01-02T03:04:05Z"}

    yield "ok-files", statement(two, files)
    yield "ok-binding", statement(two, files, binding=binding)
    yield "ok-short-binding", statement(two, files, binding=without(
        binding, "gitattributes", "gitignore", "github", "predecessor"))
    yield "ok-one-file", statement([resource(".")], files)
    yield "ok-shards", statement(parts, shards)
    yield "ok-shards-long-name", statement(
        [{**part, "algorithm": "sha256-sharded-100"} for part in parts],
        shards)
    yield "ok-blake2b", statement([resource("a", "44" * 64, "blake2b")],
                                  {**files, "hash_type": "blake2b"})
    yield "ok-unsorted", statement(two[::-1], files)
    yield "ok-odd-names", statement(
        [resource("two words\n\u202e\"\\"), resource("\U0001f917")], files)
    yield "ok-legacy", to_json({
        "_type": STATEMENT, "predicateType": LEGACY,
        "predicate": {"unused": "unused"},
        "subject": [{"name": "a.bin", "digest": {"sha256": "11" * 32},
                     "annotations": {
                         "actual_hash_algorithm": "file-sha256"}}]})

    yield "bad-empty", b"{}"
    yield "bad-root-digest", statement(two, files).replace(b"11" * 32,
                                                           b"55" * 32)
    yield "bad-no-files", statement([], files)
    yield "bad-absolute", statement([resource("/a")], files)
    yield "bad-dots", statement([resource("a/../b")], files)
    yield "bad-name-twice", statement([resource("a"), resource("a")], files)
    yield "bad-algorithm", statement([resource("a", algorithm="md5")], files)
    yield "bad-gap", statement([resource("a:0:100"), resource("a:150:180")],
                               shards)
    yield "bad-shard-size", statement(two, {**files, "shard_size": 5})
    yield "bad-binding", statement(two, files, binding={"repository": 1})
    yield "bad-half-binding", statement(two, files,
                                        binding=without(binding, "tree"))
    yield "bad-predicate", statement(two, files, predicateType="else")


def pointers():
    version = "version https://git-lfs.github.com/spec/v1\n"
    oid = "oid sha256:" + "0a" * 32 + "\n"
    good = version + oid + "size 12345\n"
    texts = {
        "ok-pointer": good,
        "ok-smallest": version + oid + "size 1\n",
        "ok-largest": version + oid + "size 999999999999999999\n",
        "bad-empty": "",
        "bad-text": "a file\n",
        "bad-about-git-lfs": "we use git-lfs\n",
        "bad-crlf": good.replace("\n", "\r\n"),
        "bad-blank-line": good + "\n",
        "bad-no-final-newline": good[:-1],
        "bad-size-zero": version + oid + "size 0\n",
        "bad-size-sign": version + oid + "size +5\n",
        "bad-leading-zero": version + oid + "size 05\n",
        "bad-too-large": version + oid + "size 9999999999999999999\n",
        "bad-upper-case": good.replace("0a", "0A"),
        "bad-extension": version + "ext-0-x " + oid + oid + "size 5\n",
        "bad-older": good.replace("git-lfs", "hawser"),
        "bad-order": version + "size 12345\n" + oid,
        "bad-padded": good + " " * 1000,
    }
    for name, text in texts.items():
        yield name, text.encode()


def trees():
    def entry(mode, name, size=20, byte=b"\1"):
        return mode + b" " + name + b"\0" + byte * size

    author = b"author a <a@example.org> 1700000000 +0000\n"
    parent = b"parent " + b"ab" * 20 + b"\n"
    commit = b"tree " + b"12" * 20 + b"\n"
    rest = author + author.replace(b"author", b"committer") + b"\nmessage\n"
    sorted_three = (entry(b"100644", b"a.b") + entry(b"40000", b"a") +
                    entry(b"100644", b"a0"))
    yield "ok-file", entry(b"100644", b"config.json")
    yield "ok-sha256", entry(b"100644", b"config.json", 32)
    yield "ok-folder-order", sorted_three
    yield "ok-modes", (entry(b"120000", b"link") + entry(b"160000", b"module") +
                       entry(b"100755", b"run") + entry(b"100664", b"z"))
    yield "ok-empty", b""
    yield "ok-commit", commit + rest
    yield "ok-merge", commit + parent * 2 + rest
    yield "bad-cut", entry(b"100644", b"config.json")[:-1]
    yield "bad-mode", entry(b"0100644", b"a")
    yield "bad-slash", entry(b"100644", b"a/b")
    yield "bad-no-name", entry(b"100644", b"")
    yield "bad-twice", entry(b"100644", b"a") * 2
    yield "bad-order", entry(b"100644", b"b") + entry(b"100644", b"a")
    yield "bad-commit", commit + parent[:-2] + b"\n" + rest
    yield "bad-no-tree", rest


def trust_stores():
    pem = public_key_pem()
    signer = {"publicKey": pem, "name": "alice \u202e\"\\",
              "addedAt": "2026-01-02T03:04:05Z", "fingerprint": "ignored"}
    seen = {"commit": "12" * 20, "bundle": "34" * 32, "signer": "56" * 32,
            "verifiedAt": "2026-02-03T04:05:06Z"}
    trust = {"signers": [signer], "refs": {
        "refs/heads/main": {**seen, "signedAt": "1970-01-01T00:00:00Z"},
        "refs/tags/v1": seen}}

    def store(value, version=1):
        return to_json({"version": version,
                        "repositories": {"huggingface.co/org/model": value}})

    yield "ok-empty", to_json({"version": 1, "repositories": {}})
    yield "ok-one", store(trust)
    yield "ok-two-signers", store({**trust, "signers": [signer, signer]})
    yield "ok-nothing-known", store({"signers": [], "refs": {}})
    yield "bad-version", store(trust, 2)
    yield "bad-no-version", to_json({"repositories": {}})
    yield "bad-key", store({**trust, "signers": [
        {**signer, "publicKey": pem.replace("A", "B")}]})
    yield "bad-time", store({**trust, "signers": [
        {**signer, "addedAt": "2026-13-02T03:04:05Z"}]})
    yield "bad-digest", store({**trust, "refs": {"r": {**seen,
                                                       "bundle": "34"}}})
    yield "bad-cut", store(trust)[:-2]


def packets():
    def data(payload):
        return b"%04x" % (len(payload) + 4) + payload

    yield "ok-fetch", (data(b"command=fetch\n") + b"0001" +
                       data(b"want " + b"ab" * 20 + b"\n") +
                       data(b"done\n") + b"0000")
    yield "ok-refs", data(b"12" * 20 + b" HEAD\0side-band-64k\n") + b"0000"
    yield "ok-empty-packet", b"0004" + b"0002"
    yield "ok-upper-case", b"000Aline1\n" + b"0000"
    yield "ok-long", data(b"x" * 3000) + data(b"\2progress\r") + b"0000"
    yield "bad-three", b"0003"
    yield "bad-digits", b"00g4"
    yield "bad-too-long", b"ffff" + b"x" * 100
    yield "bad-cut", data(b"hello\n")[:-1]
    yield "bad-line", b"capabilities\nlist\n\n"


def cat_file_lines():
    for digits in (40, 64):
        name = b"0a" * (digits // 2)
        for kind in (b"commit", b"tree", b"blob", b"tag"):
            yield f"ok-{kind.decode()}-{digits}", name + b" " + kind + b" 123"
        yield f"ok-missing-{digits}", name + b" missing"
    name = b"0a" * 20
    for i, rest in enumerate((b"", b" ", b" blob", b" blob -1", b" blob 1 ",
                              b" leaf 1", b" ambiguous", b" blob 1\n",
                              b" blob 99999999999999999999")):
        yield f"bad-{i}", name + rest
    yield "bad-name", b"0a blob 1"


def verdicts():
    good = {
        "version": 1, "repository": "huggingface.co/org/model",
        "ref": "refs/heads/main", "commit": "a" * 40, "bundle": "b" * 64,
        "signer": "c" * 64, "signerName": "alice (key cccccccccccccccc)",
        "signedAt": "2026-03-04T05:06:07Z",
        "verifiedAt": "2026-03-04T05:06:08Z", "files": "214",
        "totalSize": "812400000000", "notes": ["a note"]}

    def text(**changes):
        value = {name: item for name, item in {**good, **changes}.items()
                 if item is not None}
        return json.dumps(value).encode()

    yield "ok-full", text()
    yield "ok-not-dated", text(signedAt=None, notes=[])
    yield "bad-version", text(version=2)
    yield "bad-commit", text(commit="b" * 40)
    yield "bad-time", text(signedAt="yesterday")
    yield "bad-note", text(notes=[1])
    yield "bad-cut", text()[:-1]


def known_digests():
    def record(inode, algorithm=0, size=4096, digest=b"d" * 32):
        numbers = (inode, 7, 4096, 10**18, 10**18 + 1, 0, size)
        return (b"v" * 32
                + b"".join(n.to_bytes(8, "little") for n in numbers)
                + bytes([algorithm]) + (1_700_000_000).to_bytes(8, "little")
                + digest)

    yield "ok-none", b""
    yield "ok-two", record(1) + record(2)
    yield "ok-blake2b", record(1) + record(1, 1, digest=b"d" * 64)
    yield "bad-cut", record(1)[:-1]
    yield "bad-order", record(2) + record(1)
    yield "bad-twice", record(1) + record(1)
    yield "bad-algorithm", record(1, 3)
    yield "bad-range", record(1, size=4097)
    yield "bad-digest", record(1, 1)


def partial_sidecars():
    good = {"version": 1, "etag": "a" * 64, "size": "40000000000",
            "ranges": [["0", "16777216"], ["33554432", "40000000000"]]}

    def text(**changes):
        value = {name: item for name, item in {**good, **changes}.items()
                 if item is not None}
        return json.dumps(value).encode()

    yield "ok-full", text()
    yield "ok-nothing", text(ranges=[])
    yield "bad-version", text(version=2)
    yield "bad-size", text(size=40000000000)
    yield "bad-end", text(ranges=[["0", "40000000001"]])
    yield "bad-overlap", text(ranges=[["0", "10"], ["5", "20"]])
    yield "bad-touching", text(ranges=[["0", "10"], ["10", "20"]])
    yield "bad-order", text(ranges=[["10", "20"], ["0", "5"]])
    yield "bad-member", text(more=1)
    yield "bad-no-etag", text(etag=None)
    yield "bad-cut", text()[:-1]


def listing_files():
    plain = {"size": 519, "blob_id": "b" * 40}
    lfs = {"size": 1234, "blob_id": "b" * 40, "lfs_sha256": "c" * 64,
           "lfs_size": 1234}
    files = {"config.json": plain, "a/model.bin": {**lfs, "xet_hash": "d" * 64},
             "w\u00f6rter": lfs}

    def text(version=1, **entries):
        return json.dumps({"format_version": version,
                           "files": {**files, **entries}}, indent=1).encode()

    yield "ok-full", text()
    yield "ok-empty", b'{"format_version": 1, "files": {}}'
    yield "bad-version", text(version=2)
    yield "bad-size", text(x={**plain, "size": -1})
    yield "bad-blob", text(x={**plain, "blob_id": "../../x"})
    yield "bad-sha256", text(x={**lfs, "lfs_sha256": "c"})
    yield "bad-cut", text()[:-1]


def claims():
    statement = {"_type": "https://in-toto.io/Statement/v1",
                 "predicateType": "https://slsa.dev/provenance/v1",
                 "subject": [{"name": "m", "digest": {"sha256": "ab" * 32}}]}

    def line(payload, **more):
        return to_json({"mediaType": BUNDLE + ".v0.3+json", "verificationMaterial": {
            "publicKey": {"hint": "ab" * 32}}, "dsseEnvelope": {
                "payload": b64(json.dumps(payload).encode()),
                "payloadType": "application/vnd.in-toto+json",
                "signatures": [{"sig": b64(b"signature")}]}, **more})

    model = {**statement, "predicateType": "https://model_signing/signature/v1.0"}
    yield "ok-one", line(statement)
    yield "ok-two", b"\r\n" + line(statement) + b"\r\n\n" + line(model) + b"\n"
    yield "bad-empty", b"\n"
    yield "bad-broken", line(statement) + b'\n{"a":'
    yield "bad-no-subject", line({**statement, "subject": []})
    yield "bad-digest", line({**statement, "subject": [{"digest": {"sha256": 1}}]})
    yield "bad-no-statement", line([])


def streams():
    """Two bytes of size and a zlib stream of so many bytes."""
    pointer = (b"version https://git-lfs.github.com/spec/v1\n"
               b"oid sha256:%s\nsize 12345\n" % hashlib.sha256(
                   b"").hexdigest().encode())
    noise = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(40))
    contents = {"empty": b"", "pointer": pointer, "noise": noise,
                "run": b"x" * 3000, "mixed": pointer * 3 + noise[:100]}
    for name, content in contents.items():
        size = len(content).to_bytes(2, "big")
        for level in (0, 1, 9):
            yield f"ok-{name}-{level}", size + zlib.compress(content, level)
        stream = zlib.compress(content)
        yield f"bad-size-{name}", b"\xff\xff" + stream
        yield f"bad-cut-{name}", size + stream[:len(stream) // 2 - 2]
    yield "bad-nothing", b"\0\0"


def packs():
    """Two bytes of length, an index of version 2 for it, a pack."""
    def entry(kind, content):
        head, rest = (kind << 4) | (len(content) & 15), len(content) >> 4
        out = bytearray()
        while rest:
            out.append(head | 0x80)
            head, rest = rest & 0x7f, rest >> 7
        return bytes(out + bytes([head])) + zlib.compress(content)

    def build(objects, version=2, offset=None):
        pack, found = b"PACK\0\0\0\2" + len(objects).to_bytes(4, "big"), []
        for kind, content in objects:
            name = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}.get(
                kind, b"blob")
            digest = hashlib.sha1(
                name + b" %d\0" % len(content) + content).digest()
            found.append((digest, len(pack) if offset is None else offset))
            pack += entry(kind, content)
        found.sort()
        index = b"\377tOc" + version.to_bytes(4, "big")
        for first in range(256):
            index += sum(d[0] <= first for d, _ in found).to_bytes(4, "big")
        index += b"".join(d for d, _ in found) + bytes(4 * len(found))
        index += b"".join(o.to_bytes(4, "big") for _, o in found)
        index += bytes(40)
        return len(index).to_bytes(2, "big") + index + pack + bytes(20)

    blobs = [(3, b"content %d\n" % i) for i in range(8)]
    yield "ok-blobs", build(blobs)
    yield "ok-kinds", build([(k, b"x" * (k * 50)) for k in (1, 2, 3, 4)])
    yield "bad-version", build(blobs, version=3)
    yield "bad-delta", build([(6, b"content"), (7, b"content")])
    yield "bad-offset", build(blobs, offset=0x7fffffff)
    yield "bad-long-offset", build(blobs, offset=0x80000000)
    yield "bad-no-objects", build([])
    yield "bad-cut", build(blobs)[:900]
    yield "bad-nothing", b""


def ref_updates():
    zero, one = b"0" * 40, b"1" * 40
    yield "ok-new", zero + b" " + one + b" refs/heads/main\n"
    yield "ok-gone", one + b" " + zero + b" refs/heads/main\n"
    yield "ok-symbolic", zero + b" ref:refs/heads/main HEAD\n"
    yield "ok-empty", b""
    yield "bad-short", zero + b" " + one
    yield "bad-id", zero + b" 12 refs/heads/main\n"
    yield "bad-fetch-head", (one + b"\t\tbranch 'main' of https://h/o/m\n" +
                             one + b"\t\tbroken' of\n")
    yield "bad-push", (b"HEAD@{1 day ago} " + one + b" refs/heads/main " +
                       zero + b"\n")


def hook_texts():
    """A configuration, a zero byte, a line of /proc/<id>/stat."""
    stat = b"12 (git) S 7 12 12 0"
    yield "ok-husky", b"[core]\n\thooksPath = .husky/_\n\0" + stat
    yield "ok-one-line", b"[CORE] HooksPath=\"a b\"\r\n\0" + stat
    yield "ok-last", b"[core]\nhooksPath = a\nhooksPath = b\0" + stat
    yield "bad-comment", b"[core]\n# hooksPath = a\n\0" + stat
    yield "bad-section", b"[user]\nhooksPath = a\n\0" + stat
    yield "bad-parent", b"[core]\nhooksPath = a\n\0" + stat[:-11]


def signed_pushes():
    push = {"repository": "h.example/org/m", "ref": "refs/heads/main",
            "tracking": "refs/remotes/origin/main", "before": "1" * 40,
            "commit": "2" * 40, "bundle": "a" * 64,
            "signedAt": "2026-03-04T05:06:07Z", "publicKey": public_key_pem()}

    def note(*pushes):
        return to_json({"version": 1, "pushes": list(pushes)})

    yield "ok-one", note(push)
    yield "ok-two", note(push, {**push, "commit": "3" * 64, "tracking": ""})
    yield "ok-none", note()
    yield "bad-id", note({**push, "before": "1"})
    yield "bad-key", note({**push, "publicKey": "key"})
    yield "bad-repository", note({**push, "repository": "../.."})
    yield "bad-time", note({**push, "signedAt": "soon"})
    yield "bad-list", to_json({"version": 1, "pushes": {}})
    yield "bad-cut", note(push)[:-1]


def lfs_configs():
    """A .lfsconfig; after a zero byte what git lists of one."""
    yield "ok-plain", (b"[lfs]\n\turl = https://h.example/x\n\0"
                       b"lfs.url\nhttps://h.example/x\0")
    yield "ok-none", b"\0"
    yield "ok-foreign", (b"[lfs]\npushurl = a@evil.example:x\n\0"
                         b"lfs.pushurl\na@evil.example:x\0remote.o.lfsurl\n/\0")
    yield "bad-exclude", b"[lfs]\nfetchexclude = *\n\0"
    yield "bad-include", b"[lfs]\nFetchInclude = a\n\0"
    yield "bad-errors", b"[LFS] skipDownloadErrors\n\0"
    yield "bad-other-file", b"[includeIf \"gitdir:/\"]\npath = x\n\0"


def links():
    """Where a link is, a zero byte, where it leads."""
    yield "ok-beside", b"a/b\0c"
    yield "ok-above", b"a/b/c\0../../d/./e"
    yield "ok-top", b"a\0b//c"
    yield "bad-out", b"a/b\0../../c"
    yield "bad-absolute", b"a\0/etc/passwd"
    yield "bad-empty", b"a\0"
    yield "bad-zero", b"a\0b\0c"
    yield "bad-windows", b"a\0..\\c"
    yield "bad-drive", b"a\0C:x"


def ref_listings():
    one, two = b"1" * 40, b"2" * 64
    yield "ok-ref", one + b" refs/heads/main\n" + two + b" refs/tags/v1\n"
    yield "ok-head", one + b" HEAD symref-target:refs/heads/main\n"
    yield "ok-unborn", b"unborn HEAD symref-target:refs/heads/main\n"
    yield "ok-helper", (b"@refs/heads/main HEAD\n:object-format sha256\n"
                        b"? refs/heads/x\n" + one + b" refs/heads/main x\n")
    yield "ok-peeled", one + b" refs/tags/v1 peeled:" + one + b"\n"
    yield "bad-escape", one + b" refs/heads/\x1b[31m\n"
    yield "bad-id", b"12 refs/heads/main\n"
    yield "bad-name", one + b" \n"
    yield "bad-one-word", one + b"\n"


def remote_urls():
    """One that either of the parsers takes."""
    yield "ok-hub", b"https://user@HuggingFace.co:443/org/model.git/"
    yield "ok-short", b"https://hf.co/datasets/org/data"
    yield "ok-port", b"http://127.0.0.1:8080/org/model"
    yield "ok-daemon", b"git://host.example:99/a/b.git"
    yield "ok-ipv6", b"git://[::1]/a"
    yield "bad-dots", b"https://h.example/org/../m"
    yield "bad-query", b"https://h.example/org/m?x=1"
    yield "bad-escape", b"https://h.example/org/%2e%2e/m"
    yield "bad-control", b"git://host/a\0host=evil"
    yield "bad-empty", b""


def checkpoints():
    root = b64(b"r" * 32)
    text = f"rekor.example - 12\n42\n{root}\n"
    line = f"\u2014 rekor.example {b64(b'idid' + b's' * 64)}\n"
    witness = f"\u2014 witness.example/w1 {b64(b'wwww' + b't' * 72)}\n"
    seeds = {
        "ok-one": text + "\n" + line,
        "ok-cosigned": text + "\n" + witness + line + witness,
        "ok-extension": text + "Timestamp: 1689177396617352539\n\n" + line,
        "ok-largest": text.replace("42", str(2**64 - 1)) + "\n" + line,
        "ok-many": text + "\n" + line * 96,
        "bad-too-many": text + "\n" + line * 97,
        "bad-empty": "",
        "bad-no-signature": text + "\n",
        "bad-no-newline": text + "\n" + line[:-1],
        "bad-crlf": (text + "\n" + line).replace("\n", "\r\n"),
        "bad-size": text.replace("42", "042") + "\n" + line,
        "bad-blank-lines": text + "\n\n" + line,
        "bad-dash": text + "\n" + line.replace("\u2014", "-"),
        "bad-root": text.replace(root, root[:-4]) + "\n" + line,
    }
    for name, note in seeds.items():
        yield name, note.encode()


def entry_bodies():
    """What tests/fuzz/fuzz_entry_body.cpp takes for signed, logged."""
    signature, payload = b"signature", b"{}"
    pem = b64(public_key_pem().encode())
    verifier = {"keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "publicKey": {"rawBytes": b64(public_key_der())}}
    pae = b"DSSEv1 28 application/vnd.in-toto+json 2 " + payload

    def body(kind, version, spec):
        return json.dumps({"apiVersion": version, "kind": kind, "spec": spec},
                          separators=(",", ":"))

    def entry(kind, version, spec):
        return f"{kind} {version}\n{body(kind, version, spec)}".encode()

    def rekord_v1(message):
        return {"data": {"hash": {
            "algorithm": "sha256",
            "value": hashlib.sha256(message).hexdigest()}},
            "signature": {"content": b64(signature),
                          "publicKey": {"content": pem}}}

    def rekord_v2(message):
        return {"hashedRekordV002": {
            "data": {"algorithm": "SHA2_256",
                     "digest": b64(hashlib.sha256(message).digest())},
            "signature": {"content": b64(signature), "verifier": verifier}}}

    hex_hash = {"algorithm": "sha256",
                "value": hashlib.sha256(payload).hexdigest()}
    one = {"signature": b64(signature), "verifier": pem}
    dsse = {"envelopeHash": hex_hash, "payloadHash": hex_hash,
            "signatures": [one]}
    dsse_v2 = {"dsseV002": {
        "payloadHash": {"algorithm": "SHA2_256",
                        "digest": b64(hashlib.sha256(payload).digest())},
        "signatures": [{"content": b64(signature), "verifier": verifier}]}}
    intoto = {"content": {
        "envelope": {"payloadType": "application/vnd.in-toto+json",
                     "payload": b64(b64(payload).encode()),
                     "signatures": [{"sig": b64(b64(signature).encode()),
                                     "publicKey": pem}]},
        "hash": hex_hash, "payloadHash": hex_hash}}

    yield "ok-hashedrekord-1", entry("hashedrekord", "0.0.1",
                                     rekord_v1(b"content"))
    yield "ok-hashedrekord-2", entry("hashedrekord", "0.0.2",
                                     rekord_v2(b"content"))
    yield "ok-hashedrekord-envelope", entry("hashedrekord", "0.0.2",
                                            rekord_v2(pae))
    yield "ok-dsse-1", entry("dsse", "0.0.1", dsse)
    yield "ok-dsse-2", entry("dsse", "0.0.2", dsse_v2)
    yield "ok-intoto", entry("intoto", "0.0.2", intoto)
    yield "bad-empty", b""
    yield "bad-kind", entry("rekord", "0.0.1", dsse)
    yield "bad-version", (b"dsse 0.0.2\n" +
                          body("dsse", "0.0.1", dsse).encode())
    yield "bad-content", entry("hashedrekord", "0.0.1", rekord_v1(b"else"))
    yield "bad-two-signatures", entry("dsse", "0.0.1", {
        **dsse, "signatures": [one, one]})
    yield "bad-member", entry("hashedrekord", "0.0.2", {
        **rekord_v2(b"content"), "more": 1})


def trusted_roots():
    kind = "application/vnd.dev.sigstore.trustedroot"
    log = {"baseUrl": "https://rekor.example/", "hashAlgorithm": "SHA2_256",
           "publicKey": {"rawBytes": b64(public_key_der()),
                         "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                         "validFor": {"start": "2026-01-01T00:00:00Z"}},
           "logId": {"keyId": b64(b"k" * 32)}}
    other = {**log, "operator": "one.example",
             "checkpointKeyId": {"keyId": b64(b"c" * 32)},
             "logId": {"keyId": b64(b"l" * 32)}}
    unknown = {**log, "publicKey": {**log["publicKey"],
                                    "keyDetails": "ML_DSA_65"}}
    authority = {"subject": {"organization": "o", "commonName": "c"},
                 "uri": "https://ca.example",
                 "certChain": {"certificates": [
                     {"rawBytes": b64(certificate())}] * 2},
                 "validFor": {"start": "2026-01-01T00:00:00Z",
                              "end": "2026-12-31T23:59:59.999Z"}}
    root = {"mediaType": kind + ".v0.2+json", "tlogs": [log, other],
            "ctlogs": [log, other], "certificateAuthorities": [authority],
            "timestampAuthorities": [without(authority, "validFor", "uri")]}
    never = {**log, "publicKey": {**log["publicKey"], "validFor": {}}}
    yield "ok-full", to_json(root)
    yield "ok-by-hand", json.dumps(root, indent=2).encode()
    yield "ok-version-1", to_json({**root,
                                   "mediaType": kind + "+json;version=0.1"})
    yield "ok-empty", to_json({"mediaType": kind + ".v0.1+json"})
    yield "ok-unknown-key", to_json({**root, "tlogs": [unknown]})
    yield "ok-numbers", to_json({**root, "tlogs": [{
        **log, "hashAlgorithm": 1,
        "publicKey": {**log["publicKey"], "keyDetails": 5}}]})
    yield "bad-version", to_json({**root, "mediaType": kind + ".v0.3+json"})
    yield "bad-no-start", to_json({**root, "tlogs": [log, never]})
    yield "bad-same-id", to_json({**root, "ctlogs": [log, log]})
    yield "bad-id", to_json({**root, "tlogs": [{
        **log, "logId": {"keyId": b64(b"k" * 31)}}]})
    yield "bad-key-kind", to_json({**root, "tlogs": [{
        **log, "publicKey": {**log["publicKey"],
                             "keyDetails": "PKIX_ED25519"}}]})
    yield "bad-chain", to_json({**root, "certificateAuthorities": [{
        **authority, "certChain": {"certificates": []}}]})
    yield "bad-certificate", to_json({**root, "certificateAuthorities": [{
        **authority, "certChain": {"certificates": [
            {"rawBytes": b64(certificate()[:-1])}]}}]})
    yield "bad-cut", to_json(root)[:-1]


def signing_configs():
    kind = "application/vnd.dev.sigstore.signingconfig.v0.2+json"

    def service(url, version=1, operator="one.example"):
        return {"url": url, "majorApiVersion": version, "operator": operator,
                "validFor": {"start": "2026-01-01T00:00:00Z"}}

    logs = [service("https://log2", 2), service("https://log1"),
            service("https://other", 2, "two.example")]
    config = {"mediaType": kind, "caUrls": [service("https://ca")],
              "oidcUrls": [service("https://oidc")], "rekorTlogUrls": logs,
              "tsaUrls": [service("https://tsa")],
              "rekorTlogConfig": {"selector": "EXACT", "count": 2},
              "tsaConfig": {"selector": "ANY"}}
    client = {
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": {}, "signingConfig": config}
    yield "ok-full", to_json(config)
    yield "ok-all", to_json({**config, "rekorTlogConfig": {"selector": 1}})
    yield "ok-empty", to_json({"mediaType": kind})
    yield "ok-client", to_json(client)
    yield "bad-old", to_json({**config,
                              "mediaType": kind.replace("0.2", "0.1")})
    yield "bad-url", to_json({**config, "caUrls": [service("")]})
    yield "bad-service", to_json({**config, "caUrls": ["https://ca"]})
    yield "bad-count", to_json({**config, "tsaConfig": {"count": 2**40}})
    yield "bad-client", to_json(without(client, "signingConfig"))
    yield "bad-cut", to_json(config)[:-1]


def tuf_files():
    def key(scheme, public):
        kind = scheme.split("-")[0]
        return {"keytype": {"rsassa": "rsa"}.get(kind, kind),
                "scheme": scheme, "keyval": {"public": public}}

    def file(kind, **members):
        return {"signatures": [{"keyid": "k", "sig": "00" * 64}],
                "signed": {"_type": kind, "spec_version": "1.0.34",
                           "version": 1, "expires": "2030-01-01T00:00:00Z",
                           **members}}

    role = {"keyids": ["k", "p"], "threshold": 1}
    keys = {"k": key("ed25519", "11" * 32),
            "p": key("ecdsa-sha2-nistp256", public_key_pem()),
            "u": key("unheard-of", "x")}
    names = ("root", "timestamp", "snapshot", "targets")
    digests = {"length": 3, "hashes": {"sha256": "00" * 32,
                                       "sha512": "00" * 64}}
    delegations = {"keys": keys, "roles": [
        {"name": "a", **role, "terminating": True, "paths": ["a*b?/*"]},
        {"name": "b", **role, "terminating": False,
         "path_hash_prefixes": ["00", "ff"]}]}
    root = file("root", consistent_snapshot=True, keys=keys,
                roles={name: role for name in names})
    targets = file("targets", targets={"axxbc/d": digests},
                   delegations=delegations)
    yield "ok-root", to_json(root)
    yield "ok-timestamp", to_json(file(
        "timestamp", meta={"snapshot.json": {"version": 2, **digests}}))
    yield "ok-snapshot", to_json(file(
        "snapshot", meta={"targets.json": {"version": 2}}))
    yield "ok-targets", to_json(targets)
    yield "bad-type", to_json(file("mirrors", meta={}))
    yield "bad-role", to_json(without(root, "signatures"))
    yield "bad-hash", to_json(file("targets", targets={
        "a": {"length": 3, "hashes": {"sha256": "00"}}}))
    yield "bad-fraction", to_json(file("snapshot", meta={}, x=1.5))
    yield "bad-cut", to_json(root)[:-1]


def identity_tokens():
    def part(raw):
        return base64.urlsafe_b64encode(raw).rstrip(b"=")

    def token(claims):
        return b".".join([part(b'{"alg":"RS256"}'), part(to_json(claims)),
                          part(b"signature")])

    claims = {"iss": "https://issuer.example", "sub": "me", "aud": "sigstore",
              "exp": 1800000000, "iat": 1700000000, "nbf": 1700000000}
    yield "ok-subject", token(claims)
    yield "ok-email", token({**claims, "email": "a@b.example",
                             "email_verified": True}) + b"\n"
    yield "ok-list", token({**claims, "aud": ["a", "sigstore"],
                            "email_verified": "true", "nonce": "n"})
    yield "bad-parts", token(claims) + b".x"
    yield "bad-base64", token(claims).replace(b".", b"=.", 1)
    yield "bad-expiry", token(without(claims, "exp"))
    yield "bad-audience", token({**claims, "aud": 7})
    yield "bad-issuer", token(without(claims, "iss"))
    yield "bad-subject", token({**claims, "sub": "a\nb"})


def pkcs11_uris():
    yield "ok-key", b"pkcs11:token=ml;object=signer;type=private;id=%01%ff"
    yield "ok-token", (b"pkcs11:manufacturer=a%20b;model=m;serial=1;slot-id=7"
                       b"?module-path=/usr/lib/m.so&pin-source=file:/etc/pin")
    yield "ok-pin", b"pkcs11:?pin-value=1234"
    yield "ok-empty", b"pkcs11:"
    yield "bad-scheme", b"pkcs12:token=ml"
    yield "bad-escape", b"pkcs11:token=%4"
    yield "bad-twice", b"pkcs11:id=%01;id=%02"
    yield "bad-type", b"pkcs11:type=cert"
    yield "bad-number", b"pkcs11:slot-id=1x"
    yield "bad-unknown", b"pkcs11:x-vendor=1"
    yield "bad-blank", b"pkcs11:token=a b"
    yield "bad-pins", b"pkcs11:?pin-value=1&pin-source=/p"
    yield "bad-program", b"pkcs11:?pin-source=|/bin/pin"


def agent_messages():
    def frame(text):
        return len(text).to_bytes(4, "big") + text

    login = {"key": "pem", "certificate": "AQI=", "expires": 1750000000}
    keep = {"kind": "keep", "name": "https://ca https://i", "login": login}
    yield "ok-keep", frame(to_json(keep))
    yield "ok-find", frame(b'{"kind":"find","name":"x"}')
    yield "ok-end", frame(b'{"kind":"end"}')
    yield "bad-length", frame(to_json(keep))[:-1]
    yield "bad-long", b"\xff\xff\xff\xff"
    yield "bad-kind", frame(b'{"kind":"sign"}')
    yield "bad-login", frame(to_json({**keep, "login": without(login, "key")}))
    yield "bad-none", frame(to_json(without(keep, "login")))
    yield "bad-find", frame(to_json({**keep, "kind": "find"}))


def request_heads():
    end = b" HTTP/1.1\r\nHost: localhost:1\r\n\r\n"
    yield "ok-callback", b"GET /auth/callback?code=a%2Fb&state=c+d" + end
    yield "ok-plain", b"GET /favicon.ico HTTP/1.0\r\n\r\n"
    yield "bad-end", b"GET / HTTP/1.1\r\n"
    yield "bad-line", b"GET /\r\n\r\n"
    yield "bad-target", b"GET http://x/" + end
    yield "bad-version", b"GET / HTTP/2\r\n\r\n"
    yield "bad-twice", b"GET /?state=a&state=b" + end
    yield "bad-escape", b"GET /?state=%zz" + end


def proxy_routes():
    """"METHOD target", as a client of the proxy asks."""
    api = b"/api/models/org/m"
    file = b"/resolve/main/a%20b/c.json"
    yield "ok-status", b"GET /"
    yield "ok-json", b"GET /status.json"
    yield "ok-file", b"HEAD /org/m" + file
    yield "ok-short", b"GET /gpt2" + file + b"?download=true"
    yield "ok-dataset", b"GET /datasets/org/d/resolve/refs%2Fpr%2F1/x"
    yield "ok-revision", b"GET " + api + b"/revision/refs%2Fpr%2F1"
    yield "ok-tree", b"GET " + api + b"/tree/main?recursive=true"
    yield "ok-paths", b"POST " + api + b"/paths-info/main"
    yield "ok-whoami", b"GET /api/whoami-v2"
    yield "ok-manifest", b"GET /v2/org/m/manifests/latest"
    yield "bad-method", b"DELETE " + api
    yield "bad-escape", b"GET /org/m/resolve/main/%zz"
    yield "bad-dots", b"GET " + api + b"/tree/main/%2E%2e/x"
    yield "bad-slashes", b"GET " + api + b"/tree/main/a%2F../x"
    yield "bad-nul", b"GET /org/m/resolve/main/%00"
    yield "bad-raw-nul", b"GET /org/m/resolve/main/\0"
    yield "bad-raw", b"GET /org/m/raw/main/x"


def credential_requests():
    ours = b"protocol=https\nhost=huggingface.co\n"
    yield "ok-ours", ours
    yield "ok-named", ours + b"username=bob\npath=org/m\n\n"
    yield "ok-case", b"protocol=https\nhost=huggIngface.co\n"
    yield "ok-port", b"protocol=https\nhost=huggingface.co:443\n"
    yield "ok-plain", b"protocol=http\nhost=huggingface.co\n"
    yield "ok-other", b"protocol=https\nhost=huggingface.co@evil.org\n"
    yield "bad-line", b"protocol\n"
    yield "bad-nul", ours + b"path=\0\n"


def log_answers():
    proof = {"checkpoint": "log\n2\nAAAA\n", "hashes": ["ab" * 32],
             "logIndex": 1, "rootHash": "cd" * 32, "treeSize": 2}
    record = {"body": b64(b'{"apiVersion":"0.0.1","kind":"dsse"}'),
              "integratedTime": 1700000000, "logID": "ef" * 32,
              "logIndex": 7, "verification": {
                  "inclusionProof": proof,
                  "signedEntryTimestamp": b64(b"promise")}}
    entry = {"logIndex": "1", "logId": {"keyId": b64(b"k" * 32)},
             "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
             "integratedTime": "0", "inclusionPromise": None,
             "inclusionProof": {
                 "logIndex": "1", "rootHash": b64(b"r" * 32), "treeSize": "2",
                 "hashes": [b64(b"h" * 32)],
                 "checkpoint": {"envelope": "log\n2\nAAAA\n"}},
             "canonicalizedBody": b64(b"{}")}
    yield "ok-v1", to_json({"ab" * 32: record})
    yield "ok-v2", to_json(entry)
    yield "bad-two", to_json({"ab" * 32: record, "cd" * 32: record})
    yield "bad-none", to_json({})
    yield "bad-id", to_json({"ab": {**record, "logID": "ef"}})
    yield "bad-body", to_json({"ab": {**record, "body": b64(b"{")}})
    yield "bad-proof", to_json({"ab": {**record, "verification": {
        "signedEntryTimestamp": "AA==",
        "inclusionProof": {**proof, "hashes": ["ab"]}}}})
    yield "bad-entry", to_json({**entry, "logId": {"keyId": "AA=="}})


def hub_answers():
    sha1, oid = "a" * 40, "b" * 64
    file = {"type": "file", "oid": sha1, "size": 130, "path": "d/w.bin",
            "lfs": {"oid": oid, "size": 25, "pointerSize": 130},
            "xetHash": "c" * 64}
    folder = {"type": "directory", "oid": sha1, "path": "d", "size": 0}
    ref = {"name": "main", "ref": "refs/heads/main", "targetCommit": sha1}
    action = {"href": "https://cdn.example/x", "header": {"X-A": "1"}}
    asked = {"oid": "0" * 64, "size": 25}
    parts = {"chunk_size": "10", "00001": "https://s3.example/1",
             "00002": "https://s3.example/2", "00003": "https://s3.example/3"}

    def batch(transfer, **members):
        return {"transfer": transfer, "objects": [{**asked, **members}]}

    upload = {"path": "a", "uploadMode": "lfs", "shouldIgnore": False}
    good = {
        "tree": [folder, file],
        "info": {"id": "org/m", "sha": sha1, "private": True},
        "refs": {"branches": [ref], "tags": [], "pullRequests": [ref]},
        "owner": {"name": "me", "type": "user", "orgs": [{"name": "org"}],
                  "auth": {"accessToken": {"role": "write"}}},
        "preupload": {"files": [upload]},
        "basic": batch("basic", actions={"upload": action, "verify": action}),
        "parts": batch("multipart", actions={"upload": {**action,
                                                        "header": parts}}),
        "commit": {"success": True, "commitOid": sha1, "commitUrl": "https://h",
                   "pullRequestUrl": "https://h/7"},
    }
    for name, value in good.items():
        yield "ok-" + name, to_json(value)
    bad = {
        "error": {"error": ["one", "two"], "errors": [{"message": "three"}],
                  "error_description": "https://h/x?Signature=y"},
        "oid": [{**file, "oid": "x"}],
        "lfs": [{**file, "lfs": {"oid": oid.upper(), "size": 1}}],
        "gap": batch("multipart", actions={"upload": {
            **action, "header": {**parts, "00003": None, "00004": "u"}}}),
        "refused": batch("basic", error={"code": 404, "message": "gone"}),
    }
    for name, value in bad.items():
        yield "bad-" + name, to_json(value)
    yield "bad-page", b"<html>502</html>"


def stored_tokens():
    yield "ok-one", b"[me]\nhf_token = hf_x\n"
    yield "ok-oauth", (b"# hf\n[a b]\r\nhf_token: hf_oauth_x\r\n"
                       b"refresh_token = r\nexpires_at = 1800000000.5\n\n"
                       b"[other]\nhf_token = hf_y")
    yield "bad-no-section", b"hf_token = hf_x\n"
    yield "bad-no-setting", b"[me]\nhf_x\n"


def certificates():
    return certificate_seeds.certificates(public_key_der())


TARGETS = {
    "fuzz-checkpoint": checkpoints,
    "fuzz-entry-body": entry_bodies,
    "fuzz-trusted-root": trusted_roots,
    "fuzz-signing-config": signing_configs,
    "fuzz-tuf-metadata": tuf_files,
    "fuzz-inflate": streams,
    "fuzz-pack": packs,
    "fuzz-bundle-json": bundles,
    "fuzz-statement": statements,
    "fuzz-lfs-pointer": pointers,
    "fuzz-git-tree": trees,
    "fuzz-trust-store": trust_stores,
    "fuzz-pkt-line": packets,
    "fuzz-cat-file": cat_file_lines,
    "fuzz-partial-sidecar": partial_sidecars,
    "fuzz-verdict": verdicts,
    "fuzz-known-digests": known_digests,
    "fuzz-listing-file": listing_files,
    "fuzz-claims": claims,
    "fuzz-ref-updates": ref_updates,
    "fuzz-hook-texts": hook_texts,
    "fuzz-signed-push": signed_pushes,
    "fuzz-lfs-config": lfs_configs,
    "fuzz-link": links,
    "fuzz-ref-listing": ref_listings,
    "fuzz-remote-url": remote_urls,
    "fuzz-certificate": certificates,
    "fuzz-identity-token": identity_tokens,
    "fuzz-log-answer": log_answers,
    "fuzz-pkcs11-uri": pkcs11_uris,
    "fuzz-agent-message": agent_messages,
    "fuzz-request-head": request_heads,
    "fuzz-timestamp": certificate_seeds.responses,
    "fuzz-hub-answers": hub_answers,
    "fuzz-stored-tokens": stored_tokens,
    "fuzz-credential": credential_requests,
    "fuzz-proxy-route": proxy_routes,
}


def words(seeds):
    """The member names and short strings of JSON seeds."""
    found = set()

    def collect(value):
        if isinstance(value, dict):
            found.update(value)
            for item in value.values():
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)
        elif isinstance(value, str) and len(value) <= 60:
            found.add(value)

    for name, content in seeds:
        if name.startswith("ok-"):
            collect(json.loads(content))
    return sorted(word for word in found
                  if word and word.isascii() and word.isprintable() and
                  '"' not in word and "\\" not in word)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_seeds.py FOLDER")
    for target, make in TARGETS.items():
        folder = os.path.join(sys.argv[1], target)
        os.makedirs(folder, exist_ok=True)
        for old in os.listdir(folder):
            os.remove(os.path.join(folder, old))
        seeds = list(make())
        for name, content in seeds:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        if make in (bundles, hub_answers, listing_files, log_answers, signed_pushes, signing_configs,
                    statements, trust_stores, trusted_roots, tuf_files,
                    verdicts):
            with open(folder + ".dict", "w", encoding="ascii") as file:
                file.writelines(f'"\\"{word}\\""\n' for word in words(seeds))


if __name__ == "__main__":
    main()
