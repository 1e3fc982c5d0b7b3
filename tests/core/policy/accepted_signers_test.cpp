// SPDX-License-Identifier: Apache-2.0
#include "core/policy/accepted_signers.h"

#include <string>

#include "core/crypto/private_key.h"
#include "tests/core/refuses.h"

namespace sigstore {
namespace {

TrustedSigner signer(const std::string& name, bool first_use = false) {
  auto key = PrivateKey::generate(Curve::p256);
  REQUIRE(works(key));
  return {key->public_key(), name, Timestamp{1}, first_use};
}

std::string names(const AcceptedSigners& accepted) {
  std::string all;
  for (const TrustedSigner& item : accepted.signers)
    all += (all.empty() ? "" : " ") + item.name;
  CHECK(accepted.keys().size() == accepted.signers.size());
  return all;
}

}  // namespace

TEST_CASE("a repository that nobody is known for is open to the keyring",
          "[policy]") {
  const auto accepted =
      accepted_signers({}, {signer("alice"), signer("bob")}, false);
  CHECK(names(accepted) == "alice bob");
  CHECK(accepted.first_use);
  CHECK(names(accepted_signers({}, {}, false)).empty());
}

TEST_CASE("a pin keeps the rest of the keyring out", "[policy]") {
  RepositoryTrust trust;
  trust.signers = {signer("alice", GENERATE(false, true))};
  const auto accepted =
      accepted_signers(trust, {trust.signers[0], signer("bob")}, false);
  CHECK(names(accepted) == "alice");
  CHECK_FALSE(accepted.first_use);
}

TEST_CASE("require goes by configuration and by what was added", "[policy]") {
  RepositoryTrust trust;
  trust.signers = {signer("seen", true), signer("added")};
  const auto accepted = accepted_signers(trust, {signer("configured")}, true);
  CHECK(names(accepted) == "added configured");
  CHECK_FALSE(accepted.first_use);
  CHECK(names(accepted_signers(trust, {}, true)) == "added");
  CHECK_FALSE(accepted_signers({}, {signer("bob")}, true).first_use);
}

}  // namespace sigstore
