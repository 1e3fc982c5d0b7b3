// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "hooks/signed_push.h"
#include "tests/fuzz/fuzz.h"

// Nothing is forgotten or added by reading and writing the note.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const auto pushes = sigstore::parse_signed_pushes({data, size});
  if (!pushes.ok()) return sigstore::finish(false);
  const std::string written = sigstore::encode_signed_pushes(*pushes);
  const auto again = sigstore::parse_signed_pushes(sigstore::as_bytes(written));
  require(again.ok() && again->size() == pushes->size(), "a note parses");
  require(sigstore::encode_signed_pushes(*again) == written,
          "writing is stable");
  return sigstore::finish(true);
}
