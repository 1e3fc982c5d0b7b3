// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

namespace sigstore::http {

// An http or https URL (RFC 3986), as services are named. Pure.
struct Url {
  bool is_tls = true;
  std::string host;  // lower case; an IPv6 address has its brackets
  std::uint16_t port = 443;
  std::string path;   // "" or from "/" on
  std::string query;  // "" or from "?" on

  // Refuses user names and passwords, fragments, control characters, blanks,
  // bytes above 0x7E and more than limits::kUrl of them.
  static Result<Url> parse(std::string_view text);

  // "https://fulcio.example.org", with the port where it is not the usual one.
  std::string origin() const;
  std::string text() const { return origin() + path + query; }
  // This machine: 127.0.0.0/8, ::1, localhost.
  bool is_loopback() const;
};

// The origin of `text`, or "(malformed URL)": what errors may show of a URL.
std::string origin_of(std::string_view text);

// `base` and `path` with exactly one slash between them.
std::string join_url(std::string_view base, std::string_view path);

// Everything but RFC 3986 "unreserved" as %XX.
std::string escape_component(std::string_view text);

// application/x-www-form-urlencoded, and the query of a URL: "a=b&c=d".
std::string encode_form(
    std::initializer_list<std::pair<std::string_view, std::string_view>>
        fields);

}  // namespace sigstore::http
