// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sigstore::http {

// What a browser asks of a small server: "GET /path?query HTTP/1.1" and
// headers that nobody looks at. Pure.
struct RequestHead {
  std::string method;
  std::string path;   // from "/" on
  std::string query;  // without "?"

  // Nothing while the empty line that ends it has not come; invalid_input for
  // what can be no request (RFC 9112 section 3), or one above
  // limits::kHttpHeaders.
  static Result<std::optional<RequestHead>> parse(std::string_view text);
};

// application/x-www-form-urlencoded: names and values. invalid_input for a
// malformed %XX, and for a name that comes twice: two readers could read two
// different ones.
using Form = std::map<std::string, std::string>;
Result<Form> decode_form(std::string_view text);

}  // namespace sigstore::http
