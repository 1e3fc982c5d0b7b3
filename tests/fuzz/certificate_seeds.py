# SPDX-License-Identifier: Apache-2.0
"""First inputs that are DER: certificates, their timestamps, time-stamps.

Certificates are written here by rule and signed by nobody: the parser does not
look. The time-stamp was made with "openssl ts", by the authority that
fuzz_timestamp.cpp knows.
"""

import base64
import glob
import json
import os

# "openssl ts -reply" over "message".
RESPONSE = bytes.fromhex(
    "308201c73003020100308201be06092a864886f70d010702a08201af308201ab020103"
    "310f300d060960864801650304020105003068060b2a864886f70d0109100104a05904"
    "57305502010106092b0601040183bf30023031300d0609608648016503040201050004"
    "20ab530a13e45914982b79f9b7e3fba994cfd1f3fb22f71cea1afbf02b460c6d1d0201"
    "02180f32303236313132323039323535305a31820129308201250201013014300f310d"
    "300b06035504030c04726f6f74020107300d06096086480165030402010500a081a430"
    "1a06092a864886f70d010903310d060b2a864886f70d0109100104301c06092a864886"
    "f70d010905310f170d3236313132323039323535305a302f06092a864886f70d010904"
    "31220420d2976f694ef2c04e1920dbdd89e3983f77c9edf342016469a9567b6a863daa"
    "f93037060b2a864886f70d010910022f312830263024302204205ff80e6e3f41aac6db"
    "91e42874e29feafca6eedc4c1b0936916ba1a5af3875f7300a06082a8648ce3d040302"
    "04483046022100ccc5755d444bd8fa455045949d273105ec81da0bc824f8000588dd08"
    "2c2663e7022100fa5617c8a5ade906c5fd9b4f81426c241daf23ed431b11f907f13d7e"
    "a0059b76")

# The same, and it brings the certificates of the authority.
RESPONSE_WITH_CERTIFICATES = bytes.fromhex(
    "308204ad3003020100308204a406092a864886f70d010702a082049530820491020103"
    "310f300d060960864801650304020105003068060b2a864886f70d0109100104a05904"
    "57305502010106092b0601040183bf30023031300d0609608648016503040201050004"
    "20ab530a13e45914982b79f9b7e3fba994cfd1f3fb22f71cea1afbf02b460c6d1d0201"
    "03180f32303236313132323039323535315aa08202e3308201783082011ea003020102"
    "020107300a06082a8648ce3d040302300f310d300b06035504030c04726f6f74302017"
    "0d3236313132323039323535305a180f32313235303631363039323535305a300e310c"
    "300a06035504030c037473613059301306072a8648ce3d020106082a8648ce3d030107"
    "03420004d0b5a7532dc2d7f1178e912bc4e1b7fdf64451be05861c3663dc29c6de62f4"
    "b3e820b125e3edb7e9755ee9d3f376a07300318c962a6cb7a8ac7388804ba8f912a36a"
    "3068300e0603551d0f0101ff04040302078030160603551d250101ff040c300a06082b"
    "06010505070308301d0603551d0e04160414c7501cea1cc8227b6113afe0403812137d"
    "3445e1301f0603551d2304183016801492feef527639e9c0f62b4c3f8359a0f25d8722"
    "9c300a06082a8648ce3d0403020348003045022051df1643b40d2af98003c806d1b037"
    "87b5596dfefffa5edb8e4d1f4c32499f36022100a6a19b0ca3cd35dbd5e874ef92d4e6"
    "e2e6185ec6b08d6e04f072e6c63a1f35d7308201633082010aa00302010202145c20db"
    "f1a62bf9ee1de76bbf4dd29db963500466300a06082a8648ce3d040302300f310d300b"
    "06035504030c04726f6f743020170d3236313132323039323535305a180f3231323631"
    "3032393039323535305a300f310d300b06035504030c04726f6f743059301306072a86"
    "48ce3d020106082a8648ce3d03010703420004328ad0d2fcef06a06fb448fa893837e3"
    "4c112b40ea6d47cc0b01a450237c8b3da9fb7eb270ce342ad6c7df97d09ed887eee8f0"
    "0f3a95caaf2988da58b47ab1a4a3423040300f0603551d130101ff040530030101ff30"
    "0e0603551d0f0101ff040403020204301d0603551d0e0416041492feef527639e9c0f6"
    "2b4c3f8359a0f25d87229c300a06082a8648ce3d040302034700304402205a18d9b9ac"
    "3aee000fa4e8acab810e8d0a9202ae0d052816c17ff0a629589d6d022034bf82406fdd"
    "41a1ca368d43c8096fad67d43fef97f93052fdc7eb33265aee29318201283082012402"
    "01013014300f310d300b06035504030c04726f6f74020107300d060960864801650304"
    "02010500a081a4301a06092a864886f70d010903310d060b2a864886f70d0109100104"
    "301c06092a864886f70d010905310f170d3236313132323039323535305a302f06092a"
    "864886f70d01090431220420730109ef9d4fe91f8df60a1156e37be9e9913f6e2777d2"
    "f16651559fee7c2a203037060b2a864886f70d010910022f312830263024302204205f"
    "f80e6e3f41aac6db91e42874e29feafca6eedc4c1b0936916ba1a5af3875f7300a0608"
    "2a8648ce3d0403020447304502203d312d82fd3ddc4d030f1045097895e4555eb54a6e"
    "2337288b96e8a17c4897a4022100ad7ba9df11747976ab1363ccb32c6f88d88a93aaf2"
    "4f216d807be1d65f9dc680")


def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 128 | width]) + size.to_bytes(width, "big") + content


def seq(*parts):
    return tlv(0x30, *parts)


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        digits = [arc & 127]
        while arc := arc >> 7:
            digits.append(128 | arc & 127)
        out += bytes(reversed(digits))
    return tlv(6, bytes(out))


ECDSA_SHA256 = seq(oid("1.2.840.10045.4.3.2"))
FULCIO = "1.3.6.1.4.1.57264.1."
SCT = (b"\0" + b"L" * 32 + (1700000000000).to_bytes(8, "big") +
       b"\0\x08" + b"\0\0\5\0\0\0\0\7" + b"\4\3" + b"\0\4" + b"\x30\2\2\0")


def vector(content):
    return len(content).to_bytes(2, "big") + content


SCT_LIST = vector(vector(SCT))


def extension(dotted, value, critical=False):
    return seq(oid(dotted), b"\1\1\xff" if critical else b"", tlv(4, value))


def name(text):
    if not text:
        return seq()
    return seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(12, text.encode()))))


def certificate(spki, *extensions, subject="", times=(b"20250101000000Z",
                                                      b"20350101000000Z")):
    tbs = seq(tlv(0xa0, b"\2\1\2"), b"\2\1\5", ECDSA_SHA256, name("ca"),
              seq(*(tlv(0x18, time) for time in times)), name(subject), spki,
              tlv(0xa3, seq(*extensions)))
    return seq(tbs, ECDSA_SHA256, tlv(3, b"\0", seq(b"\2\1\1", b"\2\1\1")))


def certificates(spki):
    """`spki` is a valid key."""
    mail = extension("2.5.29.17", seq(tlv(0x81, b"a@example.org")), True)
    uri = extension("2.5.29.17", seq(tlv(0x86, b"https://ci/x@ref")), True)
    user = extension("2.5.29.17", seq(tlv(
        0xa0, oid(FULCIO + "7"), tlv(0xa0, tlv(12, b"a!b.org")))), True)
    usage = extension("2.5.29.15", b"\3\2\7\x80", True)
    code = extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.3")))
    time = extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.8")), True)
    issuers = (extension(FULCIO + "1", b"https://issuer"),
               extension(FULCIO + "8", tlv(12, b"https://issuer")))
    scts = extension("1.3.6.1.4.1.11129.2.4.2", tlv(4, SCT_LIST))
    poison = extension("1.3.6.1.4.1.11129.2.4.3", b"\5\0", True)
    authority = (extension("2.5.29.19", seq(b"\1\1\xff", b"\2\1\0"), True),
                 extension("2.5.29.15", b"\3\2\1\6", True))
    leaf = certificate(spki, usage, code, mail, *issuers, scts)
    yield "ok-signer", leaf
    yield "ok-workflow", certificate(spki, usage, code, uri, *issuers, scts)
    yield "ok-username", certificate(spki, usage, code, user, *issuers, scts)
    yield "ok-precertificate", certificate(spki, usage, code, mail, poison)
    yield "ok-authority", certificate(spki, *authority, code, subject="ca")
    yield "ok-time", certificate(spki, usage, time, subject="tsa")
    yield "ok-odd-name", certificate(spki, usage,
                                     subject="a\n\u202eb\0, CN=c")
    yield "ok-list", SCT_LIST
    yield "ok-two", vector(vector(SCT) * 2)
    yield "bad-empty", b""
    yield "bad-cut", leaf[:-1]
    yield "bad-longer", leaf + b"\0"
    yield "bad-twice", certificate(spki, usage, usage)
    yield "bad-usage", certificate(spki, extension("2.5.29.15", b"\3\2"))
    yield "bad-time-zone", certificate(spki, usage, times=(
        b"20250101000000+0100", b"20350101000000Z"))
    yield "bad-list", SCT_LIST[:-1]
    yield "bad-no-list", vector(b"")
    yield "bad-version", SCT_LIST.replace(b"\0LLL", b"\1LLL")
    for case, material, _ in cases():
        for one in (material.get("x509CertificateChain", {}).get(
                "certificates", [])[:1] + [material.get("certificate")]):
            if one:
                yield "real-" + case, base64.b64decode(one["rawBytes"])


def responses():
    yield "ok-response", RESPONSE
    yield "ok-certificates", RESPONSE_WITH_CERTIFICATES
    status, token = RESPONSE[4:9], RESPONSE[9:]
    if status != seq(b"\2\1\0"):
        raise AssertionError("the response has another form")
    yield "bad-empty", b""
    yield "bad-token-alone", token
    yield "bad-status", seq(seq(b"\2\1\2"), token)
    yield "bad-no-token", seq(status)
    yield "bad-cut", RESPONSE[:-1]
    yield "bad-longer", RESPONSE + b"\0"
    yield "bad-hash", RESPONSE.replace(
        bytes.fromhex("0609608648016503040201"),
        bytes.fromhex("0609608648016503040204"))
    yield "bad-time", RESPONSE.replace(b"Z", b"0")
    for case, _, stamps in cases():
        for one in stamps:
            yield "real-" + case, base64.b64decode(one["signedTimestamp"])


def cases():
    """What others made, when it is there: see tests/support/vectors.h."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get("SIGSTORE_VECTORS",
                            os.path.join(here, "../../../shared/vectors"))
    for path in sorted(glob.glob(
            os.path.join(folder, "sigstore/bundle-verify/*/*.sigstore.json"))):
        with open(path, encoding="utf-8") as file:
            material = json.load(file)["verificationMaterial"]
        stamps = material.get("timestampVerificationData") or {}
        yield (os.path.basename(os.path.dirname(path)), material,
               stamps.get("rfc3161Timestamps") or [])
