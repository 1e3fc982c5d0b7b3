// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/stored_tokens.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text = sigstore::as_text({data, size});
  const auto tokens = sigstore::hub::parse_stored_tokens(text);
  if (tokens.ok() && !tokens->empty()) {
    const std::string next = sigstore::hub::with_values(
        text, tokens->front().name, {{"hf_token", "hf_new"}});
    const auto again = sigstore::hub::parse_stored_tokens(next);
    sigstore::require(again.ok(), "what is written can be read");
    sigstore::require(again->size() == tokens->size(), "no token is lost");
    sigstore::require(again->front().token == "hf_new", "the new one is there");
  }
  return sigstore::finish(tokens.ok());
}
