// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/message_digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cassert>

#include "core/crypto/openssl.h"

namespace sigstore {

namespace {

const char* to_openssl(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha1:
      return "SHA1";
    case DigestAlgorithm::sha256:
      return "SHA256";
    case DigestAlgorithm::sha384:
      return "SHA384";
    case DigestAlgorithm::sha512:
      return "SHA512";
    case DigestAlgorithm::blake2b512:
      break;
  }
  return "BLAKE2B-512";
}

}  // namespace

struct MessageDigest::State {
  DigestHandle algorithm;
  DigestContextHandle context;
};

MessageDigest::MessageDigest(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
MessageDigest::MessageDigest(MessageDigest&&) noexcept = default;
MessageDigest& MessageDigest::operator=(MessageDigest&&) noexcept = default;
MessageDigest::~MessageDigest() = default;

Result<MessageDigest> MessageDigest::create(DigestAlgorithm algorithm) {
  const char* name = to_openssl(algorithm);
  auto state = std::make_unique<State>();
  state->algorithm.reset(EVP_MD_fetch(nullptr, name, nullptr));
  state->context.reset(EVP_MD_CTX_new());
  if (!state->algorithm || !state->context ||
      EVP_DigestInit_ex(state->context.get(), state->algorithm.get(),
                        nullptr) != 1)
    return openssl_error(ErrorKind::unsupported, name);
  return MessageDigest(std::move(state));
}

void MessageDigest::update(ByteView bytes) {
  const int done =
      EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
  assert(done == 1);
  static_cast<void>(done);
}

ContentDigest MessageDigest::finish() {
  std::array<std::uint8_t, ContentDigest::kMaxSize> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context.get(), bytes.data(), &size);
  EVP_DigestInit_ex(state_->context.get(), nullptr, nullptr);
  return ContentDigest(ByteView(bytes).first(size));
}

Sha256Digest sha256(ByteView bytes) {
  Sha256Digest digest;
  SHA256(bytes.data(), bytes.size(), digest.bytes.data());
  return digest;
}

Sha256Digest hmac_sha256(ByteView key, ByteView bytes) {
  Sha256Digest digest;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(),
       bytes.size(), digest.bytes.data(), nullptr);
  return digest;
}

}  // namespace sigstore
