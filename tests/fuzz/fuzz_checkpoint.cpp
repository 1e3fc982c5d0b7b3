// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/base/encoding.h"
#include "core/tlog/checkpoint.h"
#include "tests/fuzz/fuzz.h"

// A checkpoint has one spelling: what was read, written again, is the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::concat;
  using sigstore::require;
  const std::string_view note = sigstore::as_text({data, size});
  const auto checkpoint = sigstore::parse_checkpoint(note);
  if (!checkpoint.ok()) {
    require(checkpoint.error().kind == sigstore::ErrorKind::bad_evidence,
            "a malformed checkpoint is bad evidence");
    return sigstore::finish(false);
  }
  std::string written = checkpoint->text + "\n";
  for (const auto& line : checkpoint->signatures) {
    sigstore::Bytes bytes = line.key_id;
    bytes.insert(bytes.end(), line.signature.begin(), line.signature.end());
    written +=
        concat("\u2014 ", line.name, " ", sigstore::to_base64(bytes), "\n");
  }
  require(written == note, "a checkpoint is what is written");
  require(checkpoint->text.starts_with(concat(
              checkpoint->origin, "\n", std::to_string(checkpoint->tree_size),
              "\n", sigstore::to_base64(checkpoint->root_hash.bytes), "\n")),
          "the text says what was read from it");
  return sigstore::finish(true);
}
