// SPDX-License-Identifier: Apache-2.0
#include "core/base/time.h"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace sigstore {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

// Decimal digits only, all of `text`.
std::optional<unsigned> parse_digits(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

}  // namespace

std::string Timestamp::to_rfc3339() const {
  const std::chrono::sys_seconds point{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  char text[32];
  const int length = std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text, static_cast<std::size_t>(length));
}

std::string Timestamp::to_date() const { return to_rfc3339().substr(0, 10); }

std::optional<Timestamp> Timestamp::parse_rfc3339(std::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' ||
      text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
    return std::nullopt;
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8, 2));
  const auto hour = parse_digits(text.substr(11, 2));
  const auto minute = parse_digits(text.substr(14, 2));
  const auto second = parse_digits(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second)
    return std::nullopt;
  if (*year < 1970 || *hour > 23 || *minute > 59 || *second > 59)
    return std::nullopt;
  const year_month_day date{std::chrono::year{static_cast<int>(*year)},
                            std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = sys_days{date}.time_since_epoch().count();
  return Timestamp{days * 86400 + *hour * 3600 + *minute * 60 + *second};
}

namespace {

// The digits after a point, as nanoseconds; consumes them.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  const std::size_t end = text.find_first_not_of("0123456789", 1);
  const std::string_view digits =
      text.substr(1, end == text.npos ? end : end - 1);
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  std::int64_t nanoseconds = *parse_digits(digits);
  for (std::size_t i = digits.size(); i < 9; ++i) nanoseconds *= 10;
  text.remove_prefix(1 + digits.size());
  return nanoseconds;
}

// "Z" or "+hh:mm" or "-hh:mm", to its end, in seconds.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
    return std::nullopt;
  const auto hour = parse_digits(text.substr(1, 2));
  const auto minute = parse_digits(text.substr(4, 2));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  const std::int64_t seconds = *hour * 3600 + *minute * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339_ms(std::string_view text) {
  constexpr std::size_t kToSeconds = 19;
  if (text.size() <= kToSeconds) return std::nullopt;
  const auto whole =
      Timestamp::parse_rfc3339(std::string(text.substr(0, kToSeconds)) + "Z");
  if (!whole) return std::nullopt;
  text.remove_prefix(kToSeconds);
  const auto fraction = take_fraction(text);
  const auto offset = fraction ? parse_offset(text) : std::nullopt;
  if (!offset) return std::nullopt;
  return (whole->seconds - *offset) * 1000 + *fraction / 1'000'000;
}

}  // namespace sigstore
