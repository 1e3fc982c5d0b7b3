// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/partial_name.h"

#include "tests/support/catch.h"

namespace sigstore::hub {
namespace {

TEST_CASE("partials are named so that others leave them alone", "[store]") {
  const std::string name = partial_name("e0a1", "0123abcd");
  CHECK(name == "e0a1.hfsig-0123abcd.incomplete");
  CHECK(sidecar_name(name) == "e0a1.hfsig-0123abcd.json.incomplete");
  CHECK(sidecar_name("/x/" + name) == "/x/e0a1.hfsig-0123abcd.json.incomplete");

  const auto partial = parse_partial_name(name);
  REQUIRE(partial);
  CHECK(partial->stem == "e0a1");
  CHECK(partial->random == "0123abcd");
  CHECK_FALSE(partial->is_sidecar);
  const auto sidecar = parse_partial_name(sidecar_name(name));
  REQUIRE(sidecar);
  CHECK(sidecar->stem == "e0a1");
  CHECK(sidecar->is_sidecar);
}

TEST_CASE("names of other clients are not taken for ours", "[store]") {
  for (const char* name :
       {"", "e0a1", "e0a1.incomplete", "e0a1.0123abcd.incomplete",
        "e0a1.hfsig-0123abc.incomplete", "e0a1.hfsig-0123abcde.incomplete",
        "e0a1.hfsig-0123ABCD.incomplete", "e0a1.hfsig-0123abcd",
        ".hfsig-0123abcd.incomplete", "e0a1.hfsix-0123abcd.incomplete",
        "e0a1.hfsig-0123abcd.json"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_partial_name(name));
  }
}

}  // namespace
}  // namespace sigstore::hub
