// SPDX-License-Identifier: Apache-2.0
#include "core/app/hook_file.h"

#include <filesystem>
#include <string>

#include "core/app/hook_limits.h"
#include "core/app/hook_marks.h"
#include "core/base/process.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::ErrorKind;
using sigstore::hook_script;
using sigstore::remove_hook_files;
using sigstore::run_command;
using sigstore::write_hook_file;

namespace {

constexpr const char* kHook = "r/hooks/reference-transaction";

sigstore::Result<void> install(const TempFolder& folder,
                               std::string_view git_dir = "r") {
  return write_hook_file(folder.make_folder(git_dir), "/bin/true",
                         folder.at("data"));
}

}  // namespace

TEST_CASE("the hook script starts a program with any name", "[app]") {
  const TempFolder folder;
  for (const char* name :
       {"plain", "with blank", "qu'ote", "$(touch x)", "a\nb"}) {
    const auto program = folder.write(name, "#!/bin/sh\necho \"ran $@\"\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    const auto script = folder.write("hook", hook_script(program.string()));
    const auto output = run_command(
        {{"sh", script.string(), "prepared"}, {}, folder.path().string()});
    REQUIRE(works(output));
    CHECK(output->status == 0);
    CHECK(output->out == "ran --file " + script.string() + " prepared\n");
    CHECK_FALSE(std::filesystem::exists(folder.at("x")));
  }
}

TEST_CASE("a hook whose program is gone refuses what comes from a remote",
          "[app]") {
  const TempFolder folder;
  const auto script = folder.write("hook", hook_script("/nowhere/hook"));
  const auto status = [&](const char* phase, const std::string& ref) {
    const std::string line = "0 1 " + ref + "\n";
    const auto output = run_command(
        {{"/bin/sh", script.string(), phase}, {{"PATH", "/bin:/usr/bin"}}, {}},
        {.input = sigstore::as_bytes(line)});
    REQUIRE(works(output));
    return output->status;
  };
  CHECK(status("prepared", "refs/remotes/origin/main") == 1);
  CHECK(status("prepared", "refs/heads/main") == 0);
  CHECK(status("committed", "refs/remotes/origin/main") == 0);
}

TEST_CASE("a hook that is there is kept, and comes back", "[app]") {
  const TempFolder folder;
  folder.write(kHook, "theirs\n");
  REQUIRE(works(install(folder)));
  CHECK(folder.read(kHook) == hook_script("/bin/true"));
  const std::string before = kHook + std::string(sigstore::kHookBefore);
  CHECK(folder.read(before) == "theirs\n");
  // Again: nothing to do, and noted once.
  REQUIRE(works(install(folder)));
  CHECK(folder.read("data/hook-files") == folder.at(kHook).string() + "\n");
  const auto removed = remove_hook_files(folder.at("data"));
  REQUIRE(works(removed));
  CHECK(*removed == std::vector<std::string>{folder.at(kHook).string()});
  CHECK(folder.read(kHook) == "theirs\n");
  CHECK_FALSE(std::filesystem::exists(folder.at(before)));
  const auto none = remove_hook_files(folder.at("data"));
  REQUIRE(works(none));
  CHECK(none->empty());
}

TEST_CASE("what is in the way is not written over", "[app]") {
  const TempFolder folder;
  folder.write(kHook, "theirs\n");
  folder.write(kHook + std::string(sigstore::kHookBefore), "older\n");
  CHECK(refuses(install(folder), ErrorKind::io, "is in the way"));
  CHECK(folder.read(kHook) == "theirs\n");
  CHECK(folder.read(kHook + std::string(sigstore::kHookBefore)) == "older\n");
}

TEST_CASE("a linked work tree gets the hook of its repository", "[app]") {
  const TempFolder folder;
  folder.write("r/worktrees/w/commondir", "../..\n");
  REQUIRE(works(install(folder, "r/worktrees/w")));
  CHECK(folder.read(kHook) == hook_script("/bin/true"));
}

TEST_CASE("noted files that are not ours are left alone", "[app]") {
  const TempFolder folder;
  const auto theirs = folder.write("theirs", "#!/bin/sh\n");
  const auto huge =
      folder.write("huge", std::string(sigstore::kHookMark) +
                               std::string(sigstore::limits::kHookFile, '#'));
  folder.write("data/hook-files", theirs.string() + "\n/nowhere\n\n" +
                                      huge.string() + "\nwithout an end");
  const auto removed = remove_hook_files(folder.at("data"));
  REQUIRE(works(removed));
  CHECK(removed->empty());
  CHECK(std::filesystem::exists(theirs));
  CHECK(std::filesystem::exists(huge));
  folder.write("data/hook-files",
               std::string(sigstore::limits::kHookNotes + 1, 'x'));
  CHECK(refuses(remove_hook_files(folder.at("data")), ErrorKind::invalid_input,
                "larger than"));
}
