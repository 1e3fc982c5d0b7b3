// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "core/bundle/bundle_json.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

// What write_bundle means to keep: it writes version 0.3, and of a key its
// hint only.
Bundle as_written(Bundle bundle) {
  bundle.version = BundleVersion::v0_3;
  bundle.media_type = kBundleMediaType;
  if (auto* key = std::get_if<PublicKeyMaterial>(&bundle.material))
    key->raw_bytes.clear();
  if (auto* envelope = std::get_if<DsseEnvelope>(&bundle.content))
    envelope->key_id.clear();
  return bundle;
}

}  // namespace
}  // namespace sigstore

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
  require(*again == sigstore::as_written(*bundle),
          "a written bundle is the same bundle");
  const auto twice = sigstore::write_bundle(*again);
  require(twice.ok() && *twice == *written, "writing is stable");
  return sigstore::finish(true);
}
