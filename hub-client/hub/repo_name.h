// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sigstore::hub {

enum class RepoType : std::uint8_t { model, dataset, space };

// "model", "dataset" or "space".
std::string_view type_name(RepoType type);
Result<RepoType> parse_type(std::string_view name);

// A repository of the Hub: "org/model", or "gpt2" as it was once allowed.
struct RepoName {
  RepoType type = RepoType::model;
  std::string id;

  // By the rules of huggingface_hub's validate_repo_id: letters, digits, "-",
  // "_", ".", 96 characters at most; no "--", no "..", neither "-" nor "." at
  // an end of a part, no ".git".
  static Result<RepoName> make(RepoType type, std::string_view id);

  // What stands before the id in URLs of pages, files and git: "",
  // "datasets/", "spaces/".
  std::string path() const;      // "datasets/org/data"
  std::string api_path() const;  // "api/datasets/org/data"
  // The folder in the cache: "datasets--org--data".
  std::string folder() const;

  bool operator==(const RepoName&) const = default;
};

// What people type where a repository is meant.
struct Target {
  RepoName repo;
  std::string revision;  // "" when it was not said
  std::string path;      // in the repository; "" for all of it
};

// "org/model", "datasets/org/data", "org/model@v1",
// "hf://datasets/org/data@refs/pr/3/some/file". `type`, from an option, must
// not contradict the prefix. A path is for "hf://" only.
Result<Target> parse_target(std::string_view text,
                            std::optional<RepoType> type = std::nullopt);

}  // namespace sigstore::hub
