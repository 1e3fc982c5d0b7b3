// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sigstore {

// Whole seconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t seconds = 0;

  auto operator<=>(const Timestamp&) const = default;
  // RFC 3339 in UTC: 2026-03-04T05:06:07Z.
  std::string to_rfc3339() const;
  // The first ten characters of it.
  std::string to_date() const;
  // Only the form that to_rfc3339 writes, years 1970 to 9999.
  static std::optional<Timestamp> parse_rfc3339(std::string_view text);
};

// RFC 3339 as protobuf JSON has it: "Z" or an offset, up to nine digits of a
// second. Milliseconds since 1970, rounded down.
std::optional<std::int64_t> parse_rfc3339_ms(std::string_view text);

// A closed interval of milliseconds since 1970: both ends are inside. A bound
// that is absent is open.
struct ValidityPeriod {
  std::optional<std::int64_t> start_ms;
  std::optional<std::int64_t> end_ms;

  bool contains(Timestamp time) const {
    // Saturates: a log may claim any number of seconds.
    constexpr std::int64_t kMost = INT64_MAX / 1000;
    return contains_ms(std::clamp(time.seconds, -kMost, kMost) * 1000);
  }
  bool contains_ms(std::int64_t ms) const {
    return (!start_ms || *start_ms <= ms) && (!end_ms || ms <= *end_ms);
  }
  bool operator==(const ValidityPeriod&) const = default;
};

}  // namespace sigstore
