// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/limits.h"

namespace sigstore::limits {

// The Hub: an answer about a repository (a page of a tree has 1,000 files),
// all of its files, pages, what may be asked before an upload, and one commit
// with the small files in base64. stored_tokens is an INI file.
inline constexpr std::size_t kHubAnswer = 64 * kMiB;
inline constexpr std::size_t kListedFiles = 1'000'000;
inline constexpr std::size_t kHubPages = 20'000;
inline constexpr std::size_t kHubCommit = 256 * kMiB;
inline constexpr std::size_t kStoredTokens = kMiB;
// claims.jsonl: what the Hub takes outside of LFS (hub.md 4.1). What lists
// every file of a large model is too long for a line, and a file of its own.
inline constexpr std::size_t kClaimsFile = 10 * kMiB;
inline constexpr std::size_t kClaims = 10'000;
inline constexpr std::size_t kClaimLine = kMiB;
// Signatures and attestations of one commit that are read.
inline constexpr std::size_t kAttachments = 1'000;

}  // namespace sigstore::limits
