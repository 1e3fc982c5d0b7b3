// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/index.h"

#include <filesystem>
#include <system_error>

namespace test_hub {
namespace {

constexpr char kAttributes[] = ".gitattributes";

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// gitattributes(5): a pattern ends at white space, and some characters mean
// more than themselves.
std::string to_pattern(const std::string& path) {
  std::string pattern;
  for (const char byte : path) {
    if (byte == ' ') {
      pattern += "[[:space:]]";
    } else {
      if (std::string_view("*?[]\\").find(byte) != std::string_view::npos) {
        pattern += '\\';
      }
      pattern += byte;
    }
  }
  return pattern;
}

}  // namespace

Index::Index(Hub& hub, const Repository& repository, const std::string& commit)
    : hub_(hub), repository_(repository) {
  // Git takes an empty file for a broken index, a missing one for none.
  const auto file = make_temporary_file(hub.spool());
  is_good_ = file.has_value();
  if (!file) return;
  path_ = file->path.string();
  std::error_code ignored;
  std::filesystem::remove(file->path, ignored);
  if (!commit.empty()) run({.arguments = {"read-tree", commit}});
}

Index::~Index() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

std::optional<std::string> Index::run(GitRun run) {
  if (!is_good_) return std::nullopt;
  run.environment.push_back("GIT_INDEX_FILE=" + path_);
  auto output = run_git(hub_, repository_, run);
  is_good_ = output.has_value();
  return output;
}

void Index::add(const std::string& path, const std::string& content) {
  const auto blob =
      run({.arguments = {"hash-object", "-w", "--stdin"}, .input = content});
  if (blob) add_blob(path, first_line(*blob));
}

void Index::add_blob(const std::string& path, const std::string& blob) {
  run({.arguments = {"update-index", "-z", "--add", "--replace",
                     "--index-info"},
       .input = "100644 " + blob + "\t" + path + '\0'});
}

void Index::remove(const std::string& path) {
  run({.arguments = {"update-index", "-z", "--index-info"},
       .input = "0 " + std::string(40, '0') + "\t" + path + '\0'});
}

std::vector<bool> Index::are_lfs(const std::vector<std::string>& paths) {
  std::string input;
  for (const auto& path : paths) input += path + '\0';
  std::vector<bool> answers(paths.size(), false);
  if (paths.empty()) return answers;
  // Output: path, attribute and value, each with a NUL behind it.
  const auto output =
      run({.arguments = {"check-attr", "--cached", "-z", "--stdin", "filter"},
           .input = input});
  const auto fields = split(output ? std::string_view(*output) : "", '\0');
  for (size_t i = 0; i < paths.size() && i * 3 + 2 < fields.size(); ++i) {
    answers[i] = fields[i * 3 + 2] == "lfs";
  }
  return answers;
}

void Index::track(const std::vector<std::string>& paths) {
  const auto tracked = are_lfs(paths);
  std::string rules;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (tracked[i]) continue;
    rules += to_pattern(paths[i]) + " filter=lfs diff=lfs merge=lfs -text\n";
  }
  if (rules.empty()) return;
  // Listed first, for a missing file would count as a failure.
  const auto listed =
      run({.arguments = {"ls-files", "--cached", "--", kAttributes}});
  std::string content;
  if (listed && !listed->empty()) {
    content =
        run({.arguments = {"cat-file", "blob", std::string(":") + kAttributes}})
            .value_or("");
  }
  if (!content.empty() && content.back() != '\n') content += '\n';
  add(kAttributes, content + rules);
}

std::optional<std::string> Index::commit(const std::string& parent,
                                         const std::string& author,
                                         const std::string& message) {
  const auto tree = run({.arguments = {"write-tree"}});
  if (!tree) return std::nullopt;
  GitRun run_commit = {
      .arguments = {"commit-tree", first_line(*tree)},
      .input = message,
      .environment = {"GIT_AUTHOR_NAME=" + author,
                      "GIT_AUTHOR_EMAIL=" + author + "@example.org",
                      "GIT_COMMITTER_NAME=" + author,
                      "GIT_COMMITTER_EMAIL=" + author + "@example.org"}};
  if (!parent.empty()) {
    run_commit.arguments.insert(run_commit.arguments.end(), {"-p", parent});
  }
  const auto id = run(std::move(run_commit));
  if (!id) return std::nullopt;
  return first_line(*id);
}

bool move_ref(Hub& hub, const Repository& repository, const std::string& ref,
              const std::string& to, const std::string& from) {
  const std::string nothing(40, '0');
  const auto moved =
      run_git(hub, repository,
              {.arguments = {"update-ref", ref, to.empty() ? nothing : to,
                             from.empty() ? nothing : from}});
  return moved.has_value();
}

}  // namespace test_hub
