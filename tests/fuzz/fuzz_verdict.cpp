// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "core/app/verdict_cache.h"
#include "tests/fuzz/fuzz.h"

// What is read of a remembered verdict is what is written of it again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  static const sigstore::CommitQuestion kQuestion{
      *sigstore::RepoId::parse("org/model"), "refs/heads/main",
      sigstore::git::CommitId{
          *sigstore::git::ObjectId::parse_hex(std::string(40, 'a'))},
      true, sigstore::Timestamp{}};
  const auto verdict = sigstore::parse_verdict({data, size}, kQuestion);
  if (!verdict.ok()) return sigstore::finish(false);
  const std::string written = sigstore::encode_verdict(kQuestion, *verdict);
  const auto again =
      sigstore::parse_verdict(sigstore::as_bytes(written), kQuestion);
  require(again.ok(), "a written verdict parses");
  require(sigstore::encode_verdict(kQuestion, *again) == written,
          "writing is stable");
  return sigstore::finish(true);
}
