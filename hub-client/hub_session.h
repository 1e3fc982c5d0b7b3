// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/app/command_line.h"
#include "core/app/settings.h"
#include "core/app/terminal.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/http/client.h"
#include "hub-client/hub/hub.h"
#include "hub-client/hub/hub_settings.h"
#include "hub-client/hub/repo_name.h"

namespace sigstore::hub {

// What every verb that talks to the Hub takes, spelled as `hf` has it.
struct HubFlags {
  std::string repo;        // REPO
  std::string type;        // --type
  std::string revision;    // --revision
  std::string token;       // --token: on a command line, as others have it
  std::string token_file;  // --token-file
  bool json = false;
  bool quiet = false;
};
void add_hub_flags(CommandLine command, HubFlags& flags);
// The same without REPO, for a verb that finds it itself.
void add_hub_options(CommandLine command, HubFlags& flags);

// What every verb that makes a commit takes.
struct CommitFlags {
  std::string summary;     // --commit-message
  bool create_pr = false;  // --create-pr
};
void add_commit_flags(CommandLine command, CommitFlags& flags);

// The settings of a verb that makes no sense offline; `what` it does, for the
// error: "a push".
Result<HubSettings> read_online_settings(std::string_view what);

// The repository, and what the user wants of it: their settings for its URL
// are those that git has (sigstore.<url>.*), from the global configuration.
struct Wanted {
  RepoName repo;
  std::string revision;  // "main" where nothing else was said
  std::string path;      // "hf://org/model@main/some/file"
  RepoId id;
  Settings settings;
};
Result<Wanted> read_wanted(const HubFlags& flags, const HubSettings& settings);

// Says in a line that a server asks to wait, unless `flags` want quiet. Both
// live longer.
std::function<void(std::chrono::milliseconds)> tell_waits(
    const Terminal& terminal, const HubFlags& flags);

// The Hub, in somebody's name or nobody's.
class HubSession {
 public:
  // `needs_token`: without one the verb makes no sense. `flags` and
  // `terminal` live longer.
  static Result<HubSession> open(const HubFlags& flags, HubSettings settings,
                                 bool needs_token, const Terminal& terminal);

  const HubSettings& settings() const { return settings_; }
  Hub& hub() { return *hub_; }
  // What the Hub wants its users to know.
  void tell_warnings(const Terminal& terminal);

 private:
  HubSession() = default;
  HubSettings settings_;
  std::unique_ptr<http::Client> network_;
  std::unique_ptr<Hub> hub_;
};

}  // namespace sigstore::hub
