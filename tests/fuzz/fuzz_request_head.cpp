// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_head.h"
#include "tests/fuzz/fuzz.h"

// What comes to the port that waits for a browser.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto head =
      sigstore::http::RequestHead::parse(sigstore::as_text({data, size}));
  if (!head.ok() || !head->has_value()) return sigstore::finish(false);
  sigstore::require((*head)->path.starts_with('/'), "a path begins with /");
  sigstore::require((*head)->path.find('?') == std::string::npos,
                    "a path has no query");
  const auto form = sigstore::http::decode_form((*head)->query);
  return sigstore::finish(form.ok());
}
