// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/terminal.h"
#include "core/base/result.h"
#include "core/http/client.h"
#include "core/oidc/identity_token.h"

namespace sigstore {

// The user logs in to an identity provider: in the browser, or, where there
// is no display, by a code that is typed on another device. Errors begin with
// what was tried; none shows a token or a code.
Result<IdentityToken> log_in(const std::string& issuer, http::Client& client,
                             const Terminal& terminal);

}  // namespace sigstore
