// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/partial_sidecar.h"

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::hub::ByteRange;
using sigstore::hub::encode_sidecar;
using sigstore::hub::kPartialRanges;
using sigstore::hub::kPartialSidecar;
using sigstore::hub::parse_sidecar;
using sigstore::hub::PartialSidecar;

namespace {

auto parse(const std::string& text) { return parse_sidecar(as_bytes(text)); }

std::string with_ranges(const std::string& ranges) {
  return R"({"version":1,"etag":"e","size":"1000","ranges":)" + ranges + "}";
}

}  // namespace

TEST_CASE("a sidecar is read as it was written", "[download]") {
  PartialSidecar sidecar{"abc", 40'000'000'000'000, {}};
  sidecar.have.add({0, 7});
  sidecar.have.add({39'000'000'000'000, 40'000'000'000'000});
  const auto read = parse(encode_sidecar(sidecar));
  REQUIRE(works(read));
  CHECK(read->etag == "abc");
  CHECK(read->size == sidecar.size);
  CHECK(read->have.list() == sidecar.have.list());
}

TEST_CASE("more ranges than a sidecar has room for are left out",
          "[download]") {
  PartialSidecar sidecar{std::string(64, 'f'), ~std::uint64_t{0}, {}};
  for (std::uint64_t i = 0; i < kPartialRanges + 5; ++i)
    sidecar.have.add({(1ULL << 60U) + 3 * i, (1ULL << 60U) + 3 * i + 2});
  const std::string text = encode_sidecar(sidecar);
  CHECK(text.size() <= kPartialSidecar);
  const auto read = parse(text);
  REQUIRE(works(read));
  CHECK(read->have.list().size() == kPartialRanges);
  CHECK(read->have.list().front() == sidecar.have.list().front());
}

TEST_CASE("a sidecar that makes no sense is refused", "[download]") {
  CHECK(works(parse(with_ranges(R"([["0","10"],["20","1000"]])"))));
  for (const char* ranges :
       {R"([["0","1001"]])", R"([["10","10"]])", R"([["10","5"]])",
        R"([["0","10"],["5","20"]])", R"([["0","10"],["10","20"]])",
        R"([["20","30"],["0","10"]])", R"([["0"]])", R"([[0,10]])",
        R"([["-1","10"]])", R"([["","10"]])", R"([["0","1x"]])", R"(["0"])",
        R"({})", R"([["0","99999999999999999999999"]])"}) {
    CAPTURE(ranges);
    CHECK_FALSE(parse(with_ranges(ranges)).ok());
  }
  CHECK(refuses(parse(R"({"version":2})"), ErrorKind::unsupported,
                "another version"));
  for (const char* text :
       {"", "{}", "[]", R"({"version":1,"etag":"e","ranges":[]})",
        R"({"version":1,"size":"1","ranges":[]})",
        R"({"version":1,"etag":"e","size":"1"})",
        R"({"version":1,"etag":"e","size":"1","ranges":[],"more":1})"}) {
    CAPTURE(text);
    CHECK_FALSE(parse(text).ok());
  }
  CHECK(refuses(parse(std::string(kPartialSidecar + 1, ' ')),
                ErrorKind::invalid_input, "too long"));
}
