// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/process.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/git/object_name.h"

namespace sigstore::git {

// Where a repository keeps its objects, and how it names them.
struct ObjectStore {
  std::string folder;
  ObjectFormat format = ObjectFormat::sha1;
};

// The `git` program, for everything that is not reading objects: refs, index,
// configuration, attributes, work tree. It works on the repository that the
// inherited environment or the directory names. Hooks, file monitors, prompts
// and lazy fetches are off for these children, so that nothing comes back to
// us or to the network.
class Git {
 public:
  Git() = default;

  // A copy that runs in `directory`, and forgets the repository that the
  // environment may name.
  Git in_directory(std::string directory) const;
  // A copy with one more environment change.
  Git with(std::string name, std::string value) const;

  // Any exit code is an answer.
  Result<CommandOutput> run(std::vector<std::string> arguments,
                            const RunOptions& options = {}) const;
  // A child to talk to while it runs; its stderr is ours.
  Result<ChildProcess> start(std::vector<std::string> arguments) const;
  // run(), while we do something else.
  Result<RunningCommand> start_run(std::vector<std::string> arguments,
                                   const RunOptions& options) const;
  // stdout without its final newline, of a run that must have ended with exit
  // code 0.
  static Result<std::string> successful(std::string_view verb,
                                        CommandOutput output);
  // Exit code 0 required; else an `io` error with git's own last line.
  // Returns stdout without its final newline.
  Result<std::string> read(std::vector<std::string> arguments,
                           const RunOptions& options = {}) const;

  // A copy that reads and writes objects in the folder `quarantine`, and
  // reads those of `stores` as well.
  Git in_quarantine(const std::string& quarantine,
                    const std::vector<std::string>& stores) const;

  // The commit that `name` means; not_found otherwise.
  Result<CommitId> resolve_commit(const std::string& name) const;
  // Nothing when history is not complete enough to tell.
  Result<std::optional<bool>> is_ancestor(const CommitId& ancestor,
                                          const CommitId& commit) const;
  // "refs/heads/main" for HEAD; nothing when detached.
  Result<std::optional<std::string>> head_branch() const;
  // The folder that holds this repository's objects, and how they are named.
  Result<std::string> objects_folder() const;
  Result<ObjectStore> object_store() const;

 private:
  Command command(std::vector<std::string> arguments) const;
  std::string directory_;
  std::vector<std::pair<std::string, std::optional<std::string>>> environment_;
};

}  // namespace sigstore::git
