// SPDX-License-Identifier: Apache-2.0
#include "hooks/hook_need.h"

#include <filesystem>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using sigstore::GitFolders;
using sigstore::HookCall;
using sigstore::kSignedPushNote;
using sigstore::needs_us;

namespace {

const std::string kZero(40, '0');
const std::string kOne(40, '1');

HookCall prepared(const std::string& lines) {
  return {"reference-transaction", {"prepared"}, lines};
}

}  // namespace

TEST_CASE("local commits, deletions and symbolic refs need no check",
          "[hooks]") {
  const TempFolder folder;
  folder.write("index", "");
  const GitFolders here{folder.path().string(), folder.path().string()};
  CHECK_FALSE(needs_us(prepared(""), here));
  CHECK_FALSE(
      needs_us(prepared(kZero + " " + kOne + " refs/heads/main\n"), here));
  CHECK_FALSE(
      needs_us(prepared(kOne + " " + kZero + " refs/remotes/o/x\n"), here));
  CHECK_FALSE(needs_us(
      prepared(kZero + " ref:refs/heads/x refs/remotes/o/HEAD\n"), here));
  CHECK_FALSE(needs_us(prepared(kZero + " " + kOne + " ORIG_HEAD\n"), here));
  CHECK_FALSE(needs_us({"reference-transaction", {"aborted"}, ""}, here));
}

TEST_CASE("what a remote may have sent needs a check", "[hooks]") {
  const TempFolder folder;
  folder.write("index", "");
  const GitFolders here{folder.path().string(), folder.path().string()};
  const std::string local = kZero + " " + kOne + " refs/heads/main\n";
  CHECK(needs_us(prepared(kZero + " " + kOne + " refs/remotes/o/x\n"), here));
  CHECK(needs_us(prepared(kZero + " " + kOne + " refs/prefetch/x\n"), here));
  CHECK(needs_us(prepared(local + kZero + " " + kOne + " refs/remotes/o/x"),
                 here));
  CHECK(needs_us(prepared("what is"), here));
  // A branch that is set to what was fetched last.
  folder.write("FETCH_HEAD", kOne + "\t\tbranch 'main' of https://h/o/m\n");
  CHECK(needs_us(prepared(local), here));
  // Without an index it is a clone, and any ref may be the server's.
  const TempFolder bare;
  const GitFolders clone{bare.path().string(), bare.path().string()};
  CHECK(needs_us(prepared(local), clone));
}

TEST_CASE("what cannot be told needs a check", "[hooks]") {
  CHECK(needs_us(prepared(""), GitFolders{}));
  CHECK(needs_us({"reference-transaction", {"committed"}, ""}, GitFolders{}));
  CHECK(needs_us({"post-checkout", {}, ""}, GitFolders{}));
}

TEST_CASE("other events need us when there is something in them", "[hooks]") {
  const TempFolder folder;
  const GitFolders here{folder.path().string(), folder.path().string()};
  CHECK_FALSE(needs_us({"pre-push", {"origin", "url"}, ""}, here));
  CHECK(needs_us({"pre-push", {"origin", "url"}, "x"}, here));
  CHECK_FALSE(needs_us({"post-checkout", {kOne, kOne, "0"}, ""}, here));
  CHECK(needs_us({"post-checkout", {kOne, kOne, "1"}, ""}, here));
  CHECK(needs_us({"post-merge", {"0"}, ""}, here));
  CHECK_FALSE(needs_us({"post-commit", {}, ""}, here));
  const HookCall committed{"reference-transaction", {"committed"}, ""};
  CHECK_FALSE(needs_us(committed, here));
  folder.write(std::string(kSignedPushNote), "");
  CHECK(needs_us(committed, here));
}

TEST_CASE("the folders of a repository are found by what git says", "[hooks]") {
  const TempFolder folder;
  folder.write("linked/commondir", "../..\n");
  const std::string linked = folder.at("linked").string();
  const GitFolders found = GitFolders::find(linked);
  CHECK(found.git_dir == linked);
  CHECK(found.common_dir == linked + "/../..");
  CHECK(GitFolders::find(folder.at("none").string()).git_dir.empty());
}
