// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/http/url.h"
#include "hub-client/hub/repo_name.h"

namespace sigstore::hub {

inline constexpr std::string_view kDefaultEndpoint = "https://huggingface.co";
inline constexpr std::string_view kStagingEndpoint =
    "https://hub-ci.huggingface.co";

// Where the Hub is (HF_ENDPOINT), and the one place that decides who may see
// its token. Pure.
class Endpoint {
 public:
  // The public Hub.
  Endpoint();
  // "https://hub.example.org" or "http://127.0.0.1:8000/hf"; slashes at the
  // end are dropped, a query is refused.
  static Result<Endpoint> parse(std::string_view url);

  const std::string& text() const { return text_; }
  // As RepoId has it: "huggingface.co", "127.0.0.1:8000".
  std::string host() const;

  // On this scheme, host and port? A URL that cannot be read is not.
  bool is_here(std::string_view url) const;
  // The host rule: the token goes to URLs that are here, and nowhere else; nor
  // over plain http to another machine.
  bool may_see_token(std::string_view url) const;

  // What a server that believes to be the public Hub (or its staging copy)
  // calls itself, as we reach it; other URLs stay as they are.
  std::string own_url(std::string_view url) const;

  // The URL that a Location header leads to from `base` (RFC 3986 section 5.2,
  // without fragments), by own_url(). invalid_input for what is no http URL.
  Result<std::string> follow(std::string_view base,
                             std::string_view location) const;

  // "<endpoint>/api/models/org/model", and below it: "tree/<revision>".
  std::string api(const RepoName& repo, std::string_view below = "") const;
  // "<endpoint>/<below>"
  std::string at(std::string_view below) const;
  // The page of the repository, which is also its URL for git.
  std::string page(const RepoName& repo) const;
  std::string resolve(const RepoName& repo, const git::CommitId& commit,
                      std::string_view path) const;

 private:
  Endpoint(std::string text, http::Url url)
      : text_(std::move(text)), url_(std::move(url)) {}
  std::string text_;
  http::Url url_;
};

// A revision as one component of a URL: "refs/pr/1" -> "refs%2Fpr%2F1".
std::string escape_revision(std::string_view revision);
// The path of a file: slashes stay.
std::string escape_path(std::string_view path);

// The URL of the entry `relation` in a Link header (RFC 8288); "" when there
// is none.
std::string link_target(std::string_view header, std::string_view relation);

}  // namespace sigstore::hub
