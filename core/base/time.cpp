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

}  // namespace sigstore
