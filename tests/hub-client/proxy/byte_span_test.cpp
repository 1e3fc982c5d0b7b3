// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/byte_span.h"

#include <string_view>

#include "tests/support/catch.h"

using sigstore::hub::answer_range;
using sigstore::hub::ByteRange;

TEST_CASE("a range is cut at the end of the file", "[proxy]") {
  CHECK(answer_range("bytes=0-9", 100).status == 206);
  CHECK(answer_range("bytes=0-9", 100).range == ByteRange{0, 10});
  CHECK(answer_range("bytes=90-1000", 100).range == ByteRange{90, 100});
  CHECK(answer_range("bytes=90-", 100).range == ByteRange{90, 100});
  CHECK(answer_range("bytes=-10", 100).range == ByteRange{90, 100});
  CHECK(answer_range("bytes=-1000", 100).range == ByteRange{0, 100});
}

TEST_CASE("a range behind the end is refused", "[proxy]") {
  CHECK(answer_range("bytes=100-", 100).status == 416);
  CHECK(answer_range("bytes=0-", 0).status == 416);
  CHECK(answer_range("bytes=-0", 100).status == 416);
}

TEST_CASE("what is no single range gets everything", "[proxy]") {
  for (const auto header :
       {std::string_view(""), std::string_view("bytes="),
        std::string_view("bytes=a-b"), std::string_view("bytes=9-1"),
        std::string_view("bytes=0-1,3-4"), std::string_view("items=0-1"),
        std::string_view("bytes=-"), std::string_view("bytes=1"),
        std::string_view("bytes=99999999999999999999-")}) {
    CAPTURE(header);
    CHECK(answer_range(header, 100).status == 200);
    CHECK(answer_range(header, 100).range == ByteRange{0, 100});
  }
}
