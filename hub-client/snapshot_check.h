// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/manifest/directory_content.h"
#include "core/verify_model.h"
#include "hub-client/hub/repo_name.h"
#include "hub-client/store/hub_cache.h"

namespace sigstore::hub {

// A file of a snapshot that is not what was signed, and on whose side that
// is: the Hub's listing of the commit was kept when it was pulled, and files
// are named by the Hub's own digests.
struct DifferingFile {
  enum class How : std::uint8_t { changed, missing, extra };
  enum class Cause : std::uint8_t {
    cache,    // it is not what the Hub had
    hub,      // it is what the Hub had: that is not what was signed
    unknown,  // nothing here says what the Hub had
  };
  std::string path;
  How how = How::changed;
  Cause cause = Cause::unknown;
};

struct SnapshotVerdict {
  enum class State : std::uint8_t {
    verified,
    partial,     // what is here is what was signed; files were not pulled
    not_signed,  // no signature, and the Hub's listing has none either
    refused,     // no: files differ, or the signature is not good
    unknown,     // could not tell
  };
  State state = State::unknown;
  std::optional<ModelSignature> signature;  // once its signer was accepted
  std::optional<Error> error;               // of refused and unknown
  std::vector<DifferingFile> files;         // of refused and partial
  std::size_t resources = 0;                // signed
  std::uint64_t total_size = 0;             // of verified
  std::vector<std::string> notes;
};

// Is a snapshot in the cache what one of those signed whom `request` names?
// Reads nothing but the cache.
SnapshotVerdict check_snapshot(const CacheOptions& cache, const RepoName& repo,
                               const git::CommitId& commit,
                               VerifyRequest request, Trace& trace,
                               const DirectoryContent::Progress& progress);

}  // namespace sigstore::hub
