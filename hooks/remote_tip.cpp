// SPDX-License-Identifier: Apache-2.0
#include "hooks/remote_tip.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/process.h"

namespace sigstore {
namespace {

// git as the user would run it, so that credentials are found; never in the
// repository where they stand.
Result<std::string> run_git(const std::string& folder,
                            const std::vector<std::string>& arguments) {
  Command command{
      {"git", "--git-dir=" + folder, "-c", "core.hooksPath=/dev/null"},
      {{"GIT_WORK_TREE", std::nullopt},
       {"GIT_OBJECT_DIRECTORY", std::nullopt},
       {"GIT_ALTERNATE_OBJECT_DIRECTORIES", std::nullopt},
       {"LC_ALL", "C"}}};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  TRY_ASSIGN(CommandOutput output, run_command(command, {.pass_stderr = true}));
  if (output.status != 0)
    return fail(ErrorKind::network, "git ", arguments[0],
                " ended with exit code ", output.status);
  return std::move(output.out);
}

// "ref: refs/heads/main\tHEAD"
Result<std::string> head_of(const std::string& folder, const std::string& url) {
  TRY_ASSIGN(const std::string text,
             run_git(folder, {"ls-remote", "--symref", url, "HEAD"}));
  constexpr std::string_view kSymref = "ref: ";
  const std::size_t tab = text.find('\t');
  if (!text.starts_with(kSymref) || tab == std::string::npos)
    return fail(ErrorKind::not_found, "the server names no default branch");
  return text.substr(kSymref.size(), tab - kSymref.size());
}

}  // namespace

Result<RemoteTip> fetch_remote_tip(const std::string& url,
                                   const std::string& ref) {
  std::error_code error;
  const std::filesystem::path place =
      std::filesystem::temp_directory_path(error);
  if (error)
    return fail(ErrorKind::io, "no temporary folder: ", error.message());
  TRY_ASSIGN(
      TemporaryDirectory folder,
      TemporaryDirectory::create((place / "hf-sigstore-XXXXXX").string()));
  const std::string path = folder.path().string();
  const git::Git git = git::Git().in_directory(path);
  TRY(git.read({"init", "--quiet", "--bare", "--template=", "."}));
  std::string name = ref;
  if (name.empty()) {
    TRY_ASSIGN(name, head_of(path, url));
  } else if (!name.starts_with("refs/")) {
    name = "refs/heads/" + name;
  }
  TRY(run_git(path, {"fetch", "--quiet", "--no-tags", "--depth=1", url,
                     "+" + name + ":refs/sigstore/tip"}));
  TRY_ASSIGN(const git::CommitId commit,
             git.resolve_commit("refs/sigstore/tip"));
  return RemoteTip{std::move(folder), git, std::move(name), commit};
}

}  // namespace sigstore
