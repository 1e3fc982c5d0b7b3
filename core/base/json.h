// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

using Json = nlohmann::json;

// RFC 8259 text to a tree. Refuses trailing bytes, invalid UTF-8, duplicate
// member names (two readers could see two documents) and more than
// limits::kJsonDepth levels; memory stays proportional to the text.
Result<Json> parse_json(std::string_view text);

// Checked readers. A member that is absent and one that is null are the same
// thing, as in protobuf JSON. Errors name the member.

// The member, or nullptr. Needs nothing: not an object has no members.
const Json* find_member(const Json& object, std::string_view name);
Result<const Json*> object_member(const Json& object, std::string_view name);
Result<const Json*> array_member(const Json& object, std::string_view name);
// The view lives as long as `object`.
Result<std::string_view> string_member(const Json& object,
                                       std::string_view name);
Result<bool> bool_member(const Json& object, std::string_view name);
// A whole number from 1 to 2^53-1; 8.0 is one (JSON Schema, "integer").
Result<std::int64_t> positive_member(const Json& object, std::string_view name);
// Protobuf int64: a decimal string or a JSON integer, not negative; 0 if
// absent.
Result<std::int64_t> int64_member(const Json& object, std::string_view name);
// Absent is the empty string.
Result<std::string> optional_string(const Json& object, std::string_view name);
// Protobuf bytes: strict base64 (encoding.h).
Result<Bytes> bytes_member(const Json& object, std::string_view name);
// Absent is empty.
Result<Bytes> optional_bytes(const Json& object, std::string_view name);
// Absent is an empty array, which lives for ever.
Result<const Json*> optional_array(const Json& object, std::string_view name);

// Refuses members outside of `allowed`.
Result<void> check_members(const Json& object,
                           std::initializer_list<std::string_view> allowed);

// Indented text; bytes that are not UTF-8 (names of files) are replaced.
std::string dump_json(const Json& value);

// `text` as a JSON string, quotes included. Needs valid UTF-8.
std::string json_quote(std::string_view text);

}  // namespace sigstore
