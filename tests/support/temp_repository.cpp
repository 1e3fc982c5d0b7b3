// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temp_repository.h"

#include <utility>

#include "core/git/libgit2_reader.h"
#include "tests/core/refuses.h"

namespace {

sigstore::git::Git private_git(const std::filesystem::path& folder) {
  sigstore::git::Git git = sigstore::git::Git().in_directory(folder.string());
  const std::vector<std::pair<std::string, std::string>> environment{
      {"HOME", folder.string()},
      {"XDG_CONFIG_HOME", folder.string()},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_ATTR_NOSYSTEM", "1"},
      {"GIT_AUTHOR_NAME", "A"},
      {"GIT_AUTHOR_EMAIL", "a@example.org"},
      {"GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"},
      {"GIT_COMMITTER_NAME", "A"},
      {"GIT_COMMITTER_EMAIL", "a@example.org"},
      {"GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"},
      {"GIT_CEILING_DIRECTORIES", folder.parent_path().string()}};
  for (const auto& [name, value] : environment) git = git.with(name, value);
  return git;
}

}  // namespace

TempRepository::TempRepository(std::string_view object_format)
    : git_(private_git(folder_.path())) {
  run({"init", "--quiet", "--initial-branch=main",
       sigstore::concat("--object-format=", object_format), "."});
}

TempRepository::TempRepository(const TempRepository& source, int depth)
    : git_(private_git(folder_.path())) {
  run({"clone", "--quiet", "--depth=" + std::to_string(depth),
       "file://" + source.folder().path().string(), "."});
}

sigstore::git::Git TempRepository::git_in(
    const std::filesystem::path& path) const {
  return git_.in_directory(path.string());
}

std::string TempRepository::run(std::vector<std::string> arguments,
                                std::string_view input) const {
  const auto output =
      git_.read(std::move(arguments), {.input = sigstore::as_bytes(input)});
  REQUIRE(works(output));
  return *output;
}

sigstore::git::CommitId TempRepository::commit_all(
    std::string_view message) const {
  run({"add", "--all", "--force"});
  run({"commit", "--quiet", "--allow-empty", "-m", std::string(message)});
  return head();
}

sigstore::git::ObjectId TempRepository::write_blob(
    std::string_view content) const {
  const auto id = sigstore::git::ObjectId::parse_hex(
      run({"hash-object", "-w", "--stdin"}, content));
  REQUIRE(id.has_value());
  return *id;
}

sigstore::git::CommitId TempRepository::head() const {
  const auto commit = git_.resolve_commit("HEAD");
  REQUIRE(works(commit));
  return *commit;
}

std::unique_ptr<sigstore::git::ObjectReader> TempRepository::objects() const {
  const auto folder = git_.objects_folder();
  REQUIRE(works(folder));
  auto reader = sigstore::git::Libgit2Reader::open({*folder});
  REQUIRE(works(reader));
  return std::move(*reader);
}
