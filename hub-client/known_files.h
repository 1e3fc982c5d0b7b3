// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/app/command_line.h"
#include "core/app/digest_cache.h"
#include "core/app/terminal.h"
#include "core/base/json.h"
#include "core/manifest/directory_content.h"
#include "hub-client/commands.h"

namespace sigstore::hub {

void add_paranoid_flag(CommandLine command, bool& paranoid);

// The files of a model that a verb need not read.
class KnownFiles {
 public:
  // Paranoid: nothing is known, and nothing remembered.
  KnownFiles(const std::filesystem::path& model, bool paranoid);

  KnownDigests* digests() { return cache_ ? &cache_->known() : nullptr; }
  // After hashing, whatever came of it.
  void store() const;

  KnownUse use() const { return cache_ ? cache_->known().use() : KnownUse(); }

 private:
  std::optional<DigestCache> cache_;
};

// The model's files as the options have them, hashing shown on the terminal.
// Both live longer.
Result<DirectoryContent> model_content(const ModelOptions& options,
                                       KnownFiles& known,
                                       const Terminal& terminal);

// What every such verb says, so that nobody thinks of bytes as read that were
// not: "not read again: 3 of 5 files ...", "" when all were; and as JSON.
std::string known_line(const KnownUse& use);
Json known_json(const KnownUse& use);

}  // namespace sigstore::hub
