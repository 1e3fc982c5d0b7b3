// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_algorithm.h"

#include <utility>

#include "core/hash/blake3.h"

namespace sigstore {

std::string_view hash_name(HashAlgorithm algorithm) {
  if (algorithm == HashAlgorithm::sha256) return "sha256";
  return algorithm == HashAlgorithm::blake2b ? "blake2b" : "blake3";
}

std::size_t digest_size(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::blake2b ? 64 : 32;
}

Result<HashAlgorithm> parse_hash_name(std::string_view name) {
  if (name == "sha256") return HashAlgorithm::sha256;
  if (name == "blake2b") return HashAlgorithm::blake2b;
  if (name == "blake3") return HashAlgorithm::blake3;
  return fail(ErrorKind::invalid_input, "unknown hash algorithm '", name, "'");
}

RunningDigest::RunningDigest(MessageDigest digest)
    : digest_(std::move(digest)) {}
RunningDigest::RunningDigest(std::unique_ptr<Blake3> digest)
    : digest_(std::move(digest)) {}
RunningDigest::RunningDigest(RunningDigest&&) noexcept = default;
RunningDigest& RunningDigest::operator=(RunningDigest&&) noexcept = default;
RunningDigest::~RunningDigest() = default;

Result<RunningDigest> RunningDigest::create(HashAlgorithm algorithm) {
  if (algorithm == HashAlgorithm::blake3)
    return RunningDigest(std::make_unique<Blake3>());
  TRY_ASSIGN(MessageDigest digest,
             MessageDigest::create(algorithm == HashAlgorithm::blake2b
                                       ? DigestAlgorithm::blake2b512
                                       : DigestAlgorithm::sha256));
  return RunningDigest(std::move(digest));
}

void RunningDigest::update(ByteView bytes) {
  if (auto* tree = std::get_if<std::unique_ptr<Blake3>>(&digest_)) {
    (*tree)->update(bytes);
  } else {
    std::get<MessageDigest>(digest_).update(bytes);
  }
}

ContentDigest RunningDigest::finish() {
  if (auto* tree = std::get_if<std::unique_ptr<Blake3>>(&digest_))
    return (*tree)->finish();
  return std::get<MessageDigest>(digest_).finish();
}

}  // namespace sigstore
