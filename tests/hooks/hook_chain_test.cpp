// SPDX-License-Identifier: Apache-2.0
#include "hooks/hook_chain.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/app/hook_limits.h"
#include "core/app/hook_marks.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::find_chained;
using sigstore::find_hooks_path;
using sigstore::GitFolders;
using sigstore::HookCall;
using sigstore::parent_in_stat;

namespace {

using Programs = std::vector<std::vector<std::string>>;

std::string runnable(const TempFolder& folder, std::string_view name,
                     std::string_view text) {
  const std::filesystem::path path = folder.write(name, text);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path.string();
}

// A repository with our file in a folder of ours.
struct Setting {
  TempFolder folder;
  std::string ours = folder.write("ours/pre-push", "#!/bin/sh\n").string();
  GitFolders folders{folder.make_folder("r/.git").string(),
                     folder.at("r/.git").string()};

  Programs chained(const std::string& event) const {
    return find_chained({event, {}, ""}, ours, folders);
  }
};

}  // namespace

TEST_CASE("core.hooksPath is found where git finds it", "[hooks]") {
  CHECK(find_hooks_path("[core]\n\thooksPath = .husky/_\n") == ".husky/_");
  CHECK(find_hooks_path("[CORE]\nHOOKSPATH=a b \r\n") == "a b");
  CHECK(find_hooks_path("[core] hooksPath = \"/x y\"") == "/x y");
  CHECK(find_hooks_path("[core]\nhooksPath = a\n[core]\nhooksPath = b\n") ==
        "b");
  for (const char* text :
       {"", "hooksPath = a\n", "[core]\n# hooksPath = a\n",
        "[alias]\nx = hooksPath = a\nhooksPath = b\n", "[core]\nhooksPath\n",
        "[core]\n[user]\nhooksPath = a\n", "[core \"x\"]\nhooksPath = a\n",
        "[core]\nhooksPathology = a\n"})
    CHECK(find_hooks_path(text).empty());
}

TEST_CASE("the parent stands behind a name that may hold brackets", "[hooks]") {
  CHECK(parent_in_stat("12 (git) S 7 12 12 0") == 7);
  CHECK(parent_in_stat("12 (a) S 9) R 41 1") == 41);
  for (const char* text :
       {"", "12", "12 (git)", "12 (git) ", "12 (git) S", "12 (git) S ",
        "12 (git) S x", "12 (git) S -4", "12 (git) S 99999999999999999999"})
    CHECK(parent_in_stat(text) == 0);
}

TEST_CASE("the repository's own hook runs where ours is in front", "[hooks]") {
  const Setting here;
  CHECK(here.chained("commit-msg").empty());
  const std::string plain =
      runnable(here.folder, "r/.git/hooks/commit-msg", "#!/bin/sh\n");
  CHECK(here.chained("commit-msg") == Programs{{plain}});
  // Not what cannot be run, and none that is ours.
  here.folder.write("r/.git/hooks/post-rewrite", "#!/bin/sh\n");
  CHECK(here.chained("post-rewrite").empty());
  runnable(here.folder, "r/.git/hooks/post-commit",
           "#!/bin/sh\n" + std::string(sigstore::kHookMark) + "\n");
  CHECK(here.chained("post-commit").empty());
  // Its own core.hooksPath comes first.
  const std::string husky =
      runnable(here.folder, "husky/commit-msg", "#!/bin/sh\n");
  here.folder.write("r/.git/config",
                    "[core]\nhooksPath = " + here.folder.at("husky").string());
  CHECK(here.chained("commit-msg") == Programs{{husky}});
}

TEST_CASE("a hook of the same name that was there before runs", "[hooks]") {
  const Setting here;
  const std::string before = runnable(
      here.folder, "ours/pre-push" + std::string(sigstore::kHookBefore),
      "#!/bin/sh\ngit lfs pre-push\n");
  here.folder.make_folder("r/.git/lfs");
  // It calls git-lfs itself.
  CHECK(here.chained("pre-push") == Programs{{before}});
}

TEST_CASE("git-lfs runs where nobody else calls it", "[hooks]") {
  const Setting here;
  here.folder.make_folder("r/.git/lfs");
  for (const char* event :
       {"pre-push", "post-checkout", "post-commit", "post-merge"})
    CHECK(here.chained(event) == Programs{{"git", "lfs", event}});
  CHECK(here.chained("reference-transaction").empty());
  // A hook longer than any is: not read, so git-lfs runs once more than
  // needed, and never once less.
  const std::string huge =
      runnable(here.folder, "r/.git/hooks/pre-push",
               "#!/bin/sh\n" + std::string(sigstore::limits::kHookFile, '#') +
                   "\ngit lfs pre-push\n");
  CHECK(here.chained("pre-push") ==
        Programs{{huge}, {"git", "lfs", "pre-push"}});
}

TEST_CASE("chained hooks get arguments and stdin, and the first no counts",
          "[hooks]") {
  // A hook may end without reading; every main of ours is prepared for it.
  std::signal(SIGPIPE, SIG_IGN);
  const TempFolder folder;
  const std::string out = folder.at("out").string();
  const std::string writes =
      runnable(folder, "a", "#!/bin/sh\n{ echo \"$@\"; cat; } >>" + out + "\n");
  const std::string refuses_all = runnable(folder, "b", "#!/bin/sh\nexit 9\n");
  const HookCall call{"pre-push", {"origin", "u r l"}, "line\n"};
  const auto good = sigstore::run_chained({{writes}, {writes}}, call);
  REQUIRE(works(good));
  CHECK(*good == 0);
  CHECK(folder.read("out") == "origin u r l\nline\norigin u r l\nline\n");
  const auto bad = sigstore::run_chained({{refuses_all}, {writes}}, call);
  REQUIRE(works(bad));
  CHECK(*bad == 9);
  CHECK(folder.read("out").size() == 36);
}

TEST_CASE("only an ancestor switches the recursion off", "[hooks]") {
  const char* name = "SIGSTORE_TEST_ANCESTOR";
  const auto below = [&](const std::string& value) {
    setenv(name, value.c_str(), 1);
    return sigstore::is_below_process(name);
  };
  CHECK(below(std::to_string(getpid())));
  CHECK(below(std::to_string(getppid())));
  for (const char* value : {"", "1", "0", "-1", "x", "999999999", "12x"})
    CHECK_FALSE(below(value));
  unsetenv(name);
  CHECK_FALSE(sigstore::is_below_process(name));
}
