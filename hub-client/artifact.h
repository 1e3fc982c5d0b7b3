// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/tlog/entry_body.h"

namespace sigstore::hub {

// A file that a bundle is about, or what is known of it.
struct Artifact {
  ArtifactDigests digests;
  // The content of a file of at most limits::kSignedFile bytes; Ed25519 signs
  // no digest.
  std::optional<Bytes> content;

  std::optional<ByteView> bytes() const {
    if (!content) return std::nullopt;
    return ByteView(*content);
  }
};

// A path, or "sha256:" and 64 hexadecimal digits where there is no such path.
Result<Artifact> read_artifact(const std::string& path_or_digest);

}  // namespace sigstore::hub
