// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "core/base/result.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// The trust store on disk: one JSON file in the user's data folder
// ($XDG_DATA_HOME or ~/.local/share)/hf-sigstore/trust.json, replaced
// atomically, with a lock file beside it.
class TrustFile {
 public:
  // not_found when there is neither XDG_DATA_HOME nor HOME.
  static Result<TrustFile> locate();
  explicit TrustFile(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }

  // An empty store when the file does not exist. A damaged file is an error:
  // forgetting who signed what would be a downgrade.
  Result<TrustStore> load() const;

  // Reads, changes and writes under the lock, so that no change is lost.
  Result<void> update(
      const std::function<Result<void>(TrustStore&)>& change) const;

 private:
  std::filesystem::path path_;
};

}  // namespace sigstore
