// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// Every size limit of the product in one table. They are checked before
// memory is taken, and stand far above what honest input needs.
namespace sigstore::limits {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// A bundle lists every file of a model: about 190 bytes a file in base64.
inline constexpr std::size_t kBundle = 90 * kMiB;
inline constexpr std::size_t kJsonDepth = 32;
// A statement has five values a file.
inline constexpr std::size_t kJsonValues = 6'000'000;
inline constexpr std::size_t kResources = 1'000'000;
inline constexpr std::size_t kIgnorePaths = 10'000;
inline constexpr std::size_t kTlogEntries = 32;
inline constexpr std::size_t kTimestamps = 32;
inline constexpr std::size_t kChainCertificates = 16;

inline constexpr std::size_t kKeyHint = 256;
// A file that Ed25519 signs whole.
inline constexpr std::size_t kSignedFile = 16 * kMiB;
inline constexpr std::size_t kCertificate = 64 * kKiB;
// A text of kChainCertificates in base64, and words around them.
inline constexpr std::size_t kPem = 2 * kMiB;
inline constexpr std::size_t kTimestampResponse = kMiB;
inline constexpr std::size_t kCheckpoint = kMiB;
inline constexpr std::size_t kNoteLines = 100;
// Rekor takes requests of 10 MiB.
inline constexpr std::size_t kEntryBody = 16 * kMiB;
inline constexpr std::size_t kTrustedRoot = 8 * kMiB;
inline constexpr std::size_t kSigningConfig = kMiB;
// Logs, authorities or services of one kind.
inline constexpr std::size_t kAuthorities = 256;
// Keys, key ids or signatures of one TUF role, and a file it vouches for.
inline constexpr std::size_t kTufKeys = 1024;
inline constexpr std::size_t kTufTarget = 8 * kMiB;
// In-toto (sigstore-go has the same).
inline constexpr std::size_t kSubjects = 1024;
inline constexpr std::size_t kSubjectDigests = 32;

// Network services: a URL, the headers of an answer, and what is usual for
// its body. A log's answer holds the entry in base64.
inline constexpr std::size_t kUrl = 8 * kKiB;
inline constexpr std::size_t kHttpHeaders = 64 * kKiB;
inline constexpr std::size_t kServiceAnswer = kMiB;
inline constexpr std::size_t kLogAnswer = 24 * kMiB;
// What a log takes.
inline constexpr std::size_t kLogRequest = 10 * kMiB;
inline constexpr std::size_t kIdentityToken = 64 * kKiB;

inline constexpr std::size_t kKeyFile = 64 * kKiB;
inline constexpr std::size_t kPassword = 4 * kKiB;
inline constexpr std::size_t kTrustFile = 16 * kMiB;
inline constexpr std::size_t kConfigFile = 4 * kMiB;
// Verdicts that are remembered: files, and the size of one.
inline constexpr std::size_t kVerdicts = 4096;
inline constexpr std::size_t kVerdictFile = 64 * kKiB;
// Digests that are remembered: in one file, its size, and files.
inline constexpr std::size_t kKnownDigests = 100'000;
inline constexpr std::size_t kKnownFile = 17 * kMiB;
inline constexpr std::size_t kKnownFiles = 1024;

// git: a pointer is smaller than 1024 bytes by git-lfs's own cutoff.
inline constexpr std::size_t kLfsPointer = 1024;
inline constexpr std::size_t kTreeObject = 256 * kMiB;
inline constexpr std::size_t kTreeEntries = 1'000'000;
// What core/git/pack_reader reads itself.
inline constexpr std::size_t kSmallObject = 256 * kKiB;
inline constexpr std::size_t kTreeDepth = 128;
inline constexpr std::size_t kCommitObject = 16 * kMiB;
inline constexpr std::size_t kPathLength = 4096;
// Blobs above this are not what a repository with LFS holds.
inline constexpr std::size_t kPlainBlob = 2048 * kMiB;
inline constexpr std::size_t kAttributesFile = 4 * kMiB;
inline constexpr std::size_t kPktLine = 65520;
inline constexpr std::size_t kRefsAnswer = 256 * kMiB;
// What a partial clone left out and a verdict needs: pointers, and the plain
// files of one commit.
inline constexpr std::size_t kInjectedPack = 2048 * kMiB;
// One commit a line.
inline constexpr std::size_t kShallowFile = 64 * kMiB;
inline constexpr std::size_t kHelperLine = 64 * kKiB;
inline constexpr std::size_t kChildOutput = 512 * kMiB;

}  // namespace sigstore::limits
