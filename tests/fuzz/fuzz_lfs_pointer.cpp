// SPDX-License-Identifier: Apache-2.0
#include "core/git/lfs_pointer.h"
#include "tests/fuzz/fuzz.h"

// Only the canonical form is a pointer, so what parses is what is written;
// anything else is plain content or refused as unsafe.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const sigstore::ByteView blob(data, size);
  const auto pointer = sigstore::git::parse_lfs_pointer(blob);
  if (!pointer.ok()) {
    require(pointer.error().kind == sigstore::ErrorKind::unsafe_tree,
            "a look-alike is unsafe_tree");
    return sigstore::finish(false);
  }
  if (!pointer->has_value()) return sigstore::finish(false);
  const sigstore::git::LfsPointer& value = **pointer;
  require(value.size >= 1, "a pointer's size is at least 1");
  require(sigstore::git::write_lfs_pointer(value) == sigstore::as_text(blob),
          "a pointer is byte for byte what is written");
  return sigstore::finish(true);
}
