// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/tuf/role_keys.h"

// The four roles of The Update Framework, specification 1.0.34 section 4, as
// structs. Members that are not known stay in the signed bytes and are left
// out here.
namespace sigstore {

// How long something is and what it hashes to; what is absent is not checked.
struct FileDigests {
  std::optional<std::int64_t> length;
  std::optional<Sha256Digest> sha256;
  Bytes sha512;               // 64 bytes or none
  bool other_hashes = false;  // there are some of algorithms not known here

  bool operator==(const FileDigests&) const = default;
};

struct MetaFile {
  std::int64_t version = 1;
  FileDigests digests;
};

struct RootMetadata {
  static constexpr std::string_view kType = "root";
  std::int64_t version = 1;
  Timestamp expires;
  bool consistent_snapshot = false;
  TufKeys keys;
  // "root", "timestamp", "snapshot" and "targets", each there.
  std::map<std::string, TufRole, std::less<>> roles;
};

struct TimestampMetadata {
  static constexpr std::string_view kType = "timestamp";
  std::int64_t version = 1;
  Timestamp expires;
  MetaFile snapshot;
};

struct SnapshotMetadata {
  static constexpr std::string_view kType = "snapshot";
  std::int64_t version = 1;
  Timestamp expires;
  // By file name: "targets.json".
  std::map<std::string, MetaFile, std::less<>> meta;
};

struct DelegatedRole {
  std::string name;
  TufRole role;
  bool terminating = false;
  // Exactly one of them is used: patterns, or the first hexadecimal digits of
  // the SHA-256 of a target's path.
  std::vector<std::string> paths;
  std::vector<std::string> path_hash_prefixes;

  // Section 4.5: '*' and '?' stand for anything but '/', case counts.
  bool is_responsible_for(std::string_view target) const;
};

struct Delegations {
  TufKeys keys;
  std::vector<DelegatedRole> roles;
};

struct TargetsMetadata {
  static constexpr std::string_view kType = "targets";
  std::int64_t version = 1;
  Timestamp expires;
  std::map<std::string, FileDigests, std::less<>> targets;
  Delegations delegations;
};

// A file of metadata before anybody vouched for it.
template <class Role>
struct SignedMetadata {
  Role content;
  std::string signed_bytes;  // canonical_json.h
  std::vector<TufSignature> signatures;
};

// invalid_input for what is no file of that role; `unsupported` for another
// major version of the specification.
Result<SignedMetadata<RootMetadata>> parse_root(ByteView file);
Result<SignedMetadata<TimestampMetadata>> parse_timestamp(ByteView file);
Result<SignedMetadata<SnapshotMetadata>> parse_snapshot(ByteView file);
Result<SignedMetadata<TargetsMetadata>> parse_targets(ByteView file);

// Whether `file` has that length and every hash of an algorithm that is known;
// invalid_input when all its hashes are of others.
Result<void> check_digests(const FileDigests& digests, ByteView file);

}  // namespace sigstore
