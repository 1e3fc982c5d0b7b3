// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_authority.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <charconv>

#include "tests/support/der.h"
#include "tests/support/must.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ByteView;

namespace {

void append_number(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;)
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

EVP_PKEY* generate(std::string_view kind) {
  if (kind.ends_with("25519"))
    return EVP_PKEY_Q_keygen(nullptr, nullptr, std::string(kind).c_str());
  if (kind.starts_with("RSA-")) {
    std::size_t bits = 0;
    std::from_chars(kind.data() + 4, kind.data() + kind.size(), bits);
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits);
  }
  return EVP_EC_gen(std::string(kind).c_str());
}

std::uint64_t random_serial() {
  std::uint64_t serial = 0;
  must(
      RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1,
      "OpenSSL failed");
  return serial | 1U;
}

// Name: SET OF one attribute each.
Bytes name_of(const CertificatePlan& plan) {
  if (plan.name.empty()) return der::sequence({});
  const auto part = [](std::string_view oid, std::string_view text) {
    return der::set({der::sequence({der::oid(oid), der::utf8(text)})});
  };
  return der::sequence(
      {part("2.5.4.10", plan.organization), part("2.5.4.3", plan.name)});
}

Bytes extension(const TestExtension& one) {
  return der::sequence({der::oid(one.oid),
                        one.critical ? der::boolean(true) : Bytes(),
                        der::octet_string(one.value)});
}

Bytes key_usage_bits(const std::vector<unsigned>& usages) {
  std::uint8_t bits = 0;
  unsigned last = 0;
  for (const unsigned usage : usages) {
    bits = static_cast<std::uint8_t>(bits | (0x80U >> usage));
    last = std::max(last, usage);
  }
  // DER: a named bit list ends with its last 1.
  return der::tagged(0x03, Bytes{static_cast<std::uint8_t>(7 - last), bits});
}

Bytes key_id(ByteView spki) {
  Bytes id = hash_with("SHA256", spki);
  id.resize(20);
  return id;
}

std::vector<Bytes> extensions_of(const CertificatePlan& plan, ByteView spki,
                                 ByteView issuer_spki, bool is_self_signed) {
  std::vector<Bytes> out;
  const auto add = [&](std::string_view oid, Bytes value, bool critical) {
    out.push_back(extension({std::string(oid), std::move(value), critical}));
  };
  if (plan.is_ca)
    add("2.5.29.19",
        der::sequence({der::boolean(true), plan.path_length
                                               ? der::integer(*plan.path_length)
                                               : Bytes()}),
        true);
  if (!plan.key_usages.empty())
    add("2.5.29.15", key_usage_bits(plan.key_usages), true);
  if (!plan.extended_usages.empty()) {
    std::vector<Bytes> usages;
    for (const std::string& usage : plan.extended_usages)
      usages.push_back(der::oid(usage));
    add("2.5.29.37", der::sequence(usages), plan.extended_usages_are_critical);
  }
  add("2.5.29.14", der::octet_string(key_id(spki)), false);
  if (!is_self_signed)
    add("2.5.29.35", der::sequence({der::primitive(0, key_id(issuer_spki))}),
        false);
  for (const TestExtension& one : plan.more) out.push_back(extension(one));
  return out;
}

// The list in its own OCTET STRING (RFC 6962 section 3.3).
Bytes sct_list(const std::vector<Bytes>& scts) {
  Bytes content;
  for (const Bytes& sct : scts) {
    append_number(content, sct.size(), 2);
    append(content, sct);
  }
  Bytes list;
  append_number(list, content.size(), 2);
  append(list, content);
  return der::octet_string(list);
}

}  // namespace

TestKey TestKey::make(std::string_view kind) {
  TestKey key;
  key.key_ = std::shared_ptr<evp_pkey_st>(generate(kind), EVP_PKEY_free);
  must(key.key_ != nullptr, "OpenSSL failed");
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key.key_.get(), &der);
  must(length > 0, "OpenSSL failed");
  key.spki_.assign(der, der + length);
  OPENSSL_free(der);
  return key;
}

TestKey TestKey::public_half(Bytes spki) {
  TestKey key;
  key.spki_ = std::move(spki);
  return key;
}

sigstore::VerificationKey TestKey::public_key() const {
  auto key = sigstore::VerificationKey::from_der(spki_);
  must(key.ok(), "the product does not read it");
  return std::move(*key);
}

Bytes TestKey::sign(ByteView message, std::string_view hash) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const std::string name(hash);
  const bool has_hash = EVP_PKEY_is_a(key_.get(), "ED25519") != 1;
  must(EVP_DigestSignInit_ex(context.get(), nullptr,
                             has_hash ? name.c_str() : nullptr, nullptr,
                             nullptr, key_.get(), nullptr) == 1,
       "OpenSSL failed");
  std::size_t length = 0;
  must(EVP_DigestSign(context.get(), nullptr, &length, message.data(),
                      message.size()) == 1,
       "OpenSSL failed");
  Bytes signature(length);
  must(EVP_DigestSign(context.get(), signature.data(), &length, message.data(),
                      message.size()) == 1,
       "OpenSSL failed");
  signature.resize(length);
  return signature;
}

Bytes TestKey::sign_pss(ByteView message) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  must(EVP_DigestSignInit_ex(context.get(), &parameters, "SHA256", nullptr,
                             nullptr, key_.get(), nullptr) == 1,
       "OpenSSL failed");
  must(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1,
       "OpenSSL failed");
  std::size_t length = 4096;
  Bytes signature(length);
  must(EVP_DigestSign(context.get(), signature.data(), &length, message.data(),
                      message.size()) == 1,
       "OpenSSL failed");
  signature.resize(length);
  return signature;
}

Bytes TestKey::signature_algorithm(std::string_view hash) const {
  if (EVP_PKEY_is_a(key_.get(), "ED25519") == 1)
    return der::sequence({der::oid("1.3.101.112")});
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1)
    return der::sequence(
        {der::oid(hash == "SHA1"     ? "1.2.840.113549.1.1.5"
                  : hash == "SHA256" ? "1.2.840.113549.1.1.11"
                  : hash == "SHA384" ? "1.2.840.113549.1.1.12"
                                     : "1.2.840.113549.1.1.13"),
         der::null()});
  return der::sequence({der::oid(hash == "SHA1"     ? "1.2.840.10045.4.1"
                                 : hash == "SHA256" ? "1.2.840.10045.4.3.2"
                                 : hash == "SHA384" ? "1.2.840.10045.4.3.3"
                                                    : "1.2.840.10045.4.3.4")});
}

Bytes hash_identifier(std::string_view hash) {
  return der::sequence({der::oid(hash == "SHA1"     ? "1.3.14.3.2.26"
                                 : hash == "SHA256" ? "2.16.840.1.101.3.4.2.1"
                                 : hash == "SHA384" ? "2.16.840.1.101.3.4.2.2"
                                                    : "2.16.840.1.101.3.4.2.3"),
                        der::null()});
}

Bytes hash_with(std::string_view hash, ByteView bytes) {
  Bytes digest(EVP_MAX_MD_SIZE);
  std::size_t length = 0;
  must(EVP_Q_digest(nullptr, std::string(hash).c_str(), nullptr, bytes.data(),
                    bytes.size(), digest.data(), &length) == 1,
       "OpenSSL failed");
  digest.resize(length);
  return digest;
}

Bytes TestCtLog::id() const { return hash_with("SHA256", key_.spki()); }

// RFC 6962 section 3.2.
Bytes TestCtLog::stamp(ByteView tbs, ByteView issuer_spki,
                       std::uint64_t time_ms, ByteView extensions) const {
  Bytes message{0, 0};
  append_number(message, time_ms, 8);
  append_number(message, 1, 2);
  append(message, hash_with("SHA256", issuer_spki));
  append_number(message, tbs.size(), 3);
  append(message, tbs);
  append_number(message, extensions.size(), 2);
  append(message, extensions);
  const Bytes signature = key_.sign(message);

  Bytes sct{0};
  append(sct, id());
  append_number(sct, time_ms, 8);
  append_number(sct, extensions.size(), 2);
  append(sct, extensions);
  const bool is_rsa =
      key_.public_key().algorithm() == sigstore::KeyAlgorithm::rsa;
  sct.push_back(4);  // SHA-256
  sct.push_back(is_rsa ? 1 : 3);
  append_number(sct, signature.size(), 2);
  append(sct, signature);
  return sct;
}

CertificatePlan ca_plan(std::string name) {
  CertificatePlan plan;
  plan.name = std::move(name);
  plan.is_ca = true;
  plan.key_usages = {CertificatePlan::kCertSign};
  return plan;
}

CertificatePlan fulcio_ca_plan(std::string name) {
  CertificatePlan plan = ca_plan(std::move(name));
  plan.path_length = 0;
  plan.extended_usages = {kCodeSigning};
  return plan;
}

CertificatePlan signer_plan(const TestExtension& san, std::string_view issuer) {
  CertificatePlan plan;
  plan.not_before.seconds = 1'750'000'000;
  plan.not_after.seconds = plan.not_before.seconds + 600;
  plan.key_usages = {CertificatePlan::kDigitalSignature};
  plan.extended_usages = {kCodeSigning};
  plan.more = {san, fulcio_extension(1, issuer), fulcio_extension(8, issuer)};
  return plan;
}

CertificatePlan timestamp_plan(std::string name) {
  CertificatePlan plan;
  plan.name = std::move(name);
  plan.key_usages = {CertificatePlan::kDigitalSignature};
  plan.extended_usages = {kTimeStamping};
  plan.extended_usages_are_critical = true;
  return plan;
}

TestExtension san_of(const std::vector<Bytes>& names) {
  return {kSubjectAltName, der::sequence(names), true};
}

TestExtension san_email(std::string_view address) {
  return san_of({der::primitive(1, as_bytes(address))});
}

TestExtension san_uri(std::string_view uri) {
  return san_of({der::primitive(6, as_bytes(uri))});
}

TestExtension san_username(std::string_view username) {
  return san_of(
      {der::around(0, der::join({der::oid("1.3.6.1.4.1.57264.1.7"),
                                 der::around(0, der::utf8(username))}))});
}

TestExtension fulcio_extension(int number, std::string_view text) {
  return {"1.3.6.1.4.1.57264.1." + std::to_string(number),
          number < 7 ? sigstore::to_bytes(text) : der::utf8(text), false};
}

TestCertificate::TestCertificate(const CertificatePlan& plan,
                                 const TestKey& key)
    : key_(key),
      name_(name_of(plan)),
      serial_(der::integer(plan.serial != 0 ? plan.serial : random_serial())) {}

TestCertificate TestCertificate::self_signed(const CertificatePlan& plan,
                                             const TestKey& key) {
  TestCertificate certificate(plan, key);
  certificate.sign_by(certificate, plan);
  return certificate;
}

TestCertificate TestCertificate::issue(const CertificatePlan& plan,
                                       const TestKey& key) const {
  TestCertificate certificate(plan, key);
  certificate.sign_by(*this, plan);
  return certificate;
}

void TestCertificate::sign_by(const TestCertificate& issuer,
                              const CertificatePlan& plan) {
  issuer_name_ = issuer.name_;
  const Bytes algorithm = issuer.key_.signature_algorithm(plan.hash);
  std::vector<Bytes> extensions =
      extensions_of(plan, key_.spki(), issuer.key_.spki(), &issuer == this);
  const auto tbs = [&] {
    return der::sequence(
        {der::around(0, der::integer(2)), serial_, algorithm, issuer.name_,
         der::sequence({der::certificate_time(plan.not_before),
                        plan.not_after_text.empty()
                            ? der::certificate_time(plan.not_after)
                            : der::time_text(plan.not_after_text)}),
         name_, key_.spki(), der::around(3, der::sequence(extensions))});
  };
  if (!plan.scts.empty()) {
    const Bytes without = tbs();
    std::vector<Bytes> scts;
    for (const SctPlan& one : plan.scts)
      scts.push_back(one.log->stamp(without, issuer.key_.spki(),
                                    static_cast<std::uint64_t>(one.time_ms),
                                    one.extensions));
    extensions.push_back(extension({kSctList, sct_list(scts), false}));
  }
  const Bytes signed_part = tbs();
  der_ = der::sequence(
      {signed_part, algorithm,
       der::bit_string(issuer.key_.sign(signed_part, plan.hash))});
}

sigstore::Certificate TestCertificate::certificate() const {
  auto certificate = sigstore::Certificate::from_der(der_);
  must(certificate.ok(), "the product does not read it");
  return std::move(*certificate);
}
