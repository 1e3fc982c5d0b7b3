// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include "core/hash/known_digests.h"
#include "tests/fuzz/fuzz.h"

// What is read of remembered digests is what is written of them again, and
// nothing but what was sealed is read as a file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::KnownDigests;
  using sigstore::require;
  const sigstore::ByteView input(data, size);
  const sigstore::ByteView key = sigstore::as_bytes("the user's");
  require(!KnownDigests::unseal(input, key, {}).ok(), "nobody guesses a seal");
  const auto known = KnownDigests::parse(input, {});
  if (!known.ok()) return sigstore::finish(false);
  const sigstore::Bytes written = known->records();
  require(
      std::equal(written.begin(), written.end(), input.begin(), input.end()),
      "there is one way to write records");
  const auto again = KnownDigests::unseal(known->seal(key), key, {});
  require(again.ok() && again->records() == written, "sealed records parse");
  return sigstore::finish(true);
}
