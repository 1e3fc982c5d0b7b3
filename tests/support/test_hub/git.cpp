// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/git.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "tests/support/test_hub/listing.h"
#include "tests/support/test_hub/process.h"

namespace test_hub {
namespace {

bool is_commit_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool is_repository(const Hub& hub, const Repository& repository) {
  std::error_code ignored;
  return std::filesystem::is_directory(repository.path(hub.root), ignored);
}

bool create_repository(Hub& hub, const Repository& repository,
                       const std::string& format) {
  auto git = Process::start({
      .arguments = {"git", "init", "--quiet", "--bare", "--template=",
                    "--initial-branch=main", "--object-format=" + format,
                    repository.path(hub.root).string()},
      .environment = git_environment(hub.root.string(), {}),
      .error_output = hub.requests.file(),
  });
  return git && git->wait();
}

FileDescriptor run_git_to_file(Hub& hub, const Repository& repository,
                               const GitRun& run) {
  FileDescriptor input;
  if (!run.input.empty()) {
    input = make_anonymous_file(hub.spool());
    if (!write_all(input.get(), run.input)) return {};
    lseek(input.get(), 0, SEEK_SET);
  }
  FileDescriptor output = make_anonymous_file(hub.spool());
  if (!output) return {};
  std::vector<std::string> arguments = {"git", "-C",
                                        repository.path(hub.root).string()};
  arguments.insert(arguments.end(), run.arguments.begin(), run.arguments.end());
  // Dates as the Hub writes them: huggingface_hub takes no others.
  auto environment = git_environment(
      hub.root.string(), {{"log.date", "format-local:%Y-%m-%dT%H:%M:%S.000Z"}});
  environment.push_back("TZ=UTC");
  environment.insert(environment.end(), run.environment.begin(),
                     run.environment.end());
  auto git = Process::start({
      .arguments = std::move(arguments),
      .environment = std::move(environment),
      .input = input ? input.get() : -1,
      .output = output.get(),
      .error_output = hub.requests.file(),
  });
  if (!git || !git->wait()) return {};
  return output;
}

std::optional<std::string> run_git(Hub& hub, const Repository& repository,
                                   const GitRun& run) {
  const FileDescriptor output = run_git_to_file(hub, repository, run);
  if (!output) return std::nullopt;
  return read_back(output);
}

std::optional<std::string> resolve_revision(Hub& hub,
                                            const Repository& repository,
                                            const std::string& revision) {
  std::vector<std::string> names = {"refs/heads/" + revision,
                                    "refs/tags/" + revision};
  if (revision.starts_with("refs/")) names.push_back(revision);
  if (is_commit_id(revision)) {
    // Most of a download asks for a commit that was listed before: without
    // git, or a thousand small files would take thousands of processes.
    if (hub.listings.find(listing_key(repository, revision))) return revision;
    names = {revision};
  }
  for (const auto& name : names) {
    const auto found =
        run_git(hub, repository,
                {.arguments = {"rev-parse", "--verify", "--quiet",
                               "--end-of-options", name + "^{commit}"}});
    // rev-parse repeats "--end-of-options" in some versions.
    if (found) return std::string(split(*found, '\n').back());
  }
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

}  // namespace test_hub
