// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/canonical_json.h"

#include <string_view>

namespace sigstore {
namespace {

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

Result<void> write(const Json& value, std::string& out);

Result<void> write_array(const Json& array, std::string& out) {
  out += '[';
  std::string_view separator;
  for (const Json& item : array) {
    out += separator;
    TRY(write(item, out));
    separator = ",";
  }
  out += ']';
  return {};
}

// nlohmann keeps members in a std::map: sorted by bytes, which for UTF-8 is
// the order of code points.
Result<void> write_object(const Json& object, std::string& out) {
  out += '{';
  std::string_view separator;
  for (const auto& [name, member] : object.items()) {
    out += separator;
    write_string(name, out);
    out += ':';
    TRY(write(member, out));
    separator = ",";
  }
  out += '}';
  return {};
}

// The depth is that of parse_json, limits::kJsonDepth at most.
Result<void> write(const Json& value, std::string& out) {
  if (value.is_object()) return write_object(value, out);
  if (value.is_array()) return write_array(value, out);
  if (value.is_string())
    write_string(value.get_ref<const std::string&>(), out);
  else if (value.is_number_float())
    return fail(ErrorKind::invalid_input,
                "a number with a fraction, or too large, has no canonical "
                "form");
  else
    out += value.dump();  // a whole number, true, false or null
  return {};
}

}  // namespace

Result<std::string> canonical_json(const Json& value) {
  std::string out;
  TRY(write(value, out));
  return out;
}

}  // namespace sigstore
