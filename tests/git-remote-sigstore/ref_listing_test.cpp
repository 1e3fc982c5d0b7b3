// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/ref_listing.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::add_helper_ref;
using sigstore::add_listed_ref;
using sigstore::ErrorKind;
using sigstore::RefListing;

namespace {

const std::string kOne(40, '1');
const std::string kTwo(64, '2');

}  // namespace

TEST_CASE("a listed ref has an id, a name and perhaps a target", "[helper]") {
  RefListing listing;
  REQUIRE(works(add_listed_ref(
      kOne + " HEAD symref-target:refs/heads/main peeled:x", listing)));
  REQUIRE(works(add_listed_ref(kTwo + " refs/heads/main", listing)));
  REQUIRE(works(
      add_listed_ref("unborn HEAD symref-target:refs/heads/new", listing)));
  REQUIRE(listing.refs.size() == 2);
  CHECK(listing.refs[0].name == "HEAD");
  CHECK(listing.refs[1].id.to_hex() == kTwo);
  CHECK(listing.head_target == "refs/heads/new");
}

TEST_CASE("what is no listed ref is refused", "[helper]") {
  RefListing listing;
  for (const std::string& line :
       {std::string(), kOne, kOne + " ", std::string("1234 refs/heads/main"),
        std::string(39, '1') + " x", kOne + " refs/heads/a\tb",
        kOne + " refs/heads/\x1b[31m", kOne + " a\x7f"}) {
    CAPTURE(line);
    CHECK(refuses(add_listed_ref(line, listing), ErrorKind::invalid_input, ""));
  }
  CHECK(listing.refs.empty());
}

TEST_CASE("the transport's lines list the same", "[helper]") {
  RefListing listing;
  REQUIRE(works(add_helper_ref("@refs/heads/main HEAD", listing)));
  REQUIRE(works(add_helper_ref(kOne + " refs/heads/main unchanged", listing)));
  REQUIRE(works(add_helper_ref("? refs/heads/unknown", listing)));
  REQUIRE(works(add_helper_ref(":object-format sha1", listing)));
  REQUIRE(works(add_helper_ref("", listing)));
  CHECK(listing.head_target == "refs/heads/main");
  REQUIRE(listing.refs.size() == 1);
  CHECK(listing.refs[0].name == "refs/heads/main");
  for (const std::string& line :
       {std::string("refs/heads/main"), kOne + "x refs/heads/main",
        kOne + " refs/heads/\x01"}) {
    CAPTURE(line);
    CHECK(refuses(add_helper_ref(line, listing), ErrorKind::invalid_input, ""));
  }
}

TEST_CASE("HEAD alone lists the branch that it points to", "[helper]") {
  RefListing listing;
  REQUIRE(works(
      add_listed_ref(kOne + " HEAD symref-target:refs/heads/main", listing)));
  listing.list_head_target();
  listing.list_head_target();
  REQUIRE(listing.refs.size() == 2);
  CHECK(listing.refs[1].name == "refs/heads/main");
  CHECK(listing.refs[1].id.to_hex() == kOne);
}

TEST_CASE("a branch that is listed, or a detached HEAD, stays as it is",
          "[helper]") {
  RefListing listing;
  REQUIRE(works(
      add_listed_ref(kOne + " HEAD symref-target:refs/heads/main", listing)));
  REQUIRE(works(add_listed_ref(kTwo + " refs/heads/main", listing)));
  listing.list_head_target();
  REQUIRE(listing.refs.size() == 2);
  CHECK(listing.refs[1].id.to_hex() == kTwo);
  RefListing detached;
  REQUIRE(works(add_listed_ref(kOne + " HEAD", detached)));
  detached.list_head_target();
  CHECK(detached.refs.size() == 1);
}
