// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/file_digests.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <optional>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/limits.h"
#include "core/hash/hash_algorithm.h"

namespace sigstore::hub {
namespace {

struct Shard {
  ShardName name;
  ContentDigest digest;
};

// In the order of the file; the manifest has them in that of their names.
Result<std::vector<Shard>> sorted_shards(
    const std::vector<Resource>& resources) {
  std::vector<Shard> shards;
  for (const Resource& resource : resources) {
    TRY_ASSIGN(const ShardName name, parse_shard_name(resource.name));
    shards.push_back({name, resource.digest});
  }
  std::sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) {
    return a.name.start < b.name.start;
  });
  return shards;
}

}  // namespace

// git hashes a header in front of the content.
Result<void> FileDigests::add_git_blob(std::uint64_t size,
                                       std::string_view expected) {
  const std::optional<Bytes> bytes = from_hex(expected);
  if (!bytes || bytes->size() != 20)
    return fail(ErrorKind::invalid_input, path_, ": '", expected,
                "' is no id of a blob");
  TRY_ASSIGN(MessageDigest digest,
             MessageDigest::create(DigestAlgorithm::sha1));
  const std::string header = concat("blob ", size);
  // With its terminating NUL.
  digest.update(as_bytes({header.c_str(), header.size() + 1}));
  whole_.push_back({"git blob id", std::move(digest), ContentDigest(*bytes)});
  return {};
}

Result<void> FileDigests::add_whole(std::string_view name,
                                    HashAlgorithm algorithm,
                                    const ContentDigest& expected) {
  const auto same =
      std::find_if(whole_.begin(), whole_.end(),
                   [&](const Check& check) { return check.what == name; });
  if (same != whole_.end()) {
    if (same->expected == expected) return {};
    return fail(ErrorKind::content_differs, path_, ": its ", name, " is ",
                same->expected.to_hex(), " by the listing, and ",
                expected.to_hex(), " was signed");
  }
  TRY_ASSIGN(RunningDigest digest, RunningDigest::create(algorithm));
  whole_.push_back({std::string(name), std::move(digest), expected});
  return {};
}

// OMS v1.0 6.3.2: they start at 0 and are contiguous.
Result<void> FileDigests::add_shards(std::uint64_t size,
                                     const Expected& expected) {
  TRY_ASSIGN(const std::vector<Shard> shards,
             sorted_shards(expected.resources));
  const HashAlgorithm algorithm = expected.parameters.hash_type;
  std::int64_t at = 0;
  for (const Shard& shard : shards) {
    if (shard.name.start != at || shard.name.end <= at)
      return fail(ErrorKind::invalid_input, path_,
                  ": its shards do not follow each other");
    at = shard.name.end;
    TRY_ASSIGN(RunningDigest digest, RunningDigest::create(algorithm));
    shards_.push_back({concat(hash_name(algorithm), " of bytes ",
                              shard.name.start, " to ", shard.name.end),
                       std::move(digest), shard.digest,
                       static_cast<std::uint64_t>(shard.name.end)});
  }
  if (!shards.empty() && static_cast<std::uint64_t>(at) != size)
    return fail(ErrorKind::content_differs, path_, ": it has ", size,
                " bytes by the listing, and ", at, " were signed");
  return {};
}

Result<FileDigests> FileDigests::create(std::string_view path,
                                        std::uint64_t size,
                                        const Expected& expected) {
  FileDigests digests{path};
  if (expected.sha256)
    TRY(digests.add_whole(hash_name(HashAlgorithm::sha256),
                          HashAlgorithm::sha256, *expected.sha256));
  if (!expected.git_blob.empty())
    TRY(digests.add_git_blob(size, expected.git_blob));
  if (expected.parameters.method == Method::shards) {
    TRY(digests.add_shards(size, expected));
    return digests;
  }
  if (expected.resources.size() > 1)
    return fail(ErrorKind::invalid_input, path,
                ": it was signed more than once");
  const HashAlgorithm algorithm = expected.parameters.hash_type;
  for (const Resource& resource : expected.resources)
    TRY(digests.add_whole(hash_name(algorithm), algorithm, resource.digest));
  return digests;
}

Result<void> FileDigests::compare(Check& check) const {
  const ContentDigest got = check.digest.finish();
  if (got == check.expected) return {};
  return fail(ErrorKind::content_differs, path_, ": its ", check.what, " is ",
              got.to_hex(), ", expected ", check.expected.to_hex());
}

Result<void> FileDigests::update(ByteView bytes) {
  for (Check& check : whole_) check.digest.update(bytes);
  while (!bytes.empty() && !shards_.empty()) {
    Check& shard = shards_.front();
    const std::size_t part = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), shard.end - at_));
    shard.digest.update(bytes.first(part));
    bytes = bytes.subspan(part);
    at_ += part;
    if (at_ < shard.end) break;
    TRY(compare(shard));
    shards_.pop_front();
  }
  return {};
}

Result<void> FileDigests::finish() {
  assert(shards_.empty());
  for (Check& check : whole_) TRY(compare(check));
  return {};
}

Result<bool> has_digests(int fd, std::string_view path, std::uint64_t size,
                         const Expected& expected) {
  TRY_ASSIGN(FileDigests digests, FileDigests::create(path, size, expected));
  Bytes part(limits::kMiB);
  std::uint64_t at = 0;
  while (true) {
    const ssize_t got =
        pread(fd, part.data(), part.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::io, "cannot read ", path, ": ", errno_text(errno));
    if (got == 0) break;
    at += static_cast<std::uint64_t>(got);
    if (at > size) return false;
    Result<void> fits =
        digests.update(ByteView(part).first(static_cast<std::size_t>(got)));
    if (!fits.ok()) return false;
  }
  return at == size && digests.finish().ok();
}

}  // namespace sigstore::hub
