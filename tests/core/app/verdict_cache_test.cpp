// SPDX-License-Identifier: Apache-2.0
#include "core/app/verdict_cache.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/limits.h"
#include "core/crypto/private_key.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::CommitQuestion;
using sigstore::CommitVerdict;
using sigstore::ErrorKind;
using sigstore::LastVerified;
using sigstore::RepositoryTrust;
using sigstore::Settings;
using sigstore::Timestamp;
using sigstore::VerdictCache;

namespace {

CommitQuestion question(char digit = 'a') {
  return {*sigstore::RepoId::parse("org/model"), "refs/heads/main",
          sigstore::git::CommitId{
              *sigstore::git::ObjectId::parse_hex(std::string(40, digit))},
          true, Timestamp{1767225700}};
}

RepositoryTrust trust_in(const sigstore::PublicKey& key) {
  RepositoryTrust trust;
  trust.signers.push_back({key, "alice", Timestamp{1767225600}});
  return trust;
}

sigstore::PublicKey new_key() {
  return sigstore::PrivateKey::generate(sigstore::Curve::p256)->public_key();
}

CommitVerdict verdict(const CommitQuestion& about) {
  CommitVerdict verdict;
  LastVerified last;
  last.commit = about.commit.id.to_hex();
  last.signed_at = Timestamp{1767225602};
  last.bundle.bytes[0] = 9;
  last.signer = "f00d";
  last.verified_at = Timestamp{1767225603};
  verdict.verified = last;
  verdict.signer = "alice (key f00d)";
  verdict.files = 214;
  verdict.total_size = 812'400'000'000;
  verdict.notes = {"a note"};
  return verdict;
}

std::size_t count(const std::filesystem::path& folder) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files += entry.is_regular_file() ? 1 : 0;
  return files;
}

}  // namespace

TEST_CASE("a verdict that was kept comes back as it was", "[app]") {
  const TempFolder folder;
  const VerdictCache cache(folder.at("verdicts"));
  const RepositoryTrust trust = trust_in(new_key());
  CHECK_FALSE(cache.find(question(), {}, trust));
  REQUIRE(works(cache.store(question(), {}, trust, verdict(question()))));
  const auto found = cache.find(question(), {}, trust);
  REQUIRE(found);
  CHECK(found->line(question()) == verdict(question()).line(question()));
  CHECK(found->verified->commit == question().commit.id.to_hex());
  CHECK(found->verified->bundle == verdict(question()).verified->bundle);
  CHECK(found->verified->signed_at == Timestamp{1767225602});
  CHECK(found->verified->verified_at == Timestamp{1767225603});
  CHECK(found->verified->signer == "f00d");
  CHECK(found->notes == std::vector<std::string>{"a note"});
}

TEST_CASE("another question, key or setting is another verdict", "[app]") {
  const TempFolder folder;
  const VerdictCache cache(folder.at("verdicts"));
  const RepositoryTrust trust = trust_in(new_key());
  REQUIRE(works(cache.store(question(), {}, trust, verdict(question()))));
  CHECK_FALSE(cache.find(question('b'), {}, trust));
  CommitQuestion other = question();
  other.ref = "refs/heads/dev";
  CHECK_FALSE(cache.find(other, {}, trust));
  other = question();
  other.repository = *sigstore::RepoId::parse("org/other");
  CHECK_FALSE(cache.find(other, {}, trust));
  CHECK_FALSE(cache.find(question(), {}, trust_in(new_key())));
  CHECK_FALSE(cache.find(question(), {}, {}));
  Settings settings;
  settings.configured = " mode 7 require\n";
  CHECK_FALSE(cache.find(question(), settings, trust));
  settings = {};
  settings.max_age = std::chrono::hours(1);
  CHECK_FALSE(cache.find(question(), settings, trust));
}

TEST_CASE("a keyring that changed is another verdict", "[app]") {
  const TempFolder folder;
  const VerdictCache cache(folder.at("verdicts"));
  Settings settings;
  settings.public_keys = {folder.write("alice.pub", "one")};
  REQUIRE(works(cache.store(question(), settings, {}, verdict(question()))));
  CHECK(cache.find(question(), settings, {}));
  folder.write("alice.pub", "two");
  CHECK_FALSE(cache.find(question(), settings, {}));
}

TEST_CASE("a damaged verdict is none", "[app]") {
  const TempFolder folder;
  const VerdictCache cache(folder.at("verdicts"));
  REQUIRE(works(cache.store(question(), {}, {}, verdict(question()))));
  const auto file =
      std::filesystem::directory_iterator(folder.at("verdicts"))->path();
  const std::string relative = "verdicts/" + file.filename().string();
  const std::string good = folder.read(relative);
  for (std::size_t length = 0; length + 2 < good.size(); ++length) {
    folder.write(relative, good.substr(0, length));
    CHECK_FALSE(cache.find(question(), {}, {}));
  }
  folder.write(relative,
               good + std::string(sigstore::limits::kVerdictFile, ' '));
  CHECK_FALSE(cache.find(question(), {}, {}));
  folder.write(relative, good);
  CHECK(cache.find(question(), {}, {}));
}

TEST_CASE("a verdict under another's name is refused", "[app]") {
  const std::string text =
      sigstore::encode_verdict(question(), verdict(question()));
  CHECK(works(sigstore::parse_verdict(as_bytes(text), question())));
  CHECK(refuses(sigstore::parse_verdict(as_bytes(text), question('b')),
                ErrorKind::invalid_input, "about another state"));
}

TEST_CASE("only verified states are kept, under their own name", "[app]") {
  const TempFolder folder;
  const VerdictCache cache(folder.at("verdicts"));
  REQUIRE(works(cache.store(question(), {}, {}, {})));
  REQUIRE(works(cache.store(question('b'), {}, {}, verdict(question()))));
  CHECK_FALSE(std::filesystem::exists(folder.at("verdicts")));
}

TEST_CASE("the oldest verdicts go when there are too many", "[app]") {
  const TempFolder folder;
  const VerdictCache cache(folder.at("verdicts"));
  for (std::size_t i = 0; i < sigstore::limits::kVerdicts; ++i)
    std::ofstream(folder.make_folder("verdicts") /
                  ("old-" + std::to_string(i)));
  REQUIRE(works(cache.store(question(), {}, {}, verdict(question()))));
  CHECK(count(folder.at("verdicts")) == sigstore::limits::kVerdicts / 2);
  CHECK(cache.find(question(), {}, {}));
}
