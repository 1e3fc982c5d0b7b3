// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_material.h"

#include <string>
#include <vector>

#include "core/trust/signing_config.h"
#include "tests/core/refuses.h"
#include "tests/support/virtual_sigstore.h"

using sigstore::Bundle;
using sigstore::ErrorKind;
using sigstore::Identity;
using sigstore::Mode;
using sigstore::Settings;
using sigstore::Signer;
using sigstore::SignerRule;
using sigstore::Timestamp;
using sigstore::VerifyRequest;

namespace {

constexpr Timestamp kFresh{1'764'547'200};  // 2025-12-01
constexpr Timestamp kLater{4'000'000'000};  // 2096

}  // namespace

TEST_CASE("the built-in root is the public instance's, and says its age",
          "[app]") {
  const auto fresh = sigstore::load_trust_material({}, kFresh);
  REQUIRE(works(fresh));
  CHECK(fresh->stale.empty());
  CHECK(fresh->taken.has_value());
  CHECK(fresh->root.tlogs.front().base_url == "https://rekor.sigstore.dev");
  // Whoever verifies with it can sign with its services.
  const auto config = sigstore::parse_signing_config(fresh->signing_config);
  REQUIRE(works(config));
  CHECK(config->certificate_authorities.front().url ==
        "https://fulcio.sigstore.dev");
  const auto old = sigstore::load_trust_material({}, kLater);
  REQUIRE(works(old));
  CHECK(old->stale.find("was good until") != std::string::npos);
}

TEST_CASE("the built-in root of the staging instance is another one", "[app]") {
  const auto staging = sigstore::load_staging_material(kFresh);
  REQUIRE(works(staging));
  CHECK(staging->stale.empty());
  CHECK(staging->root.tlogs.front().base_url == "https://rekor.sigstage.dev");
  const auto old = sigstore::load_staging_material(kLater);
  REQUIRE(works(old));
  CHECK_FALSE(old->stale.empty());
}

TEST_CASE("a root is read where an identity may count", "[app]") {
  const TestKey key = TestKey::make("P-256");
  const auto public_key = sigstore::PublicKey::from_der(key.spki());
  REQUIRE(works(public_key));
  const std::vector<sigstore::PublicKey> keys{*public_key};
  const std::vector<SignerRule> identities{{"a@b", false, "https://i", {}}};
  Settings settings;
  const auto find = [&](bool with_keys, bool with_identities) {
    VerifyRequest request;
    if (with_keys) request.keys = keys;
    if (with_identities) request.identities = identities;
    request.now = kFresh;
    return find_trusted_root(request, settings);
  };
  CHECK(find(false, true)->has_value());
  CHECK(find(true, true)->has_value());
  CHECK(find(false, false)->has_value());
  CHECK_FALSE(find(true, false)->has_value());
  settings.trusted_root = "/none";
  CHECK(refuses(find(true, true), ErrorKind::not_found, "/none"));
  CHECK_FALSE(find(true, false)->has_value());
}

TEST_CASE("a root file and an instance are two answers to one question",
          "[app]") {
  CHECK(refuses(sigstore::load_trust_material(
                    {"root.json", "https://tuf.example.org"}, kFresh),
                ErrorKind::invalid_input, "one has to do"));
}

TEST_CASE("a root that is too old is refused where the policy is strict",
          "[app]") {
  const auto signer = [] {
    const VirtualSigstore instance;
    const Bundle bundle = instance.sign("");
    const auto leaf = sigstore::Certificate::from_der(
        std::get<sigstore::CertificateMaterial>(bundle.material).der);
    REQUIRE(works(leaf));
    return Signer(Identity{{}, "https://i", *leaf});
  }();
  const auto key = sigstore::PublicKey::from_der(TestKey::make("P-256").spki());
  REQUIRE(works(key));
  Settings settings;
  std::vector<std::string> notes;
  const auto check = [&](const Signer& who, Timestamp now) {
    auto trusted = sigstore::load_trust_material({}, now);
    REQUIRE(works(trusted));
    notes.clear();
    return check_fresh(*trusted, who, settings, notes);
  };
  CHECK(works(check(signer, kLater)));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("was good until") != std::string::npos);
  CHECK(works(check(signer, kFresh)));
  CHECK(notes.empty());
  settings.mode = Mode::require;
  CHECK(works(check(signer, kFresh)));
  CHECK(
      refuses(check(signer, kLater), ErrorKind::stale_trust, "was good until"));
  // A key is believed without a root, however old that is.
  CHECK(works(check(Signer(*key), kLater)));
  CHECK(notes.empty());
}
