// SPDX-License-Identifier: Apache-2.0
#include "core/git/inflate.h"
#include "tests/fuzz/fuzz.h"

// The first two bytes are the size that is asked for; the rest is the stream.
// Nothing is written outside of that size (the sanitizers watch), and the same
// stream gives the same bytes again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  if (size < 2) return sigstore::finish(false);
  const std::size_t wanted = data[0] * std::size_t{256} + data[1];
  const sigstore::ByteView zlib(data + 2, size - 2);
  static sigstore::git::Inflater reused;
  sigstore::Bytes first(wanted, 0xAA);
  sigstore::Bytes second(wanted, 0x55);
  const bool done = reused.inflate(zlib, first);
  sigstore::git::Inflater fresh;
  require(fresh.inflate(zlib, second) == done,
          "tables of the stream before make no difference");
  if (done) require(first == second, "every byte is written");
  return sigstore::finish(done);
}
