// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/verification_key.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/openssl.h"
#include "core/crypto/pem.h"

namespace sigstore {
namespace {

using std::string_view_literals::operator""sv;

using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;

Error unsupported(std::string_view why) {
  return fail(ErrorKind::unsupported, why,
              " (ECDSA on P-256, P-384 or P-521, RSA of 2048 to 16384 bits and "
              "Ed25519 are)");
}

Result<KeyAlgorithm> curve_of(const EVP_PKEY* key) {
  // Parameters spelled out would be a second encoding of the same key, and
  // could be another curve that looks like a known one (CVE-2020-0601).
  int from_explicit = 0;
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                         &from_explicit);
  std::array<char, 64> name{};
  std::size_t length = 0;
  if (from_explicit != 0 ||
      EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) {
    clear_openssl_errors();
    return unsupported("a curve given by its parameters is not supported");
  }
  const std::string_view group(name.data(), length);
  if (group == "prime256v1") return KeyAlgorithm::p256;
  if (group == "secp384r1") return KeyAlgorithm::p384;
  if (group == "secp521r1") return KeyAlgorithm::p521;
  return unsupported("this curve is not supported");
}

Result<KeyAlgorithm> algorithm_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "EC") == 1) return curve_of(key);
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyAlgorithm::ed25519;
  if (EVP_PKEY_is_a(key, "RSA") != 1)
    return unsupported("this kind of key is not supported");
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < 2048 || bits > 16384)
    return unsupported(
        concat("an RSA key of ", bits, " bits is not supported"));
  return KeyAlgorithm::rsa;
}

// The one encoding of a key on a named curve, or of an Ed25519 key, is this
// head and the key (RFC 5480 2, SEC 1 2.3.3 uncompressed; RFC 8410 4). OpenSSL
// 3.0 looks through all its decoders for each key, and through its encoders to
// write it again: ten times what checking a point takes.
struct PlainForm {
  KeyAlgorithm algorithm;
  const char* name;
  std::string_view head;
  std::size_t key_size;
};

constexpr std::array<PlainForm, 4> kPlainForms{{
    {KeyAlgorithm::p256, "prime256v1",
     "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86"
     "\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"sv,
     64},
    {KeyAlgorithm::p384, "secp384r1",
     "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81"
     "\x04\x00\x22\x03\x62\x00\x04"sv,
     96},
    {KeyAlgorithm::p521, "secp521r1",
     "\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b"
     "\x81\x04\x00\x23\x03\x81\x86\x00\x04"sv,
     132},
    {KeyAlgorithm::ed25519, "",
     "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv, 32},
}};

const PlainForm* find_plain_form(ByteView spki) {
  const auto* form = std::find_if(
      kPlainForms.begin(), kPlainForms.end(), [&](const PlainForm& known) {
        return spki.size() == known.head.size() + known.key_size &&
               as_text(spki).starts_with(known.head);
      });
  return form == kPlainForms.end() ? nullptr : form;
}

// Null when it is not a key: a point that is not on its curve (OpenSSL checks
// that, as it does when it decodes one).
KeyHandle read_plain_key(const PlainForm& form, ByteView spki) {
  if (form.algorithm == KeyAlgorithm::ed25519)
    return KeyHandle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                 spki.data() + form.head.size(),
                                                 form.key_size));
  // The mark of an uncompressed point is the last byte of the head. OpenSSL
  // takes what it only reads as not constant.
  Bytes point(spki.begin() + static_cast<std::ptrdiff_t>(form.head.size()) - 1,
              spki.end());
  std::string group(form.name);
  std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                       0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()),
      OSSL_PARAM_construct_end()};
  const KeyContextHandle context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (context && EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                      parameters.data());
  return KeyHandle(key);
}

bool is_ecdsa(KeyAlgorithm algorithm) {
  return algorithm <= KeyAlgorithm::p521;
}

const EVP_MD* to_openssl(SignatureHash hash) {
  if (hash == SignatureHash::sha256) return EVP_sha256();
  return hash == SignatureHash::sha384 ? EVP_sha384() : EVP_sha512();
}

Error not_by_this_key() {
  clear_openssl_errors();
  return fail(ErrorKind::bad_signature,
              "the signature is not by this key over this content");
}

}  // namespace

SignatureHash registry_hash(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::p256:
    case KeyAlgorithm::rsa:
      return SignatureHash::sha256;
    case KeyAlgorithm::p384:
      return SignatureHash::sha384;
    case KeyAlgorithm::p521:
    case KeyAlgorithm::ed25519:
      break;
  }
  return SignatureHash::sha512;
}

std::string_view hash_algorithm_name(SignatureHash hash) {
  if (hash == SignatureHash::sha256) return "SHA2_256";
  return hash == SignatureHash::sha384 ? "SHA2_384" : "SHA2_512";
}

Bytes hash_bytes(SignatureHash hash, ByteView bytes) {
  Bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, to_openssl(hash),
             nullptr);
  digest.resize(size);
  return digest;
}

void VerificationKey::FreeKey::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}

VerificationKey::VerificationKey(VerificationKey&&) noexcept = default;
VerificationKey& VerificationKey::operator=(VerificationKey&&) noexcept =
    default;
VerificationKey::~VerificationKey() = default;

VerificationKey::VerificationKey(const VerificationKey& other)
    : algorithm_(other.algorithm_),
      bits_(other.bits_),
      spki_(other.spki_),
      pem_(other.pem_) {
  if (other.key_) EVP_PKEY_up_ref(other.key_.get());
  key_.reset(other.key_.get());
}

VerificationKey& VerificationKey::operator=(const VerificationKey& other) {
  if (this != &other) *this = VerificationKey(other);
  return *this;
}

Result<VerificationKey> VerificationKey::adopt(evp_pkey_st* raw) {
  VerificationKey key;
  key.key_.reset(raw);
  TRY_ASSIGN(key.algorithm_, algorithm_of(raw));
  // One key must have one encoding: compressed points are written uncompressed.
  if (is_ecdsa(key.algorithm_) &&
      EVP_PKEY_set_utf8_string_param(
          raw, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") != 1)
    return openssl_error(ErrorKind::internal, "normalising a public key");
  key.bits_ = static_cast<unsigned>(EVP_PKEY_get_bits(raw));
  key.spki_ = to_der<i2d_PUBKEY>(raw);
  key.pem_ = write_pem("PUBLIC KEY", key.spki_);
  if (key.spki_.empty() || key.pem_.empty())
    return openssl_error(ErrorKind::internal, "writing a public key");
  return key;
}

Result<VerificationKey> VerificationKey::from_der(ByteView spki) {
  if (spki.size() > limits::kKeyFile)
    return fail(ErrorKind::invalid_input, "too large");
  if (const PlainForm* form = find_plain_form(spki)) {
    VerificationKey key;
    key.key_.reset(read_plain_key(*form, spki).release());
    if (key.key_) {
      key.algorithm_ = form->algorithm;
      key.bits_ = static_cast<unsigned>(EVP_PKEY_get_bits(key.key_.get()));
      key.spki_.assign(spki.begin(), spki.end());
      key.pem_ = write_pem("PUBLIC KEY", key.spki_);
      return key;
    }
    clear_openssl_errors();
  }
  KeyHandle key = read_der<KeyHandle, d2i_PUBKEY>(spki);
  if (!key)
    return fail(ErrorKind::invalid_input, "not one DER SubjectPublicKeyInfo");
  return adopt(key.release());
}

Result<VerificationKey> VerificationKey::from_pkcs1_der(ByteView der) {
  if (der.size() > limits::kKeyFile)
    return fail(ErrorKind::invalid_input, "too large");
  const unsigned char* next = der.data();
  KeyHandle key(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &next,
                              static_cast<long>(der.size())));
  if (!key || next != der.data() + der.size()) {
    clear_openssl_errors();
    return fail(ErrorKind::invalid_input, "not one DER RSAPublicKey");
  }
  return adopt(key.release());
}

Result<VerificationKey> VerificationKey::from_pem(std::string_view pem) {
  if (pem.size() > limits::kKeyFile)
    return fail(ErrorKind::invalid_input, "too large");
  const Error none = fail(ErrorKind::invalid_input,
                          "no valid PEM block 'PUBLIC KEY', and nothing else");
  const auto blocks = read_pem(pem, 1);
  if (!blocks.ok() || blocks->empty()) return none;
  const PemBlock& block = blocks->front();
  const bool is_pkcs1 = block.label == "RSA PUBLIC KEY";
  if (!is_pkcs1 && block.label != "PUBLIC KEY") return none;
  auto key = is_pkcs1 ? from_pkcs1_der(block.der) : from_der(block.der);
  if (!key.ok() && key.error().kind == ErrorKind::invalid_input) return none;
  return key;
}

Sha256Digest VerificationKey::id() const { return sha256(spki_); }

Bytes VerificationKey::raw() const {
  if (algorithm_ != KeyAlgorithm::ed25519) return {};
  Bytes raw(32);
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size);
  return raw;
}

Result<void> VerificationKey::verify(ByteView message, ByteView signature,
                                     SignatureHash hash) const {
  const DigestContextHandle context(EVP_MD_CTX_new());
  const EVP_MD* digest =
      algorithm_ == KeyAlgorithm::ed25519 ? nullptr : to_openssl(hash);
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr,
                                       key_.get()) != 1)
    return openssl_error(ErrorKind::internal, "preparing a verification");
  // 0 is a wrong signature, negative a malformed one: both are "no". OpenSSL
  // itself insists on the one DER encoding of an ECDSA signature.
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                       message.data(), message.size()) != 1)
    return not_by_this_key();
  return {};
}

Result<void> VerificationKey::verify_pss(ByteView message, ByteView signature,
                                         SignatureHash hash) const {
  if (algorithm_ != KeyAlgorithm::rsa)
    return fail(ErrorKind::unsupported, "only an RSA key can sign with PSS");
  const DigestContextHandle context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // belongs to `context`
  if (!context ||
      EVP_DigestVerifyInit(context.get(), &parameters, to_openssl(hash),
                           nullptr, key_.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) != 1)
    return openssl_error(ErrorKind::internal, "preparing a verification");
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                       message.data(), message.size()) != 1)
    return not_by_this_key();
  return {};
}

Result<void> VerificationKey::verify_digest(ByteView digest, ByteView signature,
                                            SignatureHash hash) const {
  // RFC 8032: pure Ed25519 signs messages, not digests of them.
  if (algorithm_ == KeyAlgorithm::ed25519)
    return fail(ErrorKind::unsupported,
                "an Ed25519 signature cannot be checked by a digest alone");
  const KeyContextHandle context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), to_openssl(hash)) != 1)
    return openssl_error(ErrorKind::internal, "preparing a verification");
  // Refuses a digest of another length than the hash's, too.
  if (EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                      digest.data(), digest.size()) != 1)
    return not_by_this_key();
  return {};
}

}  // namespace sigstore
