// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/git/ids.h"
#include "hub-client/download/download.h"
#include "hub-client/hub/hub.h"
#include "hub-client/hub/repo_name.h"

namespace sigstore::hub {

// The files of one commit of a repository of the Hub. Pure.
class HubSource final : public ContentSource {
 public:
  // `paths`: of the wanted files, in their order.
  HubSource(HubOptions options, RepoName repo, git::CommitId commit,
            std::vector<std::string> paths)
      : options_(std::move(options)),
        repo_(std::move(repo)),
        commit_(std::move(commit)),
        paths_(std::move(paths)) {}

  Result<ContentRequest> first(std::size_t file) const override;
  // The token goes to the Hub, as long as nobody has sent us away from it:
  // what comes back from elsewhere comes without it.
  Result<ContentRequest> follow(std::size_t file, const ContentRequest& asked,
                                std::string_view location) const override;
  Error refusal(std::size_t file, const ContentRequest& asked,
                const http::Response& answer) const override;

 private:
  std::string name_of(std::size_t file) const;

  HubOptions options_;
  RepoName repo_;
  git::CommitId commit_;
  std::vector<std::string> paths_;
};

}  // namespace sigstore::hub
