// SPDX-License-Identifier: Apache-2.0
#include "core/sign/sign_statement.h"

#include <array>

#include "core/base/trace.h"
#include "core/bundle/bundle_json.h"
#include "core/bundle/dsse.h"
#include "core/crypto/private_key.h"
#include "core/verify/key_method.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::Curve;
using sigstore::PrivateKey;
using sigstore::PublicKey;

TEST_CASE("a signed statement verifies under the key's public half", "[sign]") {
  for (const Curve curve : {Curve::p256, Curve::p384, Curve::p521}) {
    const auto key = PrivateKey::generate(curve);
    REQUIRE(works(key));
    const auto bundle =
        sigstore::sign_statement(*key, sigstore::to_bytes("{}"));
    REQUIRE(works(bundle));
    sigstore::Trace trace;
    const std::array<PublicKey, 1> keys{key->public_key()};
    const auto verified = sigstore::verify_key_method(*bundle, keys, trace);
    REQUIRE(works(verified));
    CHECK(sigstore::as_text(verified->payload().bytes()) == "{}");
    CHECK_FALSE(verified->is_legacy());
  }
}

TEST_CASE("a signed statement names its key and its type", "[sign]") {
  const auto key = PrivateKey::generate(Curve::p256);
  REQUIRE(works(key));
  const auto bundle = sigstore::sign_statement(*key, sigstore::to_bytes("{}"));
  REQUIRE(works(bundle));
  CHECK(sigstore::claimed_fingerprint(*bundle) ==
        key->public_key().fingerprint());
  CHECK(std::get<sigstore::DsseEnvelope>(bundle->content).payload_type ==
        sigstore::kInTotoPayloadType);
  CHECK(bundle->media_type == sigstore::kBundleMediaType);
}

TEST_CASE("a signed statement can be written", "[sign]") {
  const auto key = PrivateKey::generate(Curve::p256);
  REQUIRE(works(key));
  const auto bundle = sigstore::sign_statement(*key, sigstore::to_bytes("{}"));
  REQUIRE(works(bundle));
  const auto text = sigstore::write_bundle(*bundle);
  REQUIRE(works(text));
  CHECK(sigstore::parse_bundle(as_bytes(*text)).value() == *bundle);
}
