// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/stored_tokens.h"

#include <algorithm>
#include <charconv>

#include "core/base/limits.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The next line of `text`, without its end; `text` is what follows.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool is_comment(std::string_view line) {
  return line.empty() || line.starts_with('#') || line.starts_with(';');
}

std::optional<std::string_view> section_of(std::string_view line) {
  if (!line.starts_with('[') || !line.ends_with(']')) return std::nullopt;
  return line.substr(1, line.size() - 2);
}

struct Setting {
  std::string key;  // in lower case, as configparser has it
  std::string_view value;
};

std::optional<Setting> setting_of(std::string_view line) {
  const std::size_t delimiter = line.find_first_of("=:");
  if (delimiter == std::string_view::npos) return std::nullopt;
  Setting setting{std::string(trimmed(line.substr(0, delimiter))),
                  trimmed(line.substr(delimiter + 1))};
  std::transform(
      setting.key.begin(), setting.key.end(), setting.key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
  return setting;
}

// Whole seconds; a fraction is left out.
std::optional<Timestamp> parse_expiry(std::string_view text) {
  Timestamp time;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), time.seconds);
  const bool ends = end == text.data() + text.size() || *end == '.';
  if (error != std::errc() || !ends || time.seconds < 0) return std::nullopt;
  return time;
}

void store(const Setting& setting, StoredToken& token) {
  if (setting.key == "hf_token") token.token = setting.value;
  if (setting.key == "refresh_token") token.refresh_token = setting.value;
  if (setting.key == "expires_at") token.expires = parse_expiry(setting.value);
}

}  // namespace

Result<std::vector<StoredToken>> parse_stored_tokens(std::string_view text) {
  if (text.size() > limits::kStoredTokens)
    return fail(ErrorKind::invalid_input, "stored tokens: too long");
  std::vector<StoredToken> tokens;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = trimmed(take_line(text));
    if (is_comment(line)) continue;
    if (const auto section = section_of(line)) {
      tokens.push_back({std::string(*section), {}, {}, {}});
      continue;
    }
    const auto setting = setting_of(line);
    if (!setting || tokens.empty())
      return fail(ErrorKind::invalid_input, "stored tokens: line ", number,
                  " is no setting of a section");
    store(*setting, tokens.back());
  }
  return tokens;
}

std::string with_values(
    std::string_view text, std::string_view section,
    const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out;
  bool inside = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto named = section_of(trimmed(line));
    if (named) {
      inside = *named == section;
      out += concat(line, "\n");
      for (const auto& [key, value] : values)
        if (inside) out += concat(key, " = ", value, "\n");
      continue;
    }
    const auto setting = setting_of(trimmed(line));
    const bool replaced =
        inside && setting &&
        std::any_of(values.begin(), values.end(), [&](const auto& value) {
          return value.first == setting->key;
        });
    if (!replaced) out += concat(line, "\n");
  }
  return out;
}

}  // namespace sigstore::hub
