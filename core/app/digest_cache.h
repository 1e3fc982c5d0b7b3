// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/hash/known_digests.h"

namespace sigstore {

// What is known of the files below one folder from the last time that they
// were hashed: ($XDG_CACHE_HOME or ~/.cache)/hf-sigstore/digests/NAME, NAME a
// digest of the folder's device and inode. Sealed with a key of the user's,
// ($XDG_DATA_HOME or ~/.local/share)/hf-sigstore/digests.key, made when it is
// first needed. To forget it all, delete either.
//
// It only saves work: where it is missing, damaged, sealed with another key or
// not to be written, everything is read, and that is all.
class DigestCache {
 public:
  // For a model: a folder, or a file in one.
  static DigestCache open(const std::filesystem::path& model);

  KnownDigests& known() { return known_; }
  const KnownDigests& known() const { return known_; }
  // Keeps what was added. The files that were not used for longest go when
  // there are more than limits::kKnownFiles.
  void store() const;

 private:
  explicit DigestCache(KnownDigests known) : known_(std::move(known)) {}

  KnownDigests known_;
  std::filesystem::path path_;  // "" when nothing is kept
  std::filesystem::path key_path_;
};

}  // namespace sigstore
