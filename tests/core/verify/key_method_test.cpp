// SPDX-License-Identifier: Apache-2.0
#include "core/verify/key_method.h"

#include <string>
#include <vector>

#include "core/bundle/dsse.h"
#include "core/crypto/private_key.h"
#include "core/sign/sign_statement.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bundle;
using sigstore::Bytes;
using sigstore::Curve;
using sigstore::DsseEnvelope;
using sigstore::ErrorKind;
using sigstore::PrivateKey;
using sigstore::PublicKey;
using sigstore::PublicKeyMaterial;
using sigstore::Trace;
using sigstore::verify_key_method;

namespace {

const std::string kCurrent =
    R"({"predicateType":"https://model_signing/signature/v1.0"})";
const std::string kLegacy =
    R"({"predicateType":"https://model_signing/Digests/v0.1"})";

PrivateKey new_key(Curve curve = Curve::p256) {
  auto key = PrivateKey::generate(curve);
  REQUIRE(works(key));
  return std::move(*key);
}

Bundle signed_bundle(const PrivateKey& key,
                     const std::string& payload = kCurrent) {
  auto bundle = sigstore::sign_statement(key, sigstore::to_bytes(payload));
  REQUIRE(works(bundle));
  return std::move(*bundle);
}

Bundle legacy_bundle(const PrivateKey& key, const std::string& payload) {
  Bundle bundle = signed_bundle(key, payload);
  auto& envelope = std::get<DsseEnvelope>(bundle.content);
  envelope.signature = key.sign(sigstore::legacy_pre_authentication_encoding(
                                    envelope.payload_type, envelope.payload))
                           .value();
  return bundle;
}

DsseEnvelope& envelope_of(Bundle& bundle) {
  return std::get<DsseEnvelope>(bundle.content);
}
PublicKeyMaterial& material_of(Bundle& bundle) {
  return std::get<PublicKeyMaterial>(bundle.material);
}

sigstore::Result<sigstore::VerifiedBundle> verify(
    const Bundle& bundle, const std::vector<PublicKey>& keys) {
  Trace trace;
  return verify_key_method(bundle, keys, trace);
}

}  // namespace

TEST_CASE("a bundle by a trusted key gives its payload and signer",
          "[verify]") {
  const PrivateKey key = new_key();
  const auto verified = verify(signed_bundle(key), {key.public_key()});
  REQUIRE(works(verified));
  CHECK(std::get<PublicKey>(verified->signer()) == key.public_key());
  CHECK(as_text(verified->payload().bytes()) == kCurrent);
  CHECK_FALSE(verified->is_legacy());
}

TEST_CASE("the hint picks one of several trusted keys", "[verify]") {
  const PrivateKey key = new_key();
  const auto verified =
      verify(signed_bundle(key), {new_key().public_key(), key.public_key(),
                                  new_key(Curve::p384).public_key()});
  REQUIRE(works(verified));
  CHECK(std::get<PublicKey>(verified->signer()) == key.public_key());
}

TEST_CASE("a bundle by another key is wrong_signer and names both",
          "[verify]") {
  const PrivateKey key = new_key();
  const PublicKey other = new_key().public_key();
  const auto verified = verify(signed_bundle(key), {other});
  CHECK(refuses(verified, ErrorKind::wrong_signer,
                "signed by key " + key.public_key().fingerprint()));
  CHECK(refuses(verified, ErrorKind::wrong_signer,
                "expected key " + other.fingerprint()));
}

TEST_CASE("without keys the claimed signer is unknown_signer", "[verify]") {
  const PrivateKey key = new_key();
  CHECK(refuses(verify(signed_bundle(key), {}), ErrorKind::unknown_signer,
                "signed by key " + key.public_key().fingerprint()));
}

TEST_CASE("without keys and without a hint the signer has no name",
          "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle).hint.clear();
  CHECK(refuses(verify(bundle, {}), ErrorKind::unknown_signer,
                "signed by key without a name"));
}

TEST_CASE("a hint of a trusted key proves nothing", "[verify]") {
  const PrivateKey trusted = new_key();
  Bundle bundle = signed_bundle(new_key());
  material_of(bundle).hint = trusted.public_key().fingerprint();
  CHECK(refuses(verify(bundle, {trusted.public_key()}),
                ErrorKind::bad_signature,
                "not by key " + trusted.public_key().fingerprint()));
}

TEST_CASE("a part of a fingerprint, or its upper case, is another hint",
          "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle).hint = key.public_key().fingerprint().substr(0, 16);
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::wrong_signer,
                "expected key"));
}

TEST_CASE("without a hint every trusted key is tried", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle).hint.clear();
  const auto verified =
      verify(bundle, {new_key(Curve::p384).public_key(), new_key().public_key(),
                      key.public_key()});
  REQUIRE(works(verified));
  CHECK(std::get<PublicKey>(verified->signer()) == key.public_key());
}

TEST_CASE("without a hint and without the right key it is bad_signature",
          "[verify]") {
  const PublicKey first = new_key().public_key();
  const PublicKey second = new_key().public_key();
  Bundle bundle = signed_bundle(new_key());
  material_of(bundle).hint.clear();
  CHECK(refuses(verify(bundle, {first, second}), ErrorKind::bad_signature,
                first.fingerprint() + " or " + second.fingerprint()));
}

TEST_CASE("an embedded key stands for a hint, in PEM and in DER", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle) = {"", sigstore::to_bytes(key.public_key().pem())};
  CHECK(sigstore::claimed_fingerprint(bundle) ==
        key.public_key().fingerprint());
  CHECK(works(verify(bundle, {key.public_key()})));
  CHECK(refuses(verify(bundle, {new_key().public_key()}),
                ErrorKind::wrong_signer,
                "signed by key " + key.public_key().fingerprint()));
}

TEST_CASE("an embedded key is not trusted for being there", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle) = {"", sigstore::to_bytes(key.public_key().pem())};
  CHECK(refuses(verify(bundle, {}), ErrorKind::unknown_signer,
                key.public_key().fingerprint()));
}

TEST_CASE("a hint and an embedded key that disagree are refused", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle).raw_bytes =
      sigstore::to_bytes(new_key().public_key().pem());
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::invalid_input,
                "hint and rawBytes name two keys"));
}

TEST_CASE("an embedded key that cannot be read is refused", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  material_of(bundle) = {"", Bytes{1, 2, 3}};
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::invalid_input,
                "rawBytes: public key"));
  CHECK(sigstore::claimed_fingerprint(bundle).empty());
}

TEST_CASE("a bundle signed with a Sigstore identity is wrong_signer",
          "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  bundle.material = sigstore::CertificateMaterial{Bytes{1}};
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::wrong_signer,
                "signed with a Sigstore identity, expected a key"));
  CHECK(refuses(verify(bundle, {}), ErrorKind::wrong_signer, "expected a key"));
}

TEST_CASE("a bundle signed with a certificate is wrong_signer", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  bundle.material = sigstore::CertificateChainMaterial{{Bytes{1}}};
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::wrong_signer,
                "signed with a certificate, expected a key"));
}

TEST_CASE("a bundle of an older media type is unsupported", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  bundle.media_type = "application/vnd.dev.sigstore.bundle+json;version=0.3";
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::unsupported,
                "media type"));
}

TEST_CASE("a signed message is no model signature", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  bundle.content = sigstore::MessageSignature{"", {}, Bytes{1}};
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::unsupported,
                "no DSSE envelope"));
}

TEST_CASE("an envelope of another payload type is refused", "[verify]") {
  const PrivateKey key = new_key();
  for (const char* type :
       {"", "application/json", "application/vnd.in-toto+json2"}) {
    Bundle bundle = signed_bundle(key);
    auto& envelope = envelope_of(bundle);
    envelope.payload_type = type;
    envelope.signature =
        key.sign(sigstore::pre_authentication_encoding(type, envelope.payload))
            .value();
    CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::invalid_input,
                  "is not in-toto"));
  }
}

TEST_CASE("a changed payload is bad_signature", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  envelope_of(bundle).payload.back() = ' ';
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::bad_signature,
                "over this statement"));
}

TEST_CASE("a signature over the bare payload is bad_signature", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  envelope_of(bundle).signature = key.sign(as_bytes(kCurrent)).value();
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::bad_signature,
                "over this statement"));
}

TEST_CASE("the key id of a signature decides nothing", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = signed_bundle(key);
  envelope_of(bundle).key_id = "somebody else";
  CHECK(works(verify(bundle, {key.public_key()})));
}

TEST_CASE("the legacy encoding is open to the legacy predicate", "[verify]") {
  for (const Curve curve : {Curve::p256, Curve::p384}) {
    const PrivateKey key = new_key(curve);
    const auto verified =
        verify(legacy_bundle(key, kLegacy), {key.public_key()});
    REQUIRE(works(verified));
    CHECK(verified->is_legacy());
  }
}

TEST_CASE("the legacy encoding is closed to other predicates", "[verify]") {
  const PrivateKey key = new_key();
  const std::vector<PublicKey> keys{key.public_key()};
  for (const std::string& payload :
       {kCurrent, std::string("{}"), std::string("no JSON"),
        std::string(R"({"x":"https://model_signing/Digests/v0.1"})"),
        kLegacy + "x"}) {
    CAPTURE(payload);
    CHECK(refuses(verify(legacy_bundle(key, payload), keys),
                  ErrorKind::bad_signature, "over this statement"));
  }
}

TEST_CASE("the legacy predicate in the right encoding is not legacy",
          "[verify]") {
  const PrivateKey key = new_key();
  const auto verified = verify(signed_bundle(key, kLegacy), {key.public_key()});
  REQUIRE(works(verified));
  CHECK_FALSE(verified->is_legacy());
}

TEST_CASE("a legacy signature by another key is bad_signature", "[verify]") {
  const PrivateKey key = new_key();
  Bundle bundle = legacy_bundle(new_key(), kLegacy);
  material_of(bundle).hint.clear();
  CHECK(refuses(verify(bundle, {key.public_key()}), ErrorKind::bad_signature,
                "over this statement"));
}

TEST_CASE("the trace holds every step of a success", "[verify]") {
  const PrivateKey key = new_key();
  const std::vector<PublicKey> keys{key.public_key()};
  Trace trace;
  REQUIRE(works(verify_key_method(signed_bundle(key), keys, trace)));
  REQUIRE(trace.steps().size() == 4);
  for (const auto& step : trace.steps()) {
    CHECK(step.passed);
    CHECK(step.outcome.empty());
    CHECK_FALSE(step.source.empty());
  }
}

TEST_CASE("the trace ends at the step that refuses", "[verify]") {
  const PrivateKey key = new_key();
  const std::vector<PublicKey> keys{key.public_key()};
  std::vector<Bundle> bad(4, signed_bundle(key));
  bad[0].material = sigstore::CertificateMaterial{Bytes{1}};
  envelope_of(bad[1]).payload_type = "x";
  material_of(bad[2]).hint = "x";
  envelope_of(bad[3]).payload.push_back(' ');
  for (std::size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(i);
    Trace trace;
    const auto verified = verify_key_method(bad[i], keys, trace);
    REQUIRE_FALSE(verified.ok());
    REQUIRE(trace.steps().size() == i + 1);
    CHECK_FALSE(trace.steps().back().passed);
    CHECK(trace.steps().back().outcome == verified.error().message);
  }
}
