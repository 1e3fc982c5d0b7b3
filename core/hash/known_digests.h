// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/hash/hash_algorithm.h"

namespace sigstore {

// Which file, and in which state: two equal ones have the same bytes, by the
// rules of hash/file_state.h.
struct FileState {
  // Which disk or mount, and since when; or all that there is to know of a
  // file with fs-verity, whose other numbers but the size are zero.
  Sha256Digest volume;
  std::uint64_t inode = 0;
  std::uint64_t generation = 0;  // of the inode: its number is used again
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::int64_t changed_ns = 0;

  auto operator<=>(const FileState&) const = default;
};

// What of a file was hashed, and how.
struct HashedRange {
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  HashAlgorithm algorithm = HashAlgorithm::sha256;

  auto operator<=>(const HashedRange&) const = default;
};

struct KnownDigest {
  FileState file;
  HashedRange range;
  ContentDigest digest;
  Timestamp hashed_at;
};

// Files that need not be read, because their digests are known and they did
// not change since: how many, and when the oldest of them was hashed.
struct KnownUse {
  std::uint64_t asked = 0;  // files in all
  std::uint64_t files = 0;  // known
  std::uint64_t bytes = 0;  // of these
  Timestamp since;
};

// Digests by file and state. Pure: reads no file and no clock.
//
// It is kept in a file of this form, integers little-endian:
//
//   "hf-sigstore known digests 1\n"
//   record...   ascending by volume, inode, range
//   seal        HMAC-SHA-256 of all before it
//
//   record = volume[32] inode:8 generation:8 size:8 modified:8 changed:8
//            start:8 length:8 algorithm:1 hashed_at:8 digest[32 or 64]
//
// The key of the seal is the user's own: a file that somebody sent, put there
// or changed is as good as none. Who has the user's rights can read the key,
// and change the programs that would tell.
class KnownDigests {
 public:
  // `now` is the time before anything is hashed.
  explicit KnownDigests(Timestamp now) : now_(now) {}
  // invalid_input for what was not sealed with this key, and what is damaged.
  static Result<KnownDigests> unseal(ByteView sealed, ByteView key,
                                     Timestamp now);
  // What lies between its first line and its seal.
  static Result<KnownDigests> parse(ByteView records, Timestamp now);

  // Of a file that is in exactly this state.
  const KnownDigest* find(const FileState& file,
                          const HashedRange& range) const;
  // In the place of all that was known of the file in another state. Dropped
  // when limits::kKnownDigests were added already.
  void add(const FileState& file, const HashedRange& range,
           const ContentDigest& digest);
  // A file that was in the first state is in the second one now, its bytes
  // the same: what is known of it holds on.
  struct Move {
    FileState from;
    FileState to;
  };
  void carry(std::vector<Move> moves);
  // Was something added that is worth writing?
  bool has_news() const { return !added_.empty(); }
  // With what was added. Those hashed last, when there are too many.
  Bytes records() const;
  Bytes seal(ByteView key) const;

  Timestamp now() const { return now_; }
  const KnownUse& use() const { return use_; }
  void count_asked() { ++use_.asked; }
  void count_known(std::uint64_t bytes, Timestamp hashed_at);

 private:
  Timestamp now_;
  std::vector<KnownDigest> known_;  // ascending
  std::vector<KnownDigest> added_;
  KnownUse use_;
};

}  // namespace sigstore
