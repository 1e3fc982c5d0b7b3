// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "hub-client/credential.h"
#include "tests/fuzz/fuzz.h"

using sigstore::hub::AccessToken;
using sigstore::hub::Endpoint;

// What git asks its credential helper.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Endpoint hub =
      std::move(Endpoint::parse("https://huggingface.co")).value();
  static const AccessToken token =
      std::move(AccessToken::parse("hf_fuzz")).value();
  const auto request =
      sigstore::hub::parse_credential_request(sigstore::as_text({data, size}));
  if (!request.ok()) return sigstore::finish(false);
  const bool is_ours = sigstore::hub::asks_for(*request, hub);
  if (is_ours) {
    sigstore::require(request->protocol == "https", "the token needs TLS");
    std::string host = request->host;
    for (char& c : host) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    sigstore::require(
        host == "huggingface.co" || host.starts_with("huggingface.co:"),
        "the token is for the Hub's own host");
  }
  const std::string answer =
      sigstore::hub::credential_answer(*request, hub, token);
  sigstore::require(is_ours || answer.empty(), "nobody else is answered");
  return sigstore::finish(true);
}
