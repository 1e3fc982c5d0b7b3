// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

// Builds the tree while refusing what nlohmann's own reader lets pass: depth
// and duplicate names.
class TreeBuilder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override {
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return refuse("binary value"); }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto [place, added] = open_.back()->emplace(name, nullptr);
    if (!added) return refuse("duplicate member '" + name + "'");
    slot_ = &*place;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return refuse(concat("syntax error at byte ", position));
  }

  Json root;
  std::string problem;

 private:
  bool refuse(std::string why) {
    if (problem.empty()) problem = std::move(why);
    return false;
  }

  Json* place(Json value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  bool add(Json value) {
    if (++values_ > limits::kJsonValues)
      return refuse(concat("more than ", limits::kJsonValues, " values"));
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (++values_ > limits::kJsonValues)
      return refuse(concat("more than ", limits::kJsonValues, " values"));
    if (open_.size() >= limits::kJsonDepth)
      return refuse(
          concat("nested deeper than ", limits::kJsonDepth, " levels"));
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;
  Json* slot_ = nullptr;
  std::size_t values_ = 0;
};

Error wrong_member(std::string_view name, std::string_view expected) {
  return fail(ErrorKind::invalid_input, "'", name, "' ", expected);
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto [next, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || next != end) return std::nullopt;
  return value;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  // nlohmann's lexer takes a NUL byte for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return fail(ErrorKind::invalid_input, "JSON: syntax error at byte ",
                nul + 1);
  TreeBuilder builder;
  if (!Json::sax_parse(text, &builder))
    return fail(ErrorKind::invalid_input, "JSON: ", builder.problem);
  return std::move(builder.root);
}

const Json* find_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto member = object.find(name);
  if (member == object.end() || member->is_null()) return nullptr;
  return &*member;
}

Result<const Json*> object_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return wrong_member(name, "is missing");
  if (!member->is_object()) return wrong_member(name, "is not an object");
  return member;
}

Result<const Json*> array_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return wrong_member(name, "is missing");
  if (!member->is_array()) return wrong_member(name, "is not an array");
  return member;
}

Result<std::string_view> string_member(const Json& object,
                                       std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return wrong_member(name, "is missing");
  if (!member->is_string()) return wrong_member(name, "is not a string");
  return std::string_view(member->get_ref<const std::string&>());
}

Result<bool> bool_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return wrong_member(name, "is missing");
  if (!member->is_boolean()) return wrong_member(name, "is not a boolean");
  return member->get<bool>();
}

Result<std::int64_t> positive_member(const Json& object,
                                     std::string_view name) {
  constexpr double kLargest = 9007199254740991.0;  // 2^53 - 1
  const Json* member = find_member(object, name);
  if (member == nullptr) return wrong_member(name, "is missing");
  if (!member->is_number()) return wrong_member(name, "is not a number");
  const double value = member->get<double>();
  if (!(value >= 1 && value <= kLargest) || std::trunc(value) != value)
    return wrong_member(name, "is not a whole number from 1 to 2^53-1");
  return static_cast<std::int64_t>(value);
}

Result<std::int64_t> int64_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return std::int64_t{0};
  std::optional<std::int64_t> value;
  if (member->is_string())
    value = parse_decimal(member->get_ref<const std::string&>());
  else if (member->is_number_unsigned() &&
           member->get<std::uint64_t>() <= INT64_MAX)
    value = member->get<std::int64_t>();
  if (!value) return wrong_member(name, "is not a whole number");
  return *value;
}

Result<std::string> optional_string(const Json& object, std::string_view name) {
  if (find_member(object, name) == nullptr) return std::string();
  TRY_ASSIGN(const std::string_view value, string_member(object, name));
  return std::string(value);
}

Result<Bytes> bytes_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  return from_base64(text).context(name);
}

Result<Bytes> optional_bytes(const Json& object, std::string_view name) {
  if (find_member(object, name) == nullptr) return Bytes();
  return bytes_member(object, name);
}

Result<const Json*> optional_array(const Json& object, std::string_view name) {
  static const Json kEmpty = Json::array();
  if (find_member(object, name) == nullptr) return &kEmpty;
  return array_member(object, name);
}

Result<void> check_members(const Json& object,
                           std::initializer_list<std::string_view> allowed) {
  for (const auto& item : object.items()) {
    if (std::find(allowed.begin(), allowed.end(), item.key()) == allowed.end())
      return wrong_member(item.key(), "is not allowed here");
  }
  return {};
}

std::string dump_json(const Json& value) {
  // All in ASCII, as it goes to terminals, too: U+009B starts a command there.
  return value.dump(2, ' ', true, Json::error_handler_t::replace);
}

std::string json_quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += to_hex(ByteView(&byte, 1));
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

}  // namespace sigstore
