// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/bundle_json.h"
#include "tests/fuzz/fuzz.h"

// A bundle that was read and can be written reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const auto bundle = sigstore::parse_bundle({data, size});
  if (!bundle.ok()) return sigstore::finish(false);
  const auto written = sigstore::write_bundle(*bundle);
  if (!written.ok()) return sigstore::finish(true);
  const auto again = sigstore::parse_bundle(sigstore::as_bytes(*written));
  require(again.ok(), "a written bundle parses");
  require(*again == *bundle, "a written bundle is the same bundle");
  const auto twice = sigstore::write_bundle(*again);
  require(twice.ok() && *twice == *written, "writing is stable");
  return sigstore::finish(true);
}
