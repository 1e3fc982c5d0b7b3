// SPDX-License-Identifier: Apache-2.0

// Bundles that somebody damaged: cut at every 64th byte, and with one bit
// flipped. Accepted only where the damage is in a field that
// nothing authenticates, and then with the same answer.

#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "core/trust/signing_config.h"
#include "core/verify/verify_bundle.h"
#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"
#include "tests/support/virtual_sigstore.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::Evidence;
using sigstore::Json;
using sigstore::Result;
using sigstore::SignatureHash;
using sigstore::Timestamp;
using sigstore::Trace;
using sigstore::TrustedRoot;
using sigstore::VerifiedBundle;

namespace {

constexpr Timestamp kNow{1'787'659'200};  // 2026-08-25T00:00:00Z

struct Field {
  std::string path;
  bool may_change;  // else it may only be absent, or unknown by its name
  std::string reason;
};

// What nothing authenticates, and why that changes no answer.
const std::vector<Field>& unauthenticated() {
  static const std::vector<Field> kFields = {
      {"/mediaType", true,
       "says which version it is; all are held to one rule"},
      {"/verificationMaterial/publicKey", true,
       "the caller's key decides, the hint only chooses"},
      {"/verificationMaterial/timestampVerificationData", false,
       "a time that is left out proves nothing; another one must suffice"},
      {"/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/"
       "signedTimestamp",
       true,
       "the certificates that a token brings are not looked at, and a token of "
       "nobody known proves nothing"},
      {"/verificationMaterial/tlogEntries/0/inclusionProof/checkpoint/envelope",
       true, "signatures of witnesses are not looked at"},
      {"/verificationMaterial/tlogEntries/0/inclusionProof/hashes", false,
       "absent is none, and a tree of one leaf has none"},
      {"/verificationMaterial/tlogEntries/0/inclusionProof/logIndex", false,
       "absent is 0, which is where the entry must then be"},
      {"/verificationMaterial/tlogEntries/0/inclusionPromise", false,
       "the same, of a log"},
      {"/verificationMaterial/tlogEntries/0/integratedTime", true,
       "of Rekor v2 it is no time; of v1 the promise covers it"},
      {"/messageSignature/messageDigest", false,
       "a copy of what the signature covers"},
      {"/dsseEnvelope/signatures/0/keyid", true, "a hint, used for nothing"},
  };
  return kFields;
}

struct Sample {
  std::string name;
  std::string text;
  Bytes artifact;
  TrustedRoot root;
  std::optional<sigstore::VerificationKey> key;
};

struct Answer {
  std::string signer;
  Bytes payload;
  bool operator==(const Answer&) const = default;
};

Result<Answer> verify(const Sample& sample, std::string_view text) {
  TRY_ASSIGN(const sigstore::Bundle bundle,
             sigstore::parse_bundle(as_bytes(text)));
  sigstore::SignedContent held;
  held.artifact.emplace();
  held.artifact->sha256 = hash_bytes(SignatureHash::sha256, sample.artifact);
  Trace trace;
  TRY_ASSIGN(const VerifiedBundle verified,
             verify_bundle(bundle, held,
                           Evidence{sample.root, kNow, sample.key}, trace));
  const sigstore::ByteView payload = verified.payload().bytes();
  return Answer{describe_signer(verified.signer()),
                Bytes(payload.begin(), payload.end())};
}

struct Difference {
  std::string path;
  bool absent = false;
};

// The members in which two texts differ.
void find_differences(const Json& left, const Json& right,
                      const std::string& path, std::vector<Difference>& out) {
  if (left == right) return;
  if (left.is_object() && right.is_object()) {
    for (const auto& item : left.items())
      if (!right.contains(item.key()))
        out.push_back({path + "/" + item.key(), true});
      else
        find_differences(item.value(), right[item.key()],
                         path + "/" + item.key(), out);
    return;  // members that are new are unknown, and ignored
  }
  if (left.is_array() && right.is_array() && left.size() == right.size()) {
    for (std::size_t i = 0; i < left.size(); ++i)
      find_differences(left[i], right[i], path + "/" + std::to_string(i), out);
    return;
  }
  out.push_back({path});
}

bool is_allowed(const Difference& difference) {
  for (const Field& field : unauthenticated()) {
    const bool inside = difference.path.starts_with(field.path + "/");
    if (difference.path != field.path && !inside) continue;
    if (field.may_change || difference.absent) return true;
  }
  return false;
}

// Every 16th byte, which takes seconds; SIGSTORE_DAMAGE_STRIDE=1 looks at all
// of them, for minutes.
std::size_t stride() {
  const char* text = std::getenv("SIGSTORE_DAMAGE_STRIDE");
  return text == nullptr ? 16 : std::stoul(text);
}

void check_damage(const Sample& sample) {
  CAPTURE(sample.name);
  const auto whole = verify(sample, sample.text);
  REQUIRE(works(whole));
  const Json original = Json::parse(sample.text);
  std::size_t accepted = 0;
  std::string damaged = sample.text;
  for (std::size_t at = 0; at < damaged.size(); at += stride()) {
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 7)));
    const auto answer = verify(sample, damaged);
    if (answer.ok()) {
      ++accepted;
      std::vector<Difference> differences;
      find_differences(original, Json::parse(damaged), "", differences);
      for (const Difference& item : differences)
        if (!is_allowed(item))
          FAIL_CHECK("accepted with " << (item.absent ? "no " : "another ")
                                      << item.path);
      if (!(*answer == *whole)) FAIL("another answer, byte " << at);
    }
    damaged[at] = sample.text[at];
  }
  // Some damage is in names and white space: that must not be everything.
  CHECK(accepted * 10 < sample.text.size());
  for (std::size_t length = 0; length + 2 < sample.text.size(); length += 64)
    CHECK_FALSE(verify(sample, sample.text.substr(0, length)).ok());
}

// Bundles of the virtual instance, of all kinds.
std::vector<Sample> own_samples() {
  const VirtualSigstore instance;
  const std::string message = "weights";
  const Bytes artifact(message.begin(), message.end());
  BundlePlan envelope;
  envelope.statement =
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":)"
      R"({"sha256":")" +
      sigstore::to_hex(hash_bytes(SignatureHash::sha256, artifact)) +
      R"("}}],"predicateType":"p","predicate":{}})";
  std::vector<Sample> samples;
  const auto add = [&](bool v2, bool dsse, bool both, bool managed) {
    BundlePlan plan = dsse ? envelope : BundlePlan{};
    plan.rekor_v2 = v2;
    plan.with_timestamp = both;
    const TestKey key = TestKey::make("P-256");
    const auto bundle = managed ? instance.sign_with(key, message, plan)
                                : instance.sign(message, plan);
    Sample sample{"own" + std::to_string(samples.size()),
                  write_bundle(bundle).value(), artifact,
                  instance.trusted_root(), std::nullopt};
    if (managed) sample.key = key.public_key();
    samples.push_back(std::move(sample));
  };
  for (const bool dsse : {false, true}) {
    for (const bool managed : {false, true}) {
      add(false, dsse, false, managed);
      add(true, dsse, true, managed);
    }
  }
  add(false, true, true, false);
  return samples;
}

}  // namespace

TEST_CASE("damaged bundles of every kind are refused", "[verify][damage]") {
  for (const Sample& sample : own_samples()) check_damage(sample);
}

TEST_CASE("damaged bundles of other implementations are refused",
          "[vectors][damage]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const CaseFiles& files : list_cases(*vectors)) {
    if (!files.passes) continue;
    const Bytes bundle = read_vector(files.bundle);
    auto root = sigstore::parse_trusted_root(read_vector(files.trusted_root));
    REQUIRE(works(root));
    Sample sample{files.name, std::string(as_text(bundle)),
                  read_vector(files.artifact), std::move(*root), std::nullopt};
    if (files.key) {
      auto key =
          sigstore::VerificationKey::from_pem(as_text(read_vector(*files.key)));
      REQUIRE(works(key));
      sample.key = std::move(*key);
    }
    check_damage(sample);
    ++count;
  }
  CHECK(count >= 11);
}

TEST_CASE("every vector, cut short, is refused", "[vectors][damage]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(*vectors)) {
    const std::string kind = entry.path().extension();
    if (!entry.is_regular_file() || (kind != ".json" && kind != ".sig"))
      continue;
    CAPTURE(entry.path().string());
    ++files;
    const Bytes whole = read_vector(entry.path());
    const std::string_view text = as_text(whole);
    const std::size_t end = text.find_last_not_of(" \n\r\t") + 1;  // or 0
    for (std::size_t length = 0; length < end; length += 64) {
      const sigstore::ByteView part = as_bytes(text.substr(0, length));
      CHECK_FALSE(sigstore::parse_bundle(part).ok());
      CHECK_FALSE(sigstore::parse_trusted_root(part).ok());
      CHECK_FALSE(sigstore::parse_signing_config(part).ok());
      CHECK_FALSE(sigstore::parse_client_trust_config(part).ok());
    }
  }
  CHECK(files >= 80);
}
