// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/hash/hash_engine.h"
#include "core/hash/known_digests.h"
#include "core/manifest/content.h"

namespace sigstore {

// A model on disk: a folder, or one regular file.
class DirectoryContent final : public Content {
 public:
  // Called while hashing with bytes done and bytes in all.
  using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

  // `known`, if any, lives longer; what it has is not read again.
  explicit DirectoryContent(std::filesystem::path path, Progress progress = {},
                            KnownDigests* known = nullptr,
                            HashEngine engine = HashEngine::best)
      : path_(std::move(path)),
        progress_(std::move(progress)),
        known_(known),
        engine_(engine) {}

  // OMS v1.0 6.1: symbolic links are refused unless the parameters allow
  // them, links to folders are never entered, FIFOs, sockets and devices are
  // refused, folders leave no trace.
  Result<Manifest> manifest(const Parameters& parameters,
                            const Selection& selection) override;
  // Has the file system keep the files of the last manifest() from ever
  // changing (hash/freeze_files.h). Until another manifest() says so, nobody
  // knows that they are still those of the last one.
  Result<void> freeze();
  // OMS v1.0 6.1.1: links that lead out of the model.
  std::vector<std::string> notes() const override { return notes_; }
  std::string single_file_name() const override;

 private:
  std::filesystem::path path_;
  Progress progress_;
  KnownDigests* known_;
  HashEngine engine_;
  std::vector<std::string> files_;  // below the folder, of the last manifest
  bool allow_symlinks_ = false;     // in that
  std::vector<std::string> notes_;
};

}  // namespace sigstore
