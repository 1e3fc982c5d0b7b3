// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/http/client.h"
#include "hub-client/hub/access_token.h"
#include "hub-client/hub/hub_settings.h"

namespace sigstore::hub {

// What the user says of the token.
struct TokenWish {
  std::string text = {};  // from a command line that another tool's fixes
  std::string file = {};
  // A public repository can be read without; HF_HUB_DISABLE_IMPLICIT_TOKEN
  // then means that nobody's is sent.
  bool needed = false;
};

// Whose name requests go out in, in huggingface_hub's order (hub.md 1.6): what
// the user names; an OIDC token of the CI system, exchanged for one of the
// Hub (HF_OIDC_RESOURCE), where a failure is final; HF_TOKEN; the token file,
// whose token is refreshed when a day or less is left of it. An empty token
// where there is none. Errors never show one.
Result<AccessToken> find_token(const TokenWish& wish,
                               const HubSettings& settings,
                               const Variables& variable, http::Client& client,
                               Timestamp now);

}  // namespace sigstore::hub
