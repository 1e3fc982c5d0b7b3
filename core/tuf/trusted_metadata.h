// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/tuf/metadata.h"

namespace sigstore {

// Metadata that somebody trusted vouched for, in the order of the client
// workflow (TUF 1.0.34 section 5): root, timestamp, snapshot, targets. Does no
// I/O; the caller brings files, stores what was accepted, and stops at the
// first error.
//
// Kinds: bad_signature (too few of the right keys), rollback (an older version
// than what was trusted), bad_evidence (not what the role above announced),
// stale_trust (expired), invalid_input.
class TrustedMetadata {
 public:
  // Whether an expired file is an error. Ignored only to look at what was
  // stored while there is no network.
  enum class Expiry : std::uint8_t { checked, ignored };
  // What was stored was compared with its hashes when it came.
  enum class Source : std::uint8_t { fetched, stored };
  enum class Change : std::uint8_t { newer, same };

  // Section 5.2. `root` is embedded, the user's or stored: it only has to be
  // signed by its own keys, and may have expired.
  static Result<TrustedMetadata> start(ByteView root, Timestamp now,
                                       Expiry expiry);

  // Section 5.3.4 to 5.3.7: the next version, signed by the keys of the root
  // before and by its own.
  Result<void> update_root(ByteView file);
  // Section 5.3.10: after the last update.
  Result<void> check_root_expiry() const;
  // Section 5.3.11: the keys of timestamp or snapshot are others than at the
  // start: what was stored of these roles is not to be compared with.
  bool online_keys_changed() const;

  // Section 5.4. `same`: that version is trusted already and stays, whatever
  // else the file says. One that expired is an error, and yet is what later
  // ones are compared with.
  Result<Change> update_timestamp(ByteView file);
  // Section 5.5. One that is not the one the timestamp names is an error, and
  // yet is what later ones are compared with.
  Result<void> update_snapshot(ByteView file, Source source);
  // Section 5.6. Needs a snapshot.
  Result<TargetsMetadata> open_targets(ByteView file) const;
  // The same for `name`, one of the roles of its delegator.
  Result<TargetsMetadata> open_delegated(ByteView file,
                                         const DelegatedRole& role,
                                         const TufKeys& keys) const;

  const RootMetadata& root() const { return root_; }
  // What the timestamp says of the snapshot, or nothing before it came.
  const MetaFile* snapshot_file() const;
  // What the snapshot says of a role's file, or nothing.
  const MetaFile* targets_file(std::string_view role) const;
  // When the first of root, timestamp and snapshot expires or expired.
  Timestamp first_expiry() const;

 private:
  TrustedMetadata(RootMetadata root, Timestamp now, Expiry expiry);
  Result<void> check_expiry(Timestamp expires, std::string_view role) const;
  Result<void> check_final_snapshot() const;
  Result<TargetsMetadata> open(ByteView file, std::string_view name,
                               const TufRole& role, const TufKeys& keys) const;

  RootMetadata first_root_;
  RootMetadata root_;
  std::optional<TimestampMetadata> timestamp_;
  std::optional<SnapshotMetadata> snapshot_;
  Timestamp now_;  // one time for the whole update (section 5.1)
  Expiry expiry_;
};

}  // namespace sigstore
