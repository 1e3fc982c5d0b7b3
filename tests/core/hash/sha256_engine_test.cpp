// SPDX-License-Identifier: Apache-2.0
#include "core/hash/sha256_engine.h"

#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "core/crypto/message_digest.h"
#include "core/hash/sha256_kernels.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::HashEngine;
using sigstore::kSha256Block;
using sigstore::sha256;
using sigstore::Sha256Lane;
using sigstore::Sha256Lanes;
using sigstore::Sha256State;
using sigstore::Sha256Tail;

namespace {

bool can_run(HashEngine engine, const char* name) {
  if (is_supported(engine)) return true;
  std::cout << "NOT RUN: hash engine " << name
            << ": this processor has no such instructions\n";
  return false;
}

// Messages of one number of whole blocks, and any rest each.
std::vector<sigstore::Sha256Digest> hash_together(
    const Sha256Lanes& lanes, const std::vector<Bytes>& messages) {
  const std::size_t blocks = messages.front().size() / kSha256Block;
  std::vector<Sha256State> states(messages.size());
  std::vector<Sha256Lane> rows;
  for (std::size_t i = 0; i < messages.size(); ++i)
    rows.push_back({&states[i], messages[i].data()});
  lanes.advance(rows, blocks);
  std::vector<sigstore::Sha256Digest> digests;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Sha256Tail tail(std::span(messages[i]).subspan(blocks * kSha256Block),
                          messages[i].size());
    const Sha256Lane row{&states[i], tail.bytes.data()};
    lanes.advance({&row, 1}, tail.blocks);
    digests.push_back(states[i].digest());
  }
  return digests;
}

// FIPS 180-2 appendix B, and the empty message.
struct Known {
  std::string message;
  const char* digest;
};
const std::vector<Known>& known_answers() {
  static const std::vector<Known> kKnown{
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
  return kKnown;
}

void check_engine(HashEngine engine) {
  const Sha256Lanes lanes(engine);
  for (const Known& known : known_answers()) {
    const Bytes message(known.message.begin(), known.message.end());
    for (const std::size_t copies : {1U, 2U, 16U})
      for (const auto& digest :
           hash_together(lanes, std::vector<Bytes>(copies, message)))
        CHECK(digest.to_hex() == known.digest);
  }
  // Against OpenSSL: every number of lanes, lengths around the blocks' ends.
  std::mt19937 random(20261122);
  for (std::size_t count = 1; count <= Sha256Lanes::kMost; ++count)
    for (std::size_t round = 0; round < 12; ++round) {
      const std::size_t blocks = random() % 9;
      std::vector<Bytes> messages(count);
      for (Bytes& message : messages) {
        const std::size_t rest =
            round < 4 ? 55 + random() % 3 : random() % kSha256Block;
        message.resize(blocks * kSha256Block + rest % kSha256Block);
        for (auto& byte : message) byte = static_cast<std::uint8_t>(random());
      }
      const auto digests = hash_together(lanes, messages);
      for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(count, blocks, i);
        REQUIRE(digests[i] == sha256(messages[i]));
      }
    }
}

}  // namespace

TEST_CASE("SHA-256 by OpenSSL's blocks", "[hash]") {
  check_engine(HashEngine::openssl);
  CHECK(Sha256Lanes(HashEngine::openssl).widths().size() == 1);
}

TEST_CASE("SHA-256 by what this processor does best", "[hash]") {
  check_engine(HashEngine::best);
}

TEST_CASE("SHA-256 by pairs with the SHA extensions", "[hash]") {
  if (!can_run(HashEngine::sha_ni, "sha-ni")) return;
  check_engine(HashEngine::sha_ni);
  CHECK(Sha256Lanes(HashEngine::sha_ni).widths().back() == 2);
}

TEST_CASE("SHA-256 by eight lanes of AVX2", "[hash]") {
  if (!can_run(HashEngine::avx2, "avx2")) return;
  check_engine(HashEngine::avx2);
  CHECK(Sha256Lanes(HashEngine::avx2).widths().back() == 8);
}

TEST_CASE("SHA-256 by sixteen and eight lanes of AVX-512", "[hash]") {
  if (!can_run(HashEngine::avx512, "avx512")) return;
  check_engine(HashEngine::avx512);
  CHECK(Sha256Lanes(HashEngine::avx512).widths().back() == 16);
}

TEST_CASE("engines are asked for by their names", "[hash]") {
  CHECK(*sigstore::parse_engine("best") == HashEngine::best);
  CHECK(*sigstore::parse_engine("sha-ni") == HashEngine::sha_ni);
  for (const char* name : {"", "AVX2", "avx", "sha_ni", "fastest"})
    CHECK(refuses(sigstore::parse_engine(name), ErrorKind::invalid_input,
                  "unknown hash engine"));
}
