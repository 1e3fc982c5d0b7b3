// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pkcs11_uri.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr std::string_view kScheme = "pkcs11:";

template <class... Parts>
Error malformed(const Parts&... parts) {
  return fail(ErrorKind::invalid_input, "PKCS#11 URI: ", parts...);
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

// RFC 3986 2.1. The characters that RFC 7512 wants encoded beyond those that
// would not come here anyway are taken as they are: people type them.
Result<std::string> decode(std::string_view name, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto high =
        i + 1 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low =
        i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) return malformed("'", name, "' has a malformed %XX");
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

// "file:/path", "file:///path" or "/path". Programs ("|...") are not run.
Result<std::string> parse_pin_source(std::string_view value) {
  if (value.starts_with("file:")) value.remove_prefix(5);
  if (value.starts_with("///")) value.remove_prefix(2);
  if (!value.starts_with('/') || value.starts_with("//"))
    return malformed("'pin-source' is no absolute path of a file");
  return std::string(value);
}

Result<std::uint64_t> parse_number(std::string_view name,
                                   std::string_view value) {
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    return malformed("'", name, "' is no number");
  return number;
}

// RFC 7512 2.3, table 1. One that is not known could name another key.
Result<void> set_path_attribute(Pkcs11Uri& uri, std::string_view name,
                                std::string value) {
  const std::array<std::pair<const char*, std::optional<std::string>*>, 5>
      texts{{{"token", &uri.token},
             {"manufacturer", &uri.manufacturer},
             {"model", &uri.model},
             {"serial", &uri.serial},
             {"object", &uri.object}}};
  for (const auto& [known, place] : texts) {
    if (name != known) continue;
    *place = std::move(value);
    return {};
  }
  if (name == "id") {
    uri.id = to_bytes(value);
    return {};
  }
  if (name == "slot-id") {
    TRY_ASSIGN(uri.slot_id, parse_number(name, value));
    return {};
  }
  if (name == "type") {
    if (value == "private") return {};
    return malformed("'type' is not 'private', and a private key is wanted");
  }
  return fail(ErrorKind::unsupported, "PKCS#11 URI: attribute '", name,
              "' is not understood");
}

// RFC 7512 2.4.
Result<void> set_query_attribute(Pkcs11Uri& uri, std::string_view name,
                                 std::string value) {
  if (name == "module-path") {
    uri.module_path = std::move(value);
    return {};
  }
  if (name == "pin-source") {
    TRY_ASSIGN(uri.pin_source, parse_pin_source(value));
    return {};
  }
  if (name == "pin-value") {
    uri.pin_value.emplace(std::move(value));
    return {};
  }
  return fail(ErrorKind::unsupported, "PKCS#11 URI: query attribute '", name,
              "' is not understood");
}

using SetAttribute = Result<void> (*)(Pkcs11Uri&, std::string_view,
                                      std::string);

Result<void> read_attributes(Pkcs11Uri& uri, std::string_view text,
                             char separator, SetAttribute set) {
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || c == '-';
    });
    if (equals == std::string_view::npos || name.empty() || !plain)
      return malformed("it is not a list of attribute=value");
    if (!seen.insert(name).second) return malformed("'", name, "' comes twice");
    TRY_ASSIGN(std::string value, decode(name, item.substr(equals + 1)));
    TRY(set(uri, name, std::move(value)));
  }
  return {};
}

}  // namespace

Result<Pkcs11Uri> Pkcs11Uri::parse(std::string_view text) {
  if (text.size() > limits::kUrl) return malformed("too long");
  if (!text.starts_with(kScheme))
    return malformed("it does not begin with ", kScheme);
  const bool printable = std::all_of(
      text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!printable || text.find('#') != std::string_view::npos)
    return malformed("a blank is written %20, a # %23");
  text.remove_prefix(kScheme.size());
  const std::size_t query = std::min(text.find('?'), text.size());
  Pkcs11Uri uri;
  TRY(read_attributes(uri, text.substr(0, query), ';', set_path_attribute));
  TRY(read_attributes(uri, text.substr(std::min(query + 1, text.size())), '&',
                      set_query_attribute));
  // RFC 7512 2.4: "If a URI contains both "pin-source" and "pin-value" query
  // attributes, the URI SHOULD be refused as invalid."
  if (!uri.pin_source.empty() && uri.pin_value)
    return malformed("'pin-source' and 'pin-value' are two PINs");
  return uri;
}

}  // namespace sigstore
