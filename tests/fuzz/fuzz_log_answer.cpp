// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/bundle_json.h"
#include "core/sign/rekor.h"
#include "tests/fuzz/fuzz.h"

// What a log answers, of version 1 or 2.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const sigstore::ByteView json(data, size);
  const auto first = sigstore::parse_entry_v1(json);
  if (first.ok()) {
    sigstore::require(first->log_id.size() == 32, "an id has 32 bytes");
    sigstore::require(first->inclusion_proof.has_value(), "there is a proof");
    sigstore::require(first->log_index >= 0, "an index is not negative");
  }
  return sigstore::finish(first.ok() || sigstore::parse_log_entry(json).ok());
}
