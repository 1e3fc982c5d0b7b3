// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/limits.h"

namespace sigstore::http {
namespace {

Error malformed(std::string_view why) {
  return fail(ErrorKind::invalid_input, "malformed URL: ", why);
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_host_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::string_view inside = host.substr(1, host.size() - 2);
    return host.ends_with(']') && inside.size() > 1 &&
           inside.find_first_not_of("0123456789abcdef:.") ==
               std::string_view::npos;
  }
  return !host.empty() &&
         std::all_of(host.begin(), host.end(), is_host_character);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0)
    return std::nullopt;
  return port;
}

// "host", "host:port", "[::1]:port".
Result<void> parse_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos)
    return malformed("it has a user name");
  const std::size_t bracket = text.find(']');
  const std::size_t colon =
      text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = text.substr(0, colon);
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), to_lower);
  if (!is_host(url.host)) return malformed("its host");
  if (colon == std::string_view::npos) return {};
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return malformed("its port");
  url.port = *port;
  return {};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > limits::kUrl) return malformed("too long");
  const bool printable = std::all_of(
      text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!printable) return malformed("blanks or control characters");
  if (text.find('#') != std::string_view::npos)
    return malformed("it has a fragment");
  Url url;
  const std::size_t scheme = text.find("://");
  const std::string_view name = text.substr(0, scheme);
  if (scheme == std::string_view::npos || (name != "https" && name != "http"))
    return malformed("neither https nor http");
  url.is_tls = name == "https";
  url.port = url.is_tls ? 443 : 80;
  text.remove_prefix(scheme + 3);
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  TRY(parse_authority(text.substr(0, end), url));
  text.remove_prefix(end);
  const std::size_t query = std::min(text.find('?'), text.size());
  url.path = text.substr(0, query);
  url.query = text.substr(query);
  return url;
}

std::string Url::origin() const {
  std::string out = concat(is_tls ? "https://" : "http://", host);
  if (port != (is_tls ? 443 : 80)) out += concat(":", port);
  return out;
}

bool Url::is_loopback() const {
  if (host == "localhost" || host == "[::1]") return true;
  // Nothing but digits and dots: 127.example.org is somebody else.
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string origin_of(std::string_view text) {
  const Result<Url> url = Url::parse(text);
  return url.ok() ? url->origin() : "(malformed URL)";
}

std::string join_url(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  while (path.starts_with('/')) path.remove_prefix(1);
  return concat(base, "/", path);
}

std::string escape_component(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string encode_form(
    std::initializer_list<std::pair<std::string_view, std::string_view>>
        fields) {
  std::string out;
  for (const auto& [name, value] : fields)
    out += concat(out.empty() ? "" : "&", escape_component(name), "=",
                  escape_component(value));
  return out;
}

}  // namespace sigstore::http
