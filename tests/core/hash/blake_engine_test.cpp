// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "core/crypto/message_digest.h"
#include "core/hash/blake2b_engine.h"
#include "core/hash/blake3.h"
#include "core/hash/blake_kernels.h"
#include "tests/core/refuses.h"

using sigstore::Blake2bLane;
using sigstore::Blake2bLanes;
using sigstore::Blake2bState;
using sigstore::Blake3;
using sigstore::Blake3Lanes;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::ContentDigest;
using sigstore::DigestAlgorithm;
using sigstore::HashEngine;
using sigstore::kBlake2bBlock;
using sigstore::MessageDigest;

namespace {

// The engines that have code for BLAKE, and run here.
std::vector<HashEngine> engines() {
  std::vector<HashEngine> found{HashEngine::openssl, HashEngine::best};
  const std::pair<HashEngine, const char*> wide[] = {
      {HashEngine::avx2, "avx2"}, {HashEngine::avx512, "avx512"}};
  for (const auto& [engine, name] : wide) {
    if (is_supported(engine)) {
      found.push_back(engine);
    } else {
      std::cout << "NOT RUN: hash engine " << name
                << " for BLAKE: this processor has no such instructions\n";
    }
  }
  return found;
}

// The input of BLAKE3's published test vectors.
Bytes counted(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

struct Known {
  std::size_t size;
  const char* digest;
};
// By b3sum 1.2.0 and the Python package blake3 1.0.11, which agree.
const Known kKnown[] = {
    {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
    {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
    {63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"},
    {64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"},
    {65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"},
    {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
    {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
    {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
    {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
    {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"},
    {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"},
    {3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3"},
    {7168, "61da957ec2499a95d6b8023e2b0e604ec7f6b50e80a9678b89d2628e99ada77a"},
    {7169, "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817"},
    {8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"},
    {8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b"},
    {16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4"},
    {16385, "1dabe216be2578830263b049de1639f39f05a4da616b9b78c7a5e4e41662fd1f"},
    {17409, "50bc54238ac9271c9f3471f5206a04eb25d2e26b3214ed971cc55230b0d22864"},
    {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
    {102400,
     "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"},
    {1048576,
     "74cb441fd087764ca9c3694da742ebe30cbeb3060a17009ca81825c7a8d10343"},
    {1048577,
     "2f053cd7472cf0cd2f9adaf45c1180255b91b9a865404a63671a0ee5f792ed33"},
    {3145733,
     "a7bb55bed0c04f58879d1fc1cafb27e14e931f4411fe63baf5b2d5a60357bffb"}};
// Of the digests of all lengths from 0 to 4200, one after the other.
const char* const kAll =
    "7f56f7956dce0f78958e3ed55b0476ac2ac4a8166efdeb9e2c7d7696f2582af1";

std::string blake3_hex(const Blake3Lanes& lanes, ByteView bytes) {
  return sigstore::to_digest(lanes.root(bytes)).to_hex();
}

ContentDigest blake2b(ByteView bytes) {
  auto digest = MessageDigest::create(DigestAlgorithm::blake2b512);
  REQUIRE(works(digest));
  digest->update(bytes);
  return digest->finish();
}

}  // namespace

TEST_CASE("BLAKE3 gives what others give, by every engine", "[hash]") {
  const Bytes bytes = counted(3145733);
  for (const HashEngine engine : engines()) {
    const Blake3Lanes lanes(engine);
    for (const Known& known : kKnown) {
      CAPTURE(static_cast<int>(engine), known.size);
      CHECK(blake3_hex(lanes, ByteView(bytes).first(known.size)) ==
            known.digest);
    }
  }
}

TEST_CASE("BLAKE3 of every length up to four chunks", "[hash]") {
  const Bytes bytes = counted(4200);
  for (const HashEngine engine : engines()) {
    const Blake3Lanes lanes(engine);
    Bytes all;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      const auto digest =
          sigstore::to_digest(lanes.root(ByteView(bytes).first(size)));
      all.insert(all.end(), digest.view().begin(), digest.view().end());
    }
    CAPTURE(static_cast<int>(engine));
    CHECK(blake3_hex(lanes, all) == kAll);
  }
}

TEST_CASE("BLAKE3 of subtrees is that of the whole", "[hash]") {
  const Bytes bytes = counted(3145733);
  const Blake3Lanes lanes;
  for (const std::size_t piece : {1024U, 4096U, 65536U, 1048576U}) {
    std::vector<sigstore::Blake3Value> values;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      values.push_back(lanes.subtree(
          ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)),
          at / sigstore::kBlake3Chunk));
    CAPTURE(piece);
    CHECK(sigstore::to_digest(lanes.root(std::move(values))).to_hex() ==
          kKnown[std::size(kKnown) - 1].digest);
  }
}

TEST_CASE("BLAKE3 piece by piece is that of the whole", "[hash]") {
  const Bytes bytes = counted(1048577);
  std::mt19937 random(20261123);
  Blake3 running;
  for (const std::size_t most : {1U, 1024U, 16384U, 16385U, 200000U})
    for (const Known& known : kKnown) {
      if (known.size > bytes.size() || known.size / most > 100'000) continue;
      ByteView left = ByteView(bytes).first(known.size);
      while (!left.empty()) {
        const std::size_t size =
            std::min<std::size_t>(left.size(), 1 + random() % most);
        running.update(left.first(size));
        left = left.subspan(size);
      }
      CAPTURE(most, known.size);
      CHECK(running.finish().to_hex() == known.digest);
    }
}

TEST_CASE("BLAKE2b by every engine is OpenSSL's", "[hash]") {
  std::mt19937 random(20261123);
  for (const HashEngine engine : engines()) {
    const Blake2bLanes lanes(engine);
    for (std::size_t count = 1; count <= Blake2bLanes::kMost; ++count)
      for (std::size_t round = 0; round < 10; ++round) {
        // Each has as many blocks before its rest, which may be a whole one.
        const std::size_t blocks = random() % 7;
        std::vector<Bytes> messages(count);
        std::vector<Blake2bState> states(count);
        std::vector<Blake2bLane> rows;
        for (std::size_t i = 0; i < count; ++i) {
          const std::size_t rest =
              round < 3 ? kBlake2bBlock : 1 + random() % kBlake2bBlock;
          messages[i].resize(blocks * kBlake2bBlock + rest);
          for (auto& byte : messages[i])
            byte = static_cast<std::uint8_t>(random());
          rows.push_back({&states[i], messages[i].data()});
        }
        // In two goes: the count of bytes must be carried on.
        const std::size_t first = blocks / 2;
        lanes.advance(rows, first);
        for (Blake2bLane& row : rows) row.data += first * kBlake2bBlock;
        lanes.advance(rows, blocks - first);
        for (std::size_t i = 0; i < count; ++i) {
          CAPTURE(static_cast<int>(engine), count, blocks, i);
          REQUIRE(states[i].finish(
                      ByteView(messages[i]).subspan(blocks * kBlake2bBlock)) ==
                  blake2b(messages[i]));
        }
      }
  }
  CHECK(Blake2bState().finish({}) == blake2b({}));
}
