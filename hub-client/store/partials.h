// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "core/base/result.h"
#include "hub-client/store/root_folder.h"

namespace sigstore::hub {

// The files of one store that are not whole yet (partial_name.h).
class Partials {
 public:
  // `root` lives longer.
  explicit Partials(const RootFolder& root) : root_(&root) {}
  // Nobody else is at work here: what was left can be gone on with.
  void allow_resume() { may_resume_ = true; }

  // A path for a partial of `stem` in a folder below the root, which is made:
  // one that was left there, else a new name. None is given twice.
  Result<std::filesystem::path> choose(const std::string& folder,
                                       const std::string& stem);
  // Puts one that is whole at `relative`, and removes its sidecar.
  // invalid_input for a path that choose() did not give.
  Result<void> place(const std::filesystem::path& partial,
                     const std::string& relative, unsigned mode);
  // Removes those in a folder that are of no use any more: `is_done` says so
  // of a stem, nobody came back for the others within a week, and a sidecar
  // without its partial says nothing. Needs allow_resume(); what cannot be
  // removed stays.
  void sweep(const std::string& folder, std::int64_t now_ns,
             const std::function<bool(const std::string& stem)>& is_done);

 private:
  // What was left, by stem.
  using Names = std::multimap<std::string, std::string>;
  Result<Names*> left_in(const std::string& folder);

  const RootFolder* root_;
  bool may_resume_ = false;
  std::map<std::string, Names> left_;
};

}  // namespace sigstore::hub
