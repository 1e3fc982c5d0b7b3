// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/session.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "hooks/ref_updates.h"

namespace sigstore {

// A remote as the configuration has it.
struct Remote {
  std::string name;
  std::string url;          // the first, without "sigstore::"
  bool has_helper = false;  // vcs = sigstore: the helper looks after it, too
  std::vector<Refspec> fetch;
};

Result<std::vector<Remote>> read_remotes(const git::Git& git);

// https://host/path for http, https and ssh URLs ("git@host:path"); nothing
// for what has no host.
std::optional<std::string> web_url(std::string_view url);

// What to ask of a remote, or nothing when it is not protected: its URL is no
// http, https or ssh; no installed host, no helper and no trust names it; or
// the user switched it off. An error means that this could not be told.
Result<std::optional<Session>> open_session(const git::Git& git,
                                            const Remote& remote);

}  // namespace sigstore
