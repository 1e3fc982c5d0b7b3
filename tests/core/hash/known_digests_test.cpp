// SPDX-License-Identifier: Apache-2.0
#include "core/hash/known_digests.h"

#include <string>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::ContentDigest;
using sigstore::ErrorKind;
using sigstore::FileState;
using sigstore::HashAlgorithm;
using sigstore::HashedRange;
using sigstore::KnownDigests;
using sigstore::sha256;
using sigstore::Timestamp;

namespace {

constexpr Timestamp kNow{1'700'000'000};

ByteView key() { return as_bytes("0123456789abcdef0123456789abcdef"); }

FileState state(std::uint64_t inode) {
  return {sha256(as_bytes("volume")), inode, 7, 1000, 11, 12};
}

HashedRange whole() { return {0, 1000, HashAlgorithm::sha256}; }

ContentDigest digest(std::string_view text) { return sha256(as_bytes(text)); }

// As the next run reads it.
KnownDigests next_run(const KnownDigests& known, Timestamp now = kNow) {
  auto again = KnownDigests::unseal(known.seal(key()), key(), now);
  REQUIRE(works(again));
  return std::move(again).value();
}

KnownDigests with_two() {
  KnownDigests known(kNow);
  known.add(state(2), whole(), digest("two"));
  known.add(state(1), whole(), digest("one"));
  return next_run(known);
}

// The record of a file whose content is `text`, by hand.
std::string record(std::uint64_t inode, std::string_view text,
                   std::uint64_t size = 1000, char algorithm = 0) {
  const auto number = [](std::uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 8; ++i)
      bytes.push_back(static_cast<char>(value >> (8 * i)));
    return bytes;
  };
  const auto volume = sha256(as_bytes("volume"));
  return std::string(sigstore::as_text(volume.bytes)) + number(inode) +
         number(7) + number(1000) + number(11) + number(12) + number(0) +
         number(size) + algorithm +
         number(static_cast<std::uint64_t>(kNow.seconds)) +
         std::string(sigstore::as_text(digest(text).view()));
}

}  // namespace

TEST_CASE("a digest is found by the state of its file", "[hash][known]") {
  const KnownDigests known = with_two();
  REQUIRE(known.find(state(1), whole()) != nullptr);
  CHECK(known.find(state(1), whole())->digest == digest("one"));
  CHECK(known.find(state(1), whole())->hashed_at == kNow);
  REQUIRE(known.find(state(2), whole()) != nullptr);
  CHECK(known.find(state(2), whole())->digest == digest("two"));
  CHECK(known.find(state(3), whole()) == nullptr);
}

TEST_CASE("any other state of a file is unknown", "[hash][known]") {
  const KnownDigests known = with_two();
  const auto is_unknown = [&](auto change) {
    FileState other = state(1);
    change(other);
    return known.find(other, whole()) == nullptr;
  };
  CHECK(is_unknown([](FileState& it) { it.volume.bytes[0] ^= 1U; }));
  CHECK(is_unknown([](FileState& it) { it.inode = 3; }));
  CHECK(is_unknown([](FileState& it) { ++it.generation; }));
  CHECK(is_unknown([](FileState& it) { ++it.size; }));
  CHECK(is_unknown([](FileState& it) { ++it.modified_ns; }));
  CHECK(is_unknown([](FileState& it) { ++it.changed_ns; }));
}

TEST_CASE("another stretch or algorithm is unknown", "[hash][known]") {
  const KnownDigests known = with_two();
  CHECK(known.find(state(1), {0, 999, HashAlgorithm::sha256}) == nullptr);
  CHECK(known.find(state(1), {1, 999, HashAlgorithm::sha256}) == nullptr);
  CHECK(known.find(state(1), {0, 1000, HashAlgorithm::blake2b}) == nullptr);
  CHECK(known.find(state(1), {0, 1000, HashAlgorithm::blake3}) == nullptr);
}

TEST_CASE("what is new takes the place of the file's other states",
          "[hash][known]") {
  KnownDigests known = with_two();
  FileState changed = state(1);
  ++changed.changed_ns;
  known.add(changed, {0, 500, HashAlgorithm::sha256}, digest("half"));
  const KnownDigests next = next_run(known);
  CHECK(next.find(state(1), whole()) == nullptr);
  CHECK(next.find(changed, {0, 500, HashAlgorithm::sha256}) != nullptr);
  CHECK(next.find(state(2), whole()) != nullptr);
}

TEST_CASE("another digest of a file stands beside those that are known",
          "[hash][known]") {
  KnownDigests known = with_two();
  known.add(state(1), {0, 1000, HashAlgorithm::blake2b},
            ContentDigest(Bytes(64, 9)));
  known.add(state(1), whole(), digest("again"));
  known.add(state(1), whole(), digest("and again"));
  const KnownDigests next = next_run(known);
  REQUIRE(next.find(state(1), whole()) != nullptr);
  CHECK(next.find(state(1), whole())->digest == digest("and again"));
  CHECK(next.find(state(1), {0, 1000, HashAlgorithm::blake2b}) != nullptr);
}

TEST_CASE("every byte of the file counts", "[hash][known]") {
  const Bytes sealed = with_two().seal(key());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    CAPTURE(i);
    Bytes damaged = sealed;
    damaged[i] ^= 1U;
    CHECK(refuses(KnownDigests::unseal(damaged, key(), kNow),
                  ErrorKind::invalid_input, ""));
    const auto cut = ByteView(sealed).first(i);
    CHECK(refuses(KnownDigests::unseal(cut, key(), kNow),
                  ErrorKind::invalid_input, ""));
  }
  Bytes longer = sealed;
  longer.push_back(0);
  CHECK(refuses(KnownDigests::unseal(longer, key(), kNow),
                ErrorKind::invalid_input, ""));
}

TEST_CASE("the seal of another key is none", "[hash][known]") {
  const Bytes sealed = with_two().seal(key());
  CHECK(refuses(KnownDigests::unseal(sealed, as_bytes("another"), kNow),
                ErrorKind::invalid_input, ""));
  CHECK(refuses(KnownDigests::unseal(sealed, {}, kNow),
                ErrorKind::invalid_input, ""));
}

TEST_CASE("records are whole, ordered and possible", "[hash][known]") {
  const auto parse = [](const std::string& text) {
    return KnownDigests::parse(as_bytes(text), kNow);
  };
  CHECK(works(parse("")));
  const auto good = parse(record(1, "one") + record(2, "two"));
  REQUIRE(works(good));
  CHECK(good->records() == with_two().records());
  for (const std::string& bad :
       {record(2, "two") + record(1, "one"), record(1, "one") + record(1, "x"),
        record(1, "one", 1001), record(1, "one", 1000, 3),
        // Algorithms of longer digests.
        record(1, "one", 1000, 1), record(1, "one") + "x"})
    CHECK(refuses(parse(bad), ErrorKind::invalid_input, ""));
}

TEST_CASE("of too many digests the last ones are kept", "[hash][known]") {
  KnownDigests old(kNow);
  for (std::size_t i = 0; i < sigstore::limits::kKnownDigests + 3; ++i)
    old.add(state(i), whole(), digest("old"));
  KnownDigests later = next_run(old, Timestamp{kNow.seconds + 60});
  CHECK(later.find(state(sigstore::limits::kKnownDigests), whole()) == nullptr);
  const std::uint64_t fresh = sigstore::limits::kKnownDigests + 9;
  later.add(state(fresh), whole(), digest("fresh"));
  const KnownDigests last = next_run(later);
  CHECK(last.find(state(fresh), whole()) != nullptr);
  CHECK(last.seal(key()).size() <= sigstore::limits::kKnownFile);
}

TEST_CASE("the use of digests is counted, since the oldest", "[hash][known]") {
  KnownDigests known(kNow);
  known.count_asked();
  known.count_asked();
  known.count_known(10, Timestamp{50});
  known.count_known(20, Timestamp{40});
  CHECK(known.use().asked == 2);
  CHECK(known.use().files == 2);
  CHECK(known.use().bytes == 30);
  CHECK(known.use().since == Timestamp{40});
}

TEST_CASE("what is known of a file moves on with its state", "[hash][known]") {
  KnownDigests known = with_two();
  known.add(state(4), whole(), digest("four"));
  known.add(state(4), {0, 500, HashAlgorithm::blake2b},
            ContentDigest(Bytes(64, 4)));
  known.carry(
      {{state(9), state(19)}, {state(4), state(14)}, {state(2), state(12)}});
  KnownDigests next = next_run(known, Timestamp{kNow.seconds + 5});
  using Kept = std::pair<std::uint64_t, const char*>;
  for (const auto& [inode, text] :
       {Kept{1, "one"}, Kept{2, "two"}, Kept{12, "two"}, Kept{4, "four"},
        Kept{14, "four"}}) {
    const auto* found = next.find(state(inode), whole());
    REQUIRE(found != nullptr);
    CHECK(found->digest == digest(text));
    // When it was hashed, not when it was moved.
    CHECK(found->hashed_at == kNow);
  }
  CHECK(next.find(state(14), {0, 500, HashAlgorithm::blake2b}) != nullptr);
  CHECK(next.find(state(11), whole()) == nullptr);
  CHECK(next.find(state(19), whole()) == nullptr);
}
