// SPDX-License-Identifier: Apache-2.0
#include "hooks/ref_updates.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::parse_fetch_head;
using sigstore::parse_pushed_refs;
using sigstore::parse_ref_updates;
using sigstore::Refspec;

namespace {

const std::string kZero(40, '0');
const std::string kOne(40, '1');
const std::string kTwo(64, '2');

}  // namespace

TEST_CASE("ref updates: symbolic refs and deletions bring nothing", "[hooks]") {
  const auto updates = parse_ref_updates(
      kZero + " " + kOne + " refs/heads/main\n" + kOne + " " + kZero +
      " refs/heads/gone\n" + kZero + " ref:refs/heads/main HEAD\n" + kOne +
      " " + kTwo + " refs/remotes/origin/main\n");
  REQUIRE(works(updates));
  REQUIRE(updates->size() == 2);
  CHECK((*updates)[0].ref == "refs/heads/main");
  CHECK((*updates)[0].after.to_hex() == kOne);
  CHECK((*updates)[1].after.to_hex() == kTwo);
  CHECK(works(parse_ref_updates("")));
}

TEST_CASE("ref updates: what is not understood is refused", "[hooks]") {
  for (const std::string& line :
       {std::string("\n"), kZero + " " + kOne, kZero + " " + kOne + " ",
        kZero + " 12 refs/heads/main", kZero + "  " + kOne + " x",
        kZero + " " + kOne + " refs/heads/a b"}) {
    CAPTURE(line);
    CHECK(refuses(parse_ref_updates(line), ErrorKind::invalid_input,
                  "not understood"));
  }
}

TEST_CASE("pushed refs: the local side may be an expression", "[hooks]") {
  const auto pushed = parse_pushed_refs(
      "HEAD@{1 day ago} " + kOne + " refs/heads/main " + kZero + "\n(delete) " +
      kZero + " refs/heads/old " + kOne + "\n");
  REQUIRE(works(pushed));
  REQUIRE(pushed->size() == 2);
  CHECK((*pushed)[0].local_ref == "HEAD@{1 day ago}");
  CHECK((*pushed)[0].local_id.to_hex() == kOne);
  CHECK((*pushed)[0].remote_ref == "refs/heads/main");
  CHECK((*pushed)[1].local_ref == "(delete)");
  CHECK(refuses(parse_pushed_refs("a b c\n"), ErrorKind::invalid_input,
                "pre-push"));
  CHECK(refuses(parse_pushed_refs("a b c d\n"), ErrorKind::invalid_input,
                "pre-push"));
}

TEST_CASE("refspecs map both ways", "[hooks]") {
  const auto heads = Refspec::parse("+refs/heads/*:refs/remotes/origin/*");
  REQUIRE(heads);
  CHECK(heads->source_of("refs/remotes/origin/a/b") == "refs/heads/a/b");
  CHECK(heads->destination_of("refs/heads/main") == "refs/remotes/origin/main");
  CHECK_FALSE(heads->source_of("refs/remotes/other/main"));
  CHECK_FALSE(heads->source_of("refs/remotes/origin"));
  const auto single = Refspec::parse("refs/heads/main:refs/keep");
  REQUIRE(single);
  CHECK(single->source_of("refs/keep") == "refs/heads/main");
  CHECK_FALSE(single->source_of("refs/keep2"));
  const auto middle = Refspec::parse("refs/*/head:refs/x/*/y");
  REQUIRE(middle);
  CHECK(middle->source_of("refs/x/7/y") == "refs/7/head");
  CHECK_FALSE(middle->source_of("refs/x/y"));
  for (const char* text : {"^refs/heads/x", "refs/heads/x", "refs/heads/x:"})
    CHECK_FALSE(Refspec::parse(text));
}

TEST_CASE("FETCH_HEAD says what came from where", "[hooks]") {
  const auto fetched = parse_fetch_head(
      kOne + "\t\tbranch 'main' of https://h/o/m\n" + kOne +
      "\tnot-for-merge\ttag 'v1' of https://h/o/m\n" + kTwo +
      "\t\thttps://h/o/m\n" + kOne + "\t\t'refs/pr/1' of ../evil.bundle\n" +
      "broken\n12\t\tx\n" + kOne + "\tonly one\n");
  REQUIRE(fetched.size() == 4);
  CHECK(fetched[0].ref == "refs/heads/main");
  CHECK(fetched[0].url == "https://h/o/m");
  CHECK(fetched[1].ref == "refs/tags/v1");
  CHECK(fetched[2].ref == "HEAD");
  CHECK(fetched[2].id.to_hex() == kTwo);
  CHECK(fetched[3].ref == "refs/pr/1");
  CHECK(fetched[3].url == "../evil.bundle");
}
