// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/tuf_client.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr int kLockSeconds = 60;
constexpr int kRootSteps = 256;
constexpr std::size_t kRolesPerSearch = 32;
// As python-tuf has them, in bytes.
constexpr std::size_t kRootLimit = 512'000;
constexpr std::size_t kTimestampLimit = 16'384;
constexpr std::size_t kSnapshotLimit = 2'000'000;
constexpr std::size_t kTargetsLimit = 5'000'000;

std::size_t limit_of(const MetaFile& file, std::size_t most) {
  if (!file.digests.length) return most;
  return std::min(most, static_cast<std::size_t>(*file.digests.length));
}

// "a/b.json", digest D -> "a/D.b.json".
std::string with_digest(std::string_view path, std::string_view digest) {
  const std::size_t slash = path.rfind('/');
  const std::size_t base = slash == std::string_view::npos ? 0 : slash + 1;
  return concat(path.substr(0, base), digest, ".", path.substr(base));
}

std::string consistent_name(std::string_view path, const FileDigests& file) {
  if (file.sha256) return with_digest(path, file.sha256->to_hex());
  return with_digest(path, to_hex(file.sha512));
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail(ErrorKind::io, "cannot make ", folder.string(), ": ",
                error.message());
  return {};
}

}  // namespace

std::string quote_segment(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string quoted;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                       c == '-' || c == '~';
    if (plain) {
      quoted += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    quoted += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return quoted;
}

TufClient::TufClient(std::filesystem::path folder, FileDescriptor lock)
    : folder_(std::move(folder)), lock_(std::move(lock)) {}

Result<TufClient> TufClient::open(const std::filesystem::path& folder,
                                  ByteView first_root) {
  TRY(make_folder(folder / "targets"));
  TRY_ASSIGN(FileDescriptor lock, lock_file(folder / "lock", kLockSeconds));
  TufClient client(folder, std::move(lock));
  // Nobody vouches for it but itself.
  using enum TrustedMetadata::Expiry;
  TRY_ASSIGN(const TrustedMetadata first,
             TrustedMetadata::start(first_root, {}, ignored));
  if (const Result<Bytes> stored = client.read_stored("root", kRootLimit);
      stored.ok()) {
    const Result<TrustedMetadata> before =
        TrustedMetadata::start(*stored, {}, ignored);
    if (before.ok() && before->root().version >= first.root().version)
      return client;
  }
  TRY(client.store("root", first_root));
  return client;
}

Result<void> TufClient::refresh(TufRepository* repository, Timestamp now) {
  repository_ = repository;
  targets_.reset();
  TRY_ASSIGN(const Bytes root, read_stored("root", kRootLimit));
  TRY_ASSIGN(trusted_, TrustedMetadata::start(
                           root, now, TrustedMetadata::Expiry::checked));
  TRY(update_root());
  TRY(update_timestamp());
  TRY(update_snapshot());
  TRY_ASSIGN(targets_, load_targets(nullptr, nullptr));
  return {};
}

Result<void> TufClient::load_stored(Timestamp now) {
  repository_ = nullptr;
  targets_.reset();
  TRY_ASSIGN(const Bytes root, read_stored("root", kRootLimit));
  TRY_ASSIGN(trusted_, TrustedMetadata::start(
                           root, now, TrustedMetadata::Expiry::ignored));
  TRY_ASSIGN(const Bytes timestamp, read_stored("timestamp", kTimestampLimit));
  TRY(trusted_->update_timestamp(timestamp));
  TRY_ASSIGN(const Bytes snapshot, read_stored("snapshot", kSnapshotLimit));
  TRY(trusted_->update_snapshot(snapshot, TrustedMetadata::Source::fetched));
  TRY_ASSIGN(targets_, load_targets(nullptr, nullptr));
  return {};
}

Result<void> TufClient::update_root() {
  for (int step = 0; step < kRootSteps; ++step) {
    const std::string next = concat(trusted_->root().version + 1, ".root.json");
    const Result<Bytes> file = repository_->fetch_metadata(next, kRootLimit);
    // Section 5.3.3: "If this file is not available [...] go to step 5.3.10".
    if (!file.ok() && file.error().kind == ErrorKind::not_found) break;
    if (!file.ok()) return Error(file.error()).context("TUF root");
    TRY(trusted_->update_root(*file));
    TRY(store("root", *file));
  }
  TRY(trusted_->check_root_expiry());
  if (!trusted_->online_keys_changed()) return {};
  TRY(forget("timestamp"));
  return forget("snapshot");
}

Result<void> TufClient::update_timestamp() {
  // One that does not hold any more is as good as none.
  if (const Result<Bytes> stored = read_stored("timestamp", kTimestampLimit);
      stored.ok())
    (void)trusted_->update_timestamp(*stored).ok();
  Result<Bytes> file =
      repository_->fetch_metadata("timestamp.json", kTimestampLimit);
  if (!file.ok()) return std::move(file).error().context("TUF timestamp");
  TRY_ASSIGN(const TrustedMetadata::Change change,
             trusted_->update_timestamp(*file));
  if (change == TrustedMetadata::Change::same) return {};
  return store("timestamp", *file);
}

Result<void> TufClient::update_snapshot() {
  if (const Result<Bytes> stored = read_stored("snapshot", kSnapshotLimit);
      stored.ok() &&
      trusted_->update_snapshot(*stored, TrustedMetadata::Source::stored).ok())
    return {};
  const MetaFile& wanted = *trusted_->snapshot_file();
  Result<Bytes> file = repository_->fetch_metadata(
      versioned("snapshot", wanted.version), limit_of(wanted, kSnapshotLimit));
  if (!file.ok()) return std::move(file).error().context("TUF snapshot");
  TRY(trusted_->update_snapshot(*file, TrustedMetadata::Source::fetched));
  return store("snapshot", *file);
}

Result<TargetsMetadata> TufClient::load_targets(const DelegatedRole* role,
                                                const TufKeys* keys) {
  const std::string name =
      role == nullptr ? std::string(TargetsMetadata::kType) : role->name;
  const auto opened = [&](ByteView file) {
    return role == nullptr ? trusted_->open_targets(file)
                           : trusted_->open_delegated(file, *role, *keys);
  };
  const Result<Bytes> stored = read_stored(name, kTargetsLimit);
  if (stored.ok()) {
    Result<TargetsMetadata> targets = opened(*stored);
    if (targets.ok() || repository_ == nullptr) return targets;
  } else if (repository_ == nullptr) {
    return stored.error();
  }
  const MetaFile* wanted = trusted_->targets_file(name);
  // Section 5.6.1; a role that the snapshot does not list is not asked for.
  if (wanted == nullptr)
    return fail(ErrorKind::bad_evidence, "TUF ", name,
                ": the snapshot has none");
  Result<Bytes> file = repository_->fetch_metadata(
      versioned(name, wanted->version), limit_of(*wanted, kTargetsLimit));
  if (!file.ok()) return std::move(file).error().context("TUF " + name);
  TRY_ASSIGN(TargetsMetadata targets, opened(*file));
  TRY(store(name, *file));
  return targets;
}

// Section 5.6.7: pre-order, depth first; each role is asked for with the keys
// of the one it was reached through.
Result<std::optional<FileDigests>> TufClient::find_target(
    std::string_view path) {
  struct Step {
    DelegatedRole role;
    TufKeys keys;
  };
  const auto found = targets_->targets.find(path);
  if (found != targets_->targets.end())
    return std::optional<FileDigests>(found->second);
  std::set<std::string> visited;
  std::vector<Step> stack;
  const auto push = [&](const TargetsMetadata& from) {
    std::vector<Step> next;
    for (const DelegatedRole& role : from.delegations.roles) {
      if (!role.is_responsible_for(path)) continue;
      next.push_back({role, from.delegations.keys});
      if (!role.terminating) continue;
      stack.clear();  // what comes later is not asked any more
      break;
    }
    std::move(next.rbegin(), next.rend(), std::back_inserter(stack));
  };
  push(*targets_);
  while (!stack.empty() && visited.size() < kRolesPerSearch) {
    const Step step = std::move(stack.back());
    stack.pop_back();
    if (!visited.insert(step.role.name).second) continue;
    TRY_ASSIGN(const TargetsMetadata targets,
               load_targets(&step.role, &step.keys));
    const auto here = targets.targets.find(path);
    if (here != targets.targets.end())
      return std::optional<FileDigests>(here->second);
    push(targets);
  }
  return std::optional<FileDigests>();
}

Result<Bytes> TufClient::target(std::string_view path) {
  TRY_ASSIGN(const std::optional<FileDigests> digests, find_target(path));
  if (!digests)
    return fail(ErrorKind::not_found, "no role of the TUF repository has ",
                path);
  const std::size_t length = static_cast<std::size_t>(*digests->length);
  if (length > limits::kTufTarget)
    return fail(ErrorKind::invalid_input, "TUF target ", path, ": more than ",
                limits::kTufTarget, " bytes");
  const std::filesystem::path stored =
      folder_ / "targets" / quote_segment(path);
  if (Result<Bytes> file = read_file(stored, length);
      file.ok() && check_digests(*digests, *file).ok())
    return file;
  if (repository_ == nullptr)
    return fail(ErrorKind::not_found, "TUF target ", path,
                " is not among what was stored");
  const bool consistent = trusted_->root().consistent_snapshot;
  Result<Bytes> file = repository_->fetch_target(
      consistent ? consistent_name(path, *digests) : std::string(path), length);
  if (!file.ok())
    return std::move(file).error().context(concat("TUF target ", path));
  TRY(check_digests(*digests, *file).context(concat("TUF target ", path)));
  TRY(write_file_atomic(stored, *file));
  return file;
}

Result<Bytes> TufClient::read_stored(std::string_view role,
                                     std::size_t limit) const {
  return read_file(folder_ / (quote_segment(role) + ".json"), limit);
}

Result<void> TufClient::store(std::string_view role, ByteView file) const {
  return write_file_atomic(folder_ / (quote_segment(role) + ".json"), file);
}

Result<void> TufClient::forget(std::string_view role) const {
  std::error_code error;
  std::filesystem::remove(folder_ / (quote_segment(role) + ".json"), error);
  if (error)
    return fail(ErrorKind::io, "cannot remove the stored TUF ", role, ": ",
                error.message());
  return {};
}

std::string TufClient::versioned(std::string_view role,
                                 std::int64_t version) const {
  const std::string name = quote_segment(role) + ".json";
  return trusted_->root().consistent_snapshot ? concat(version, ".", name)
                                              : name;
}

}  // namespace sigstore
