// SPDX-License-Identifier: Apache-2.0
#include "core/http/asked_wait.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace sigstore::http {
namespace {

constexpr std::chrono::seconds kDay{24 * 60 * 60};

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return kDay;
  if (error != std::errc()) return std::nullopt;
  return std::min(std::chrono::seconds(count), kDay);
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Cuts off what is before the first `mark`, and the mark.
std::string_view next_of(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return without_blanks(part);
}

// "api";r=0;t=55: nothing is left for so many seconds.
std::optional<std::chrono::seconds> until_reset(std::string_view quota) {
  std::optional<std::chrono::seconds> left;
  std::optional<std::chrono::seconds> time;
  next_of(quota, ';');  // its name
  while (!quota.empty()) {
    const std::string_view parameter = next_of(quota, ';');
    if (parameter.starts_with("r=")) left = parse_seconds(parameter.substr(2));
    if (parameter.starts_with("t=")) time = parse_seconds(parameter.substr(2));
  }
  return left && left->count() == 0 ? time : std::nullopt;
}

}  // namespace

std::optional<std::chrono::seconds> asked_wait(const Response& answer) {
  // draft-ietf-httpapi-ratelimit-headers 4: a list of quotas. Of several that
  // are used up the last to be new counts; one second more for clocks.
  std::optional<std::chrono::seconds> wait;
  std::string_view quotas = answer.header("RateLimit");
  while (answer.status == 429 && !quotas.empty())
    if (const auto reset = until_reset(next_of(quotas, ',')))
      wait = std::max(wait.value_or(*reset), *reset);
  if (wait) return *wait + std::chrono::seconds(1);
  // RFC 9110 10.2.3, the form in seconds; a date needs a clock that agrees
  // with the server's.
  return parse_seconds(answer.header("Retry-After"));
}

}  // namespace sigstore::http
