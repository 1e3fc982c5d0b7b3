// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "hub-client/hub/access_token.h"
#include "hub-client/hub/hub_url.h"

namespace sigstore::hub {

// What git asks a credential helper (git-credential(1), INPUT/OUTPUT FORMAT).
// Attributes that we do not need are not looked at.
struct CredentialRequest {
  std::string protocol;  // "https"
  std::string host;      // "huggingface.co", "127.0.0.1:8000"
  std::string username;  // "": any
};
// invalid_input for a line that is no attribute, NUL, and more than
// limits::kHelperLine. Pure.
Result<CredentialRequest> parse_credential_request(std::string_view text);

// Is it about the Hub's own origin, where the token may go? Pure.
bool asks_for(const CredentialRequest& request, const Endpoint& endpoint);

// The attributes that answer it: the Hub's token, for the Hub's own origin.
// Nothing for anybody else, and where there is no token. Pure.
std::string credential_answer(const CredentialRequest& request,
                              const Endpoint& endpoint,
                              const AccessToken& token);

}  // namespace sigstore::hub
