// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "hub-client/download/partial_sidecar.h"
#include "tests/fuzz/fuzz.h"

// What is read of a sidecar is what is written of it again, and its ranges lie
// within the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const auto sidecar = sigstore::hub::parse_sidecar({data, size});
  if (!sidecar.ok()) return sigstore::finish(false);
  std::uint64_t total = 0;
  for (const auto& range : sidecar->have.list()) {
    require(range.start < range.end && range.end <= sidecar->size,
            "a range lies within the file");
    total += range.size();
  }
  require(total == sidecar->have.total() && total <= sidecar->size,
          "ranges do not overlap");
  const std::string written = sigstore::hub::encode_sidecar(*sidecar);
  const auto again = sigstore::hub::parse_sidecar(sigstore::as_bytes(written));
  require(again.ok(), "a written sidecar parses");
  require(again->etag == sidecar->etag &&
              again->have.list() == sidecar->have.list(),
          "it says the same");
  return sigstore::finish(true);
}
