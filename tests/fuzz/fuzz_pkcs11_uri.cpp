// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pkcs11_uri.h"
#include "tests/fuzz/fuzz.h"

// The name of a key in a token, as it is typed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto uri = sigstore::Pkcs11Uri::parse(sigstore::as_text({data, size}));
  if (!uri.ok()) return sigstore::finish(false);
  sigstore::require(!uri->pin_value || uri->pin_source.empty(), "one PIN");
  sigstore::require(uri->pin_source.empty() || uri->pin_source.starts_with('/'),
                    "a file has an absolute path");
  return sigstore::finish(true);
}
