// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/sct.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/crypto/message_digest.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

// RFC 6962 section 3.3 and 3.1.
constexpr const char* kPoison = "1.3.6.1.4.1.11129.2.4.3";

Error malformed(std::string_view what) {
  return fail(ErrorKind::bad_evidence, "certificate timestamps: ", what);
}

// Reads numbers and vectors of TLS (RFC 8446 section 3) from the front. After
// one that is too short there is nothing more, so that whoever got the last
// has got them all.
class TlsReader {
 public:
  explicit TlsReader(ByteView bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  std::optional<ByteView> bytes(std::size_t count) {
    if (is_short_ || rest_.size() < count) {
      is_short_ = true;
      return std::nullopt;
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::optional<std::uint64_t> number(std::size_t width) {
    const auto digits = bytes(width);
    if (!digits) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t digit : *digits) value = value << 8U | digit;
    return value;
  }
  // A vector whose length has two bytes.
  std::optional<ByteView> vector() {
    const auto length = number(2);
    if (!length) return std::nullopt;
    return bytes(static_cast<std::size_t>(*length));
  }

 private:
  ByteView rest_;
  bool is_short_ = false;
};

void append_number(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;)
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// RFC 5246 7.4.1.4.1: 4 to 6 are SHA-256 to SHA-512.
std::optional<SignatureHash> hash_of(std::uint64_t code) {
  if (code == 4) return SignatureHash::sha256;
  if (code == 5) return SignatureHash::sha384;
  if (code == 6) return SignatureHash::sha512;
  return std::nullopt;
}

Result<Sct> parse_sct(ByteView bytes) {
  TlsReader reader(bytes);
  const auto version = reader.number(1);
  if (version != 0U) return malformed("a version other than 1");
  const auto log_id = reader.bytes(Sha256Digest::kSize);
  const auto time = reader.number(8);
  const auto extensions = reader.vector();
  const auto hash = reader.number(1);
  const auto algorithm = reader.number(1);
  const auto signature = reader.vector();
  if (!signature || !reader.at_end()) return malformed("of a wrong length");
  constexpr std::uint64_t kRsa = 1;
  constexpr std::uint64_t kEcdsa = 3;
  if (!hash_of(*hash) || (*algorithm != kRsa && *algorithm != kEcdsa))
    return malformed("a signature of an unknown algorithm");
  Sct sct;
  std::copy(log_id->begin(), log_id->end(), sct.log_id.bytes.begin());
  sct.timestamp_ms = *time;
  sct.extensions.assign(extensions->begin(), extensions->end());
  sct.hash = *hash_of(*hash);
  sct.is_rsa = *algorithm == kRsa;
  sct.signature.assign(signature->begin(), signature->end());
  return sct;
}

// The element of DER at the front, which is taken away.
struct Element {
  int tag = 0;
  int tag_class = 0;
  ByteView all;
  ByteView content;
};

std::optional<Element> next_element(ByteView& rest) {
  Element element;
  const unsigned char* content = rest.data();
  long length = 0;
  const int form =
      ASN1_get_object(&content, &length, &element.tag, &element.tag_class,
                      static_cast<long>(rest.size()));
  constexpr int kFailed = 0x80;
  constexpr int kIndefinite = 1;
  if ((form & (kFailed | kIndefinite)) != 0) {
    clear_openssl_errors();
    return std::nullopt;
  }
  element.content = {content, static_cast<std::size_t>(length)};
  element.all = rest.first(static_cast<std::size_t>(content - rest.data()) +
                           element.content.size());
  rest = rest.subspan(element.all.size());
  return element;
}

void append_element(Bytes& out, int tag, int tag_class, ByteView content) {
  const int length = static_cast<int>(content.size());
  const int size = ASN1_object_size(1, length, tag);
  Bytes head(static_cast<std::size_t>(size) - content.size());
  unsigned char* at = head.data();
  ASN1_put_object(&at, 1, length, tag, tag_class);
  append(out, head);
  append(out, content);
}

// extnID of the list, 1.3.6.1.4.1.11129.2.4.2.
bool is_list(ByteView extension) {
  static constexpr std::array<std::uint8_t, 12> kOid{
      0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02};
  return extension.size() >= kOid.size() &&
         std::equal(kOid.begin(), kOid.end(), extension.begin());
}

// Extensions, a SEQUENCE, without the list.
std::optional<Bytes> without_list(ByteView extensions) {
  const auto sequence = next_element(extensions);
  if (!sequence || !extensions.empty()) return std::nullopt;
  Bytes kept;
  for (ByteView rest = sequence->content; !rest.empty();) {
    const auto extension = next_element(rest);
    if (!extension) return std::nullopt;
    if (!is_list(extension->content)) append(kept, extension->all);
  }
  Bytes out;
  append_element(out, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, kept);
  return out;
}

// The TBSCertificate without the list (RFC 6962 section 3.2), cut out of the
// bytes: OpenSSL would decode the certificate and its key anew for a copy to
// cut from. Empty when it cannot be done.
Bytes precertificate(const Certificate& leaf) {
  ByteView rest = leaf.der();
  const auto certificate = next_element(rest);
  if (!certificate) return {};
  rest = certificate->content;
  const auto tbs = next_element(rest);
  if (!tbs) return {};
  constexpr int kExtensions = 3;  // RFC 5280 4.1: extensions [3] EXPLICIT
  Bytes fields;
  for (rest = tbs->content; !rest.empty();) {
    const auto field = next_element(rest);
    if (!field) return {};
    if (field->tag != kExtensions ||
        field->tag_class != V_ASN1_CONTEXT_SPECIFIC) {
      append(fields, field->all);
      continue;
    }
    const auto extensions = without_list(field->content);
    if (!extensions) return {};
    append_element(fields, kExtensions, V_ASN1_CONTEXT_SPECIFIC, *extensions);
  }
  Bytes out;
  append_element(out, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, fields);
  return out;
}

}  // namespace

Result<std::vector<Sct>> parse_sct_list(ByteView list) {
  TlsReader outer(list);
  const auto content = outer.vector();
  if (!content || !outer.at_end()) return malformed("of a wrong length");
  TlsReader reader(*content);
  std::vector<Sct> scts;
  while (!reader.at_end()) {
    const auto one = reader.vector();
    if (!one) return malformed("of a wrong length");
    TRY_ASSIGN(Sct sct, parse_sct(*one));
    scts.push_back(std::move(sct));
  }
  if (scts.empty()) return malformed("an empty list");
  return scts;
}

Result<std::vector<Sct>> embedded_scts(const Certificate& leaf) {
  if (leaf.has_extension(kPoison)) return malformed("this is a precertificate");
  const int index = X509_get_ext_by_NID(leaf.handle(), NID_ct_precert_scts, -1);
  if (index < 0) return malformed("there is none in the certificate");
  // The list stands in an OCTET STRING of its own inside of the extension's.
  const OctetStringHandle list =
      read_strict_der<OctetStringHandle, d2i_ASN1_OCTET_STRING,
                      i2d_ASN1_OCTET_STRING>(bytes_of(
          X509_EXTENSION_get_data(X509_get_ext(leaf.handle(), index))));
  if (!list) return malformed("not in one OCTET STRING");
  return parse_sct_list(bytes_of(list.get()));
}

// RFC 6962 section 3.2:
//
//   sct_version 0 | signature_type 0 | timestamp u64 | entry_type u16 1
//   issuer_key_hash 32 | u24 length, tbs_certificate | u16 length, extensions
Result<Bytes> sct_signed_bytes(const Sct& sct, const Certificate& leaf,
                               const Certificate& issuer) {
  const Bytes tbs = precertificate(leaf);
  const Bytes issuer_key = issuer.spki();
  if (tbs.empty() || issuer_key.empty() || tbs.size() >= 1U << 24U ||
      sct.extensions.size() >= 1U << 16U)
    return malformed("the certificate cannot be written without them");
  Bytes out{0, 0};
  append_number(out, sct.timestamp_ms, 8);
  append_number(out, 1, 2);
  append(out, sha256(issuer_key).bytes);
  append_number(out, tbs.size(), 3);
  append(out, tbs);
  append_number(out, sct.extensions.size(), 2);
  append(out, sct.extensions);
  return out;
}

Result<void> verify_sct(const Sct& sct, const Certificate& leaf,
                        const Certificate& issuer,
                        const VerificationKey& log_key) {
  const bool is_rsa = log_key.algorithm() == KeyAlgorithm::rsa;
  if (is_rsa != sct.is_rsa || log_key.algorithm() == KeyAlgorithm::ed25519)
    return malformed("signed with another algorithm than the log's");
  TRY_ASSIGN(const Bytes bytes, sct_signed_bytes(sct, leaf, issuer));
  Result<void> verified = log_key.verify(bytes, sct.signature, sct.hash);
  if (!verified.ok() && verified.error().kind == ErrorKind::bad_signature)
    return malformed("the signature is not by the log's key");
  return verified;
}

}  // namespace sigstore
