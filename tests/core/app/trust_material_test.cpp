// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_material.h"

#include "core/bundle/bundle_json.h"
#include "tests/core/refuses.h"
#include "tests/support/virtual_sigstore.h"

using sigstore::ErrorKind;
using sigstore::Mode;
using sigstore::Settings;
using sigstore::Timestamp;

namespace {

constexpr Timestamp kFresh{1'764'547'200};  // 2025-12-01
constexpr Timestamp kLater{4'000'000'000};  // 2096

}  // namespace

TEST_CASE("the built-in root is the public instance's, and says its age",
          "[app]") {
  const auto fresh = sigstore::load_trust_material("", kFresh);
  REQUIRE(works(fresh));
  CHECK(fresh->stale.empty());
  CHECK(fresh->taken.has_value());
  CHECK(fresh->root.tlogs.front().base_url == "https://rekor.sigstore.dev");
  const auto old = sigstore::load_trust_material("", kLater);
  REQUIRE(works(old));
  CHECK(old->stale.find("was good until") != std::string::npos);
}

TEST_CASE("a root that is too old is refused where the policy is strict",
          "[app]") {
  const VirtualSigstore instance;
  BundlePlan plan;
  plan.statement = "{}";
  const auto text = write_bundle(instance.sign("", plan));
  REQUIRE(works(text));
  Settings settings;
  const auto find = [&](Timestamp now) {
    return find_trusted_root(sigstore::as_bytes(*text), settings, now);
  };
  CHECK(find(kLater)->has_value());
  settings.mode = Mode::require;
  CHECK(find(kFresh)->has_value());
  CHECK(refuses(find(kLater), ErrorKind::stale_trust, "was good until"));
  settings.trusted_root = "/none";
  CHECK(refuses(find(kFresh), ErrorKind::not_found, "/none"));
}
