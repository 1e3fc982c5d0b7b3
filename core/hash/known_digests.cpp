// SPDX-License-Identifier: Apache-2.0
#include "core/hash/known_digests.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

constexpr std::string_view kFirstLine = "hf-sigstore known digests 1\n";

// What there is one record for, whatever state the file was in.
auto place_of(const KnownDigest& known) {
  return std::tie(known.file.volume, known.file.inode, known.range);
}

bool is_before(const KnownDigest& left, const KnownDigest& right) {
  return place_of(left) < place_of(right);
}

bool is_same_file(const KnownDigest& left, const KnownDigest& right) {
  return left.file.volume == right.file.volume &&
         left.file.inode == right.file.inode;
}

void append(Bytes& bytes, std::uint64_t number, std::size_t size = 8) {
  for (std::size_t i = 0; i < size; ++i)
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

void append(Bytes& bytes, ByteView part) {
  bytes.insert(bytes.end(), part.begin(), part.end());
}

void append(Bytes& bytes, const KnownDigest& known) {
  append(bytes, known.file.volume.bytes);
  append(bytes, known.file.inode);
  append(bytes, known.file.generation);
  append(bytes, known.file.size);
  append(bytes, static_cast<std::uint64_t>(known.file.modified_ns));
  append(bytes, static_cast<std::uint64_t>(known.file.changed_ns));
  append(bytes, known.range.start);
  append(bytes, known.range.size);
  append(bytes, static_cast<std::uint64_t>(known.range.algorithm), 1);
  append(bytes, static_cast<std::uint64_t>(known.hashed_at.seconds));
  append(bytes, known.digest.view());
}

Error damaged() {
  return fail(ErrorKind::invalid_input, "the known digests are damaged");
}

// Takes numbers and bytes from the front; what is not there any more is zero,
// and ok() says so.
class Reader {
 public:
  explicit Reader(ByteView bytes) : left_(bytes) {}

  ByteView take(std::size_t size) {
    if (left_.size() < size) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const ByteView part = left_.first(size);
    left_ = left_.subspan(size);
    return part;
  }
  std::uint64_t number(std::size_t size = 8) {
    const ByteView part = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = part.size(); i-- > 0;) value = value << 8U | part[i];
    return value;
  }
  bool empty() const { return left_.empty(); }
  bool ok() const { return ok_; }

 private:
  ByteView left_;
  bool ok_ = true;
};

Result<KnownDigest> read_record(Reader& reader) {
  KnownDigest known;
  const ByteView volume = reader.take(Sha256Digest::kSize);
  std::copy(volume.begin(), volume.end(), known.file.volume.bytes.begin());
  known.file.inode = reader.number();
  known.file.generation = reader.number();
  known.file.size = reader.number();
  known.file.modified_ns = static_cast<std::int64_t>(reader.number());
  known.file.changed_ns = static_cast<std::int64_t>(reader.number());
  known.range.start = reader.number();
  known.range.size = reader.number();
  const std::uint64_t algorithm = reader.number(1);
  known.hashed_at.seconds = static_cast<std::int64_t>(reader.number());
  if (algorithm > static_cast<std::uint64_t>(HashAlgorithm::blake3))
    return damaged();
  known.range.algorithm = static_cast<HashAlgorithm>(algorithm);
  known.digest = ContentDigest(reader.take(digest_size(known.range.algorithm)));
  if (!reader.ok() || known.range.start > known.file.size ||
      known.range.size > known.file.size - known.range.start)
    return damaged();
  return known;
}

}  // namespace

Result<KnownDigests> KnownDigests::parse(ByteView records, Timestamp now) {
  KnownDigests digests(now);
  Reader reader(records);
  while (!reader.empty()) {
    if (digests.known_.size() >= limits::kKnownDigests) return damaged();
    TRY_ASSIGN(const KnownDigest known, read_record(reader));
    if (!digests.known_.empty() && !is_before(digests.known_.back(), known))
      return damaged();
    digests.known_.push_back(known);
  }
  return digests;
}

Result<KnownDigests> KnownDigests::unseal(ByteView sealed, ByteView key,
                                          Timestamp now) {
  if (sealed.size() > limits::kKnownFile ||
      sealed.size() < kFirstLine.size() + Sha256Digest::kSize ||
      !as_text(sealed).starts_with(kFirstLine))
    return damaged();
  const ByteView text = sealed.first(sealed.size() - Sha256Digest::kSize);
  const Sha256Digest seal = hmac_sha256(key, text);
  if (!std::equal(seal.bytes.begin(), seal.bytes.end(),
                  sealed.end() - Sha256Digest::kSize))
    return fail(ErrorKind::invalid_input,
                "the known digests have another seal");
  return parse(text.subspan(kFirstLine.size()), now);
}

const KnownDigest* KnownDigests::find(const FileState& file,
                                      const HashedRange& range) const {
  const KnownDigest wanted{file, range, {}, {}};
  const auto found =
      std::lower_bound(known_.begin(), known_.end(), wanted, is_before);
  if (found == known_.end() || found->file != file || found->range != range)
    return nullptr;
  return &*found;
}

void KnownDigests::add(const FileState& file, const HashedRange& range,
                       const ContentDigest& digest) {
  if (added_.size() >= limits::kKnownDigests) return;
  added_.push_back({file, range, digest, now_});
}

void KnownDigests::carry(std::vector<Move> moves) {
  std::sort(moves.begin(), moves.end(),
            [](const Move& left, const Move& right) {
              return left.from < right.from;
            });
  std::vector<KnownDigest> carried;
  const auto look_in = [&](const std::vector<KnownDigest>& all) {
    for (const KnownDigest& known : all) {
      const auto move =
          std::lower_bound(moves.begin(), moves.end(), known.file,
                           [](const Move& left, const FileState& right) {
                             return left.from < right;
                           });
      if (move == moves.end() || move->from != known.file) continue;
      carried.push_back(known);
      carried.back().file = move->to;
    }
  };
  look_in(known_);
  look_in(added_);
  for (const KnownDigest& known : carried)
    if (added_.size() < limits::kKnownDigests) added_.push_back(known);
}

Bytes KnownDigests::records() const {
  std::vector<KnownDigest> all = added_;
  // The last one of a place counts.
  std::reverse(all.begin(), all.end());
  std::stable_sort(all.begin(), all.end(), is_before);
  const auto is_one_place = [](const auto& left, const auto& right) {
    return place_of(left) == place_of(right);
  };
  all.erase(std::unique(all.begin(), all.end(), is_one_place), all.end());
  const std::size_t added = all.size();
  for (const KnownDigest& old : known_) {
    const auto first = all.begin();
    const auto end = first + static_cast<std::ptrdiff_t>(added);
    KnownDigest start;
    start.file.volume = old.file.volume;
    start.file.inode = old.file.inode;
    auto same = std::lower_bound(first, end, start, is_before);
    bool is_over = false;
    for (; same != end && is_same_file(*same, old) && !is_over; ++same)
      is_over = same->file != old.file || same->range == old.range;
    if (!is_over) all.push_back(old);
  }
  if (all.size() > limits::kKnownDigests) {
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& left, const auto& right) {
                       return left.hashed_at > right.hashed_at;
                     });
    all.resize(limits::kKnownDigests);
  }
  std::sort(all.begin(), all.end(), is_before);
  Bytes bytes;
  for (const KnownDigest& known : all) append(bytes, known);
  return bytes;
}

Bytes KnownDigests::seal(ByteView key) const {
  Bytes bytes = to_bytes(kFirstLine);
  append(bytes, records());
  append(bytes, hmac_sha256(key, bytes).bytes);
  return bytes;
}

void KnownDigests::count_known(std::uint64_t bytes, Timestamp hashed_at) {
  use_.since = use_.files == 0 ? hashed_at : std::min(use_.since, hashed_at);
  ++use_.files;
  use_.bytes += bytes;
}

}  // namespace sigstore
