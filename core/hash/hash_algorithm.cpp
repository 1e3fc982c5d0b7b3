// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_algorithm.h"

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

Result<MessageDigest> make_digest(HashAlgorithm algorithm) {
  if (algorithm == HashAlgorithm::sha256)
    return MessageDigest::create(DigestAlgorithm::sha256);
  if (algorithm == HashAlgorithm::blake2b)
    return MessageDigest::create(DigestAlgorithm::blake2b512);
  return fail(ErrorKind::unsupported,
              "hash algorithm blake3 is not supported yet; sign with sha256");
}

}  // namespace sigstore
