// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/trusted_metadata.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sigstore {
namespace {

Result<void> check_signed(const RootMetadata& by, std::string_view role,
                          std::string_view message,
                          const std::vector<TufSignature>& signatures) {
  return check_threshold(by.roles.find(role)->second, by.keys,
                         as_bytes(message), signatures)
      .context(concat("TUF ", role));
}

Error wrong_version(std::string_view role, std::int64_t is,
                    std::int64_t wanted) {
  return fail(ErrorKind::bad_evidence, "TUF ", role, ": is version ", is,
              " instead of ", wanted);
}

Error rolled_back(std::string_view what, std::int64_t to, std::int64_t from) {
  return fail(ErrorKind::rollback, "TUF ", what, ": version ", to, " although ",
              from, " was seen before");
}

// The keys themselves count, not their ids alone.
bool same_keys(const RootMetadata& a, const RootMetadata& b,
               std::string_view name) {
  const TufRole& role = a.roles.find(name)->second;
  if (role != b.roles.find(name)->second) return false;
  const auto key = [](const RootMetadata& root, const std::string& id) {
    const auto found = root.keys.find(id);
    return found == root.keys.end() ? std::optional<TufKey>() : found->second;
  };
  return std::all_of(
      role.key_ids.begin(), role.key_ids.end(),
      [&](const std::string& id) { return key(a, id) == key(b, id); });
}

}  // namespace

TrustedMetadata::TrustedMetadata(RootMetadata root, Timestamp now,
                                 Expiry expiry)
    : first_root_(root), root_(std::move(root)), now_(now), expiry_(expiry) {}

Result<TrustedMetadata> TrustedMetadata::start(ByteView file, Timestamp now,
                                               Expiry expiry) {
  TRY_ASSIGN(SignedMetadata<RootMetadata> root, parse_root(file));
  TRY(check_signed(root.content, "root", root.signed_bytes, root.signatures));
  return TrustedMetadata(std::move(root.content), now, expiry);
}

Result<void> TrustedMetadata::check_expiry(Timestamp expires,
                                           std::string_view role) const {
  // "the expiration timestamp MUST be higher than the fixed update start
  // time"
  if (expiry_ == Expiry::checked && expires <= now_)
    return fail(ErrorKind::stale_trust, "TUF ", role, ": expired on ",
                expires.to_rfc3339());
  return {};
}

Result<void> TrustedMetadata::update_root(ByteView file) {
  TRY_ASSIGN(SignedMetadata<RootMetadata> next, parse_root(file));
  TRY(check_signed(root_, "root", next.signed_bytes, next.signatures));
  TRY(check_signed(next.content, "root", next.signed_bytes, next.signatures));
  if (next.content.version != root_.version + 1)
    return wrong_version("root", next.content.version, root_.version + 1);
  root_ = std::move(next.content);
  return {};
}

Result<void> TrustedMetadata::check_root_expiry() const {
  return check_expiry(root_.expires, "root");
}

bool TrustedMetadata::online_keys_changed() const {
  return !same_keys(first_root_, root_, "timestamp") ||
         !same_keys(first_root_, root_, "snapshot");
}

Result<TrustedMetadata::Change> TrustedMetadata::update_timestamp(
    ByteView file) {
  TRY(check_root_expiry());
  TRY_ASSIGN(SignedMetadata<TimestampMetadata> next, parse_timestamp(file));
  TRY(check_signed(root_, "timestamp", next.signed_bytes, next.signatures));
  if (timestamp_) {
    if (next.content.version < timestamp_->version)
      return rolled_back("timestamp", next.content.version,
                         timestamp_->version);
    if (next.content.version == timestamp_->version) {
      // The one that stays may be one that was stored and expired since.
      TRY(check_expiry(timestamp_->expires, "timestamp"));
      return Change::same;
    }
    if (next.content.snapshot.version < timestamp_->snapshot.version)
      return rolled_back("snapshot that the timestamp names",
                         next.content.snapshot.version,
                         timestamp_->snapshot.version);
  }
  timestamp_ = std::move(next.content);
  TRY(check_expiry(timestamp_->expires, "timestamp"));
  return Change::newer;
}

Result<void> TrustedMetadata::update_snapshot(ByteView file, Source source) {
  if (!timestamp_)
    return fail(ErrorKind::internal, "TUF snapshot: there is no timestamp");
  TRY(check_expiry(timestamp_->expires, "timestamp"));
  if (source == Source::fetched)
    TRY(check_digests(timestamp_->snapshot.digests, file)
            .context("TUF snapshot"));
  TRY_ASSIGN(SignedMetadata<SnapshotMetadata> next, parse_snapshot(file));
  TRY(check_signed(root_, "snapshot", next.signed_bytes, next.signatures));
  if (snapshot_) {
    for (const auto& [name, before] : snapshot_->meta) {
      const auto now = next.content.meta.find(name);
      if (now == next.content.meta.end())
        return fail(ErrorKind::rollback, "TUF snapshot: ", name,
                    " is not there any more");
      if (now->second.version < before.version)
        return rolled_back(name, now->second.version, before.version);
    }
  }
  snapshot_ = std::move(next.content);
  return check_final_snapshot();
}

// A stored snapshot may be an older one: it counts in comparisons, and opens
// no targets.
Result<void> TrustedMetadata::check_final_snapshot() const {
  if (!snapshot_)
    return fail(ErrorKind::internal, "TUF targets: there is no snapshot");
  if (snapshot_->version != timestamp_->snapshot.version)
    return wrong_version("snapshot", snapshot_->version,
                         timestamp_->snapshot.version);
  return check_expiry(snapshot_->expires, "snapshot");
}

Result<TargetsMetadata> TrustedMetadata::open_targets(ByteView file) const {
  return open(file, TargetsMetadata::kType,
              root_.roles.find(TargetsMetadata::kType)->second, root_.keys);
}

Result<TargetsMetadata> TrustedMetadata::open_delegated(
    ByteView file, const DelegatedRole& role, const TufKeys& keys) const {
  return open(file, role.name, role.role, keys);
}

Result<TargetsMetadata> TrustedMetadata::open(ByteView file,
                                              std::string_view name,
                                              const TufRole& role,
                                              const TufKeys& keys) const {
  TRY(check_final_snapshot());
  const std::string what = concat("TUF ", name);
  const MetaFile* announced = targets_file(name);
  if (announced == nullptr)
    return fail(ErrorKind::bad_evidence, what, ": the snapshot has none");
  TRY(check_digests(announced->digests, file).context(what));
  TRY_ASSIGN(SignedMetadata<TargetsMetadata> targets, parse_targets(file));
  TRY(check_threshold(role, keys, as_bytes(targets.signed_bytes),
                      targets.signatures)
          .context(what));
  if (targets.content.version != announced->version)
    return wrong_version(name, targets.content.version, announced->version);
  TRY(check_expiry(targets.content.expires, name));
  return std::move(targets.content);
}

const MetaFile* TrustedMetadata::snapshot_file() const {
  return timestamp_ ? &timestamp_->snapshot : nullptr;
}

const MetaFile* TrustedMetadata::targets_file(std::string_view role) const {
  if (!snapshot_) return nullptr;
  const auto found = snapshot_->meta.find(concat(role, ".json"));
  return found == snapshot_->meta.end() ? nullptr : &found->second;
}

Timestamp TrustedMetadata::first_expiry() const {
  Timestamp first = root_.expires;
  if (timestamp_) first = std::min(first, timestamp_->expires);
  if (snapshot_) first = std::min(first, snapshot_->expires);
  return first;
}

}  // namespace sigstore
