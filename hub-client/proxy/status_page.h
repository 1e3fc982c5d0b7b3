// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "hub-client/proxy/records.h"

// What the proxy did, for people and for programs. Pure.
namespace sigstore::hub {

// A page without scripts, and without anything from elsewhere.
std::string status_page(const ProxyStatus& status);
// The same as JSON, for monitoring.
std::string status_json(const ProxyStatus& status);

// Text as HTML shows it: <, >, &, quotes and control characters escaped.
std::string escape_html(std::string_view text);

}  // namespace sigstore::hub
