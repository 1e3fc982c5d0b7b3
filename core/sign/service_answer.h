// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/http/message.h"
#include "core/trust/signing_config.h"

namespace sigstore {

// A service as errors call it: "certificate authority https://fulcio.example".
std::string name_service(std::string_view role, const Service& service);

// What an answer that is no success means, and what to do about it: `network`
// for one that may pass, `unauthorized` for 401, 403 and what Fulcio says of a
// token with 400, stale_trust for 405 (a log that is frozen), invalid_input for
// the rest. `role` names the service;
// the answer's own words are shown where they are short text.
Error refused_by(std::string_view role, const Service& service,
                 const http::Response& answer);

// The same for a service that could not be asked.
Error unreachable(std::string_view role, Error error);

}  // namespace sigstore
