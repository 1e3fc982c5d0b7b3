// SPDX-License-Identifier: Apache-2.0
#include "core/base/time.h"

#include <cstdint>

#include "tests/support/catch.h"

using sigstore::Timestamp;

TEST_CASE("a time survives the way out and back", "[base]") {
  for (const std::int64_t seconds :
       {std::int64_t{0}, std::int64_t{951827696}, std::int64_t{1772600767},
        std::int64_t{4102444799}, std::int64_t{253402300799}}) {
    CAPTURE(seconds);
    const Timestamp time{seconds};
    CHECK(Timestamp::parse_rfc3339(time.to_rfc3339()) == time);
  }
}

TEST_CASE("a time is written in UTC, to the second", "[base]") {
  CHECK(Timestamp{1772600767}.to_rfc3339() == "2026-03-04T05:06:07Z");
  CHECK(Timestamp{0}.to_rfc3339() == "1970-01-01T00:00:00Z");
  CHECK(Timestamp{1772600767}.to_date() == "2026-03-04");
}

TEST_CASE("leap days exist in leap years only", "[base]") {
  CHECK(Timestamp::parse_rfc3339("2024-02-29T00:00:00Z").has_value());
  CHECK(Timestamp::parse_rfc3339("2000-02-29T00:00:00Z").has_value());
  CHECK_FALSE(Timestamp::parse_rfc3339("2023-02-29T00:00:00Z").has_value());
  CHECK_FALSE(Timestamp::parse_rfc3339("2100-02-29T00:00:00Z").has_value());
}

TEST_CASE("dates and times that do not exist are refused", "[base]") {
  for (const char* text :
       {"2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z"}) {
    CAPTURE(text);
    CHECK_FALSE(Timestamp::parse_rfc3339(text).has_value());
  }
}

TEST_CASE("other spellings of a time are refused", "[base]") {
  for (const char* text :
       {"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01t00:00:00Z",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00:00z",
        "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.0Z",
        " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n",
        "2026/01/01T00:00:00Z", "+026-01-01T00:00:00Z", "2026-1 -01T00:00:00Z",
        "-026-01-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(Timestamp::parse_rfc3339(text).has_value());
  }
}

TEST_CASE("times are ordered by when they are", "[base]") {
  CHECK(Timestamp{1} < Timestamp{2});
  CHECK(Timestamp{2} == Timestamp{2});
}

TEST_CASE("protobuf's times have fractions and offsets", "[base]") {
  using sigstore::parse_rfc3339_ms;
  CHECK(parse_rfc3339_ms("2022-12-31T23:59:59.999Z") == 1672531199999);
  CHECK(parse_rfc3339_ms("2022-12-31T23:59:59Z") == 1672531199000);
  CHECK(parse_rfc3339_ms("2023-01-01T01:29:59.9999999+01:30") == 1672531199999);
  CHECK(parse_rfc3339_ms("2022-12-31T22:59:59-01:00") == 1672531199000);
  for (const char* bad :
       {"", "2022-12-31T23:59:59", "2022-12-31T23:59:59.Z",
        "2022-12-31T23:59:59.1234567890Z", "2022-12-31T23:59:59.99",
        "2022-12-31T23:59:59z", "2022-12-31T23:59:59+0100",
        "2022-12-31T23:59:59+24:00", "2022-12-31T23:59:59Z ",
        "2022-12-31 23:59:59Z", "2022-02-30T00:00:00Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_rfc3339_ms(bad).has_value());
  }
}

TEST_CASE("both ends of a period are inside", "[base]") {
  const sigstore::ValidityPeriod period{1000, 3000};
  CHECK(period.contains(Timestamp{1}));
  CHECK(period.contains(Timestamp{3}));
  CHECK_FALSE(period.contains_ms(999));
  CHECK_FALSE(period.contains_ms(3001));
  CHECK(sigstore::ValidityPeriod{}.contains(Timestamp{-5}));
  // Seconds that milliseconds cannot count do not wrap around.
  CHECK_FALSE(period.contains(Timestamp{INT64_MAX}));
  CHECK_FALSE(period.contains(Timestamp{INT64_MAX / 500 + 2}));
}
