// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_head.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/limits.h"

namespace sigstore::http {
namespace {

Error malformed(std::string_view why) {
  return fail(ErrorKind::invalid_input, "malformed request: ", why);
}

bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= 16 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<std::string> decode_part(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    std::string digits(text.substr(i + 1, 2));
    std::transform(digits.begin(), digits.end(), digits.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    std::array<std::uint8_t, 1> byte{};
    if (digits.size() != 2 || !from_hex(digits, byte))
      return malformed("its %XX");
    out += static_cast<char>(byte[0]);
    i += 2;
  }
  return out;
}

}  // namespace

Result<std::optional<RequestHead>> RequestHead::parse(std::string_view text) {
  if (text.size() > limits::kHttpHeaders) return malformed("too long");
  if (text.find("\r\n\r\n") == std::string_view::npos)
    return std::optional<RequestHead>();
  const std::string_view line = text.substr(0, text.find("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return malformed("its first line");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  const bool printable_target = std::all_of(
      target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!is_method(line.substr(0, first)) || !target.starts_with('/') ||
      !printable_target || (version != "HTTP/1.1" && version != "HTTP/1.0"))
    return malformed("its first line");
  const std::size_t query = std::min(target.find('?'), target.size());
  RequestHead head;
  head.method = line.substr(0, first);
  head.path = target.substr(0, query);
  head.query = target.substr(std::min(query + 1, target.size()));
  return std::optional(std::move(head));
}

Result<Form> decode_form(std::string_view text) {
  if (text.size() > limits::kHttpHeaders) return malformed("too long");
  Form form;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    TRY_ASSIGN(std::string name, decode_part(field.substr(0, equals)));
    TRY_ASSIGN(std::string value,
               decode_part(field.substr(std::min(equals + 1, field.size()))));
    if (!form.emplace(std::move(name), std::move(value)).second)
      return malformed("a name comes twice");
  }
  return form;
}

}  // namespace sigstore::http
