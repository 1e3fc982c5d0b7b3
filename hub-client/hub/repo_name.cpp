// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/repo_name.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sigstore::hub {
namespace {

constexpr std::size_t kMostCharacters = 96;

struct Prefix {
  std::string_view text;
  RepoType type;
};
constexpr std::array<Prefix, 3> kPrefixes{{{"models/", RepoType::model},
                                           {"datasets/", RepoType::dataset},
                                           {"spaces/", RepoType::space}}};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool is_part(std::string_view part) {
  const auto at_end = [](char c) { return c == '-' || c == '.'; };
  return !part.empty() && part.size() <= kMostCharacters &&
         std::all_of(part.begin(), part.end(), is_name_character) &&
         !at_end(part.front()) && !at_end(part.back()) &&
         part.find("--") == std::string_view::npos &&
         part.find("..") == std::string_view::npos;
}

bool is_id(std::string_view id) {
  const std::size_t slash = id.find('/');
  if (slash == std::string_view::npos) return is_part(id);
  return is_part(id.substr(0, slash)) && is_part(id.substr(slash + 1));
}

// How long the revision is at the start of "refs/pr/3/some/file".
std::size_t revision_length(std::string_view text) {
  std::size_t slashes = 1;
  if (text.starts_with("refs/pr/") || text.starts_with("refs/convert/"))
    slashes = 3;
  std::size_t end = 0;
  for (; slashes > 0; --slashes) {
    end = text.find('/', end);
    if (end == std::string_view::npos) return text.size();
    ++end;
  }
  return end - 1;
}

Result<Target> make_target(RepoType type, std::string_view text,
                           bool has_path) {
  const std::size_t at = text.find('@');
  std::string_view id = text.substr(0, at);
  Target target;
  if (at != std::string_view::npos) {
    std::string_view rest = text.substr(at + 1);
    const std::size_t length = has_path ? revision_length(rest) : rest.size();
    if (length == 0)
      return fail(ErrorKind::invalid_input, "there is no revision after '@'");
    target.revision = rest.substr(0, length);
    if (length < rest.size()) target.path = rest.substr(length + 1);
  } else if (has_path) {
    const std::size_t first = id.find('/');
    const std::size_t second =
        first == std::string_view::npos ? first : id.find('/', first + 1);
    if (second != std::string_view::npos) {
      target.path = id.substr(second + 1);
      id = id.substr(0, second);
    }
  }
  TRY_ASSIGN(target.repo, RepoName::make(type, id));
  return target;
}

}  // namespace

std::string_view type_name(RepoType type) {
  switch (type) {
    case RepoType::model:
      return "model";
    case RepoType::dataset:
      return "dataset";
    case RepoType::space:
      return "space";
  }
  return "";
}

Result<RepoType> parse_type(std::string_view name) {
  for (const Prefix& prefix : kPrefixes)
    if (type_name(prefix.type) == name) return prefix.type;
  return fail(ErrorKind::invalid_input, "there is no repository type '", name,
              "' (model, dataset, space)");
}

Result<RepoName> RepoName::make(RepoType type, std::string_view id) {
  if (!is_id(id) || id.ends_with(".git"))
    return fail(ErrorKind::invalid_input, "'", id,
                "' is no name of a repository, such as org/model");
  return RepoName{type, std::string(id)};
}

std::string RepoName::path() const {
  if (type == RepoType::model) return id;
  return concat(type_name(type), "s/", id);
}

std::string RepoName::api_path() const {
  return concat("api/", type_name(type), "s/", id);
}

std::string RepoName::folder() const {
  std::string name = concat(type_name(type), "s/", id);
  for (std::size_t at = 0; (at = name.find('/', at)) != std::string::npos;)
    name.replace(at, 1, "--");
  return name;
}

Result<Target> parse_target(std::string_view text,
                            std::optional<RepoType> type) {
  constexpr std::string_view kScheme = "hf://";
  const std::string_view typed = text;
  const bool is_uri = text.starts_with(kScheme);
  if (is_uri) text.remove_prefix(kScheme.size());
  std::optional<RepoType> named;
  for (const Prefix& prefix : kPrefixes)
    if (text.starts_with(prefix.text)) {
      named = prefix.type;
      text.remove_prefix(prefix.text.size());
      break;
    }
  if (named && type && *named != *type)
    return fail(ErrorKind::invalid_input, "'", typed, "' is not a ",
                type_name(*type));
  return make_target(named.value_or(type.value_or(RepoType::model)), text,
                     is_uri);
}

}  // namespace sigstore::hub
