// SPDX-License-Identifier: Apache-2.0

// What other implementations of OpenSSF Model Signing made; see
// tests/support/vectors.h for where the files lie.

#include "tests/support/vectors.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "core/manifest/directory_content.h"
#include "core/manifest/statement.h"
#include "core/verify/certificate_method.h"
#include "core/verify/key_method.h"
#include "core/verify/verify_bundle.h"
#include "core/verify_model.h"
#include "tests/core/refuses.h"

using sigstore::as_text;
using sigstore::Bundle;
using sigstore::Bytes;
using sigstore::DsseEnvelope;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::PublicKey;
using sigstore::Trace;
using sigstore::VerifyRequest;

namespace {

PublicKey published_key(const std::filesystem::path& vectors) {
  auto key = PublicKey::from_pem(as_text(read_vector(
      vectors / "oms/historical/keys/certificate/signing-key-pub.pem")));
  REQUIRE(works(key));
  return std::move(*key);
}

// Within the life of the published certificates.
constexpr sigstore::Timestamp kNow{1787659200};  // 2026-08-25T00:00:00Z

// Everybody who signed one of the historical cases, and what proves it.
struct Believed {
  std::vector<PublicKey> keys;
  std::vector<sigstore::Certificate> roots;
  std::vector<sigstore::SignerRule> identities;
  sigstore::TrustedRoot root;
};

Believed believe(const std::filesystem::path& vectors) {
  auto roots = sigstore::Certificate::from_pem(as_text(
      read_vector(vectors / "oms/historical/keys/certificate/ca-cert.pem")));
  REQUIRE(works(roots));
  auto root = sigstore::parse_trusted_root(
      read_vector(vectors / "sigstore/roots/production/trusted_root.json"));
  REQUIRE(works(root));
  return {{published_key(vectors)},
          *roots,
          {{"stefanb@us.ibm.com",
            false,
            "https://sigstore.verify.ibm.com/oauth2",
            {}}},
          *root};
}

// As a caller who expects the given methods and no other.
sigstore::Result<sigstore::VerifiedModel> verify_case(
    const std::filesystem::path& vectors, const Json& one,
    const Believed& believed, const std::vector<std::string>& methods) {
  const std::filesystem::path root = vectors / "oms/historical";
  VerifyRequest request;
  request.now = kNow;
  request.trusted_root = &believed.root;
  for (const std::string& method : methods) {
    if (method == "key") request.keys = believed.keys;
    if (method == "certificate") request.certificate_roots = believed.roots;
    if (method == "sigstore") request.identities = believed.identities;
  }
  request.signature_path = "model.sig";
  const std::string model = one["model"];
  for (const Json& path : one["ignore_paths"])
    REQUIRE(works(
        request.allowed.add(path.get<std::string>().substr(model.size() + 1))));
  sigstore::DirectoryContent content(root / model);
  Trace trace;
  return verify_model(read_vector(root / one["bundle"].get<std::string>()),
                      content, request, trace);
}

Json historical_cases(const std::filesystem::path& vectors) {
  const sigstore::Bytes text =
      read_vector(vectors / "oms/historical/cases.json");
  auto json = sigstore::parse_json(as_text(text));
  REQUIRE(works(json));
  REQUIRE_FALSE((*json)["cases"].empty());
  return (*json)["cases"];
}

}  // namespace

TEST_CASE("historical signatures of all three methods verify", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Believed believed = believe(*vectors);
  std::map<std::string, int> count;
  for (const Json& one : historical_cases(*vectors)) {
    const std::string method = one["method"];
    CAPTURE(one["name"].get<std::string>(), method);
    CHECK(works(verify_case(*vectors, one, believed, {method})));
    CHECK(works(verify_case(*vectors, one, believed,
                            {"key", "certificate", "sigstore"})));
    ++count[method];
  }
  CHECK(count["key"] > 0);
  CHECK(count["certificate"] > 0);
  CHECK(count["sigstore"] > 0);
}

TEST_CASE("a bundle of a method that is not expected is wrong_signer",
          "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Believed believed = believe(*vectors);
  const std::map<std::string, std::string> signed_with = {
      {"key", "a key"},
      {"certificate", "a certificate"},
      {"sigstore", "a Sigstore identity"}};
  const std::map<std::string, std::string> expected = {
      {"key", "a key"},
      {"certificate", "a certificate"},
      {"sigstore", "an identity"}};
  std::set<std::pair<std::string, std::string>> pairs;
  for (const Json& one : historical_cases(*vectors)) {
    const std::string method = one["method"];
    for (const auto& [other, name] : expected) {
      if (other == method) continue;
      CAPTURE(one["name"].get<std::string>(), other);
      CHECK(refuses(
          verify_case(*vectors, one, believed, {other}),
          ErrorKind::wrong_signer,
          "signed with " + signed_with.at(method) + ", expected " + name));
      pairs.emplace(method, other);
    }
  }
  CHECK(pairs.size() == 6);
}

TEST_CASE("a bundle reshaped into another method proves nothing", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Believed believed = believe(*vectors);
  Trace trace;
  auto keyless = sigstore::parse_bundle(
      read_vector(*vectors / "oms/historical/v1.0.0-sigstore/model.sig"));
  REQUIRE(works(keyless));
  const Bytes leaf =
      std::get<sigstore::CertificateMaterial>(keyless->material).der;
  const auto certificate = sigstore::Certificate::from_der(leaf);
  REQUIRE(works(certificate));

  // A keyless one as a certificate bundle, to skip log and time: Fulcio is
  // none of the user's own authorities, and if it were, its leaf is long over.
  Bundle chain = *keyless;
  chain.material = sigstore::CertificateChainMaterial{{leaf}};
  CHECK(refuses(verify_certificate_method(chain, {believed.roots, kNow}, trace),
                ErrorKind::bad_evidence, "unable to get local issuer"));
  const auto& fulcio = believed.root.certificate_authorities.back().chain;
  chain.material =
      sigstore::CertificateChainMaterial{{leaf, fulcio.front().der()}};
  CHECK(refuses(verify_certificate_method(chain, {fulcio, kNow}, trace),
                ErrorKind::bad_evidence, "expired"));

  // As a key bundle: the leaf's key is nobody's trusted key.
  Bundle by_key = *keyless;
  by_key.material = sigstore::PublicKeyMaterial{};
  CHECK(refuses(verify_key_method(by_key, believed.keys, trace),
                ErrorKind::bad_signature, "over this statement"));

  // A certificate bundle as a keyless one: no log, no time.
  auto own = sigstore::parse_bundle(
      read_vector(*vectors / "oms/historical/v1.0.0-certificate/model.sig"));
  REQUIRE(works(own));
  own->material = sigstore::CertificateMaterial{
      std::get<sigstore::CertificateChainMaterial>(own->material)
          .certificates.front()};
  CHECK(refuses(verify_bundle(*own, {}, {believed.root, kNow}, trace),
                ErrorKind::bad_evidence, "transparency logs"));
}

TEST_CASE("a certificate is judged now, not at its own start", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Believed believed = believe(*vectors);
  const auto bundle = sigstore::parse_bundle(
      read_vector(*vectors / "oms/historical/v1.0.0-certificate/model.sig"));
  REQUIRE(works(bundle));
  Trace trace;
  const auto at = [&](std::int64_t seconds) {
    return verify_certificate_method(
        *bundle, {believed.roots, sigstore::Timestamp{seconds}}, trace);
  };
  CHECK(works(at(kNow.seconds)));
  CHECK(refuses(at(1746000000), ErrorKind::bad_evidence, "not yet valid"));
  CHECK(refuses(at(2061600000), ErrorKind::bad_evidence, "expired"));
}

TEST_CASE("a historical signature is refused for another file", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const std::vector<PublicKey> keys{published_key(*vectors)};
  VerifyRequest request;
  request.keys = keys;
  sigstore::DirectoryContent content(*vectors / "oms/historical/cases.json");
  Trace trace;
  CHECK(refuses(
      verify_model(read_vector(*vectors /
                               "oms/historical/v1.0.0-elliptic-key/model.sig"),
                   content, request, trace),
      ErrorKind::content_differs, "changed cases.json"));
}

TEST_CASE("valid published bundles are read, with their statements",
          "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const auto& path :
       list_vectors(*vectors / "oms/test-vectors/v1.0/valid")) {
    CAPTURE(path.string());
    const auto bundle = sigstore::parse_bundle(read_vector(path));
    REQUIRE(works(bundle));
    CHECK(works(sigstore::parse_statement(
        sigstore::VerifiedPayload::assume_verified_unsafe(
            std::get<DsseEnvelope>(bundle->content).payload),
        false)));
  }
}

TEST_CASE("the published bundle of a key verifies, and only under that key",
          "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto bundle = sigstore::parse_bundle(
      read_vector(*vectors / "oms/test-vectors/v1.0/valid/key.bundle.json"));
  REQUIRE(works(bundle));
  const std::vector<PublicKey> keys{published_key(*vectors)};
  Trace trace;
  CHECK(works(verify_key_method(*bundle, keys, trace)));
  Bundle spoiled = *bundle;
  std::get<DsseEnvelope>(spoiled.content).payload.push_back('\n');
  CHECK(refuses(verify_key_method(spoiled, keys, trace),
                ErrorKind::bad_signature, "over this statement"));
}

TEST_CASE("invalid published bundles are refused", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const auto& path :
       list_vectors(*vectors / "oms/test-vectors/v1.0/invalid")) {
    CAPTURE(path.string());
    CHECK(refuses(sigstore::parse_bundle(read_vector(path)),
                  ErrorKind::invalid_input, "malformed bundle"));
  }
}

TEST_CASE("published bundles with an invalid payload are refused",
          "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const auto& path :
       list_vectors(*vectors / "oms/test-vectors/v1.0/invalid-payload")) {
    CAPTURE(path.string());
    const auto bundle = sigstore::parse_bundle(read_vector(path));
    REQUIRE(works(bundle));
    CHECK(refuses(sigstore::parse_statement(
                      sigstore::VerifiedPayload::assume_verified_unsafe(
                          std::get<DsseEnvelope>(bundle->content).payload),
                      false),
                  ErrorKind::unsupported, "is not a model signature"));
  }
}

TEST_CASE("a legacy certificate bundle has a statement that is read",
          "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto bundle = sigstore::parse_bundle(
      read_vector(*vectors / "oms/historical/v0.2.0-certificate/model.sig"));
  REQUIRE(works(bundle));
  const auto& envelope = std::get<DsseEnvelope>(bundle->content);
  const auto parsed = sigstore::parse_statement(
      sigstore::VerifiedPayload::assume_verified_unsafe(envelope.payload),
      true);
  REQUIRE(works(parsed));
  CHECK(parsed->manifest().resources.size() == 2);
}

TEST_CASE("a legacy signature verifies as legacy under its key", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  auto bundle = sigstore::parse_bundle(
      read_vector(*vectors / "oms/historical/v0.2.0-certificate/model.sig"));
  REQUIRE(works(bundle));
  // The certificate is over the published key; as a key bundle it is of the
  // encoding that no key bundle was published in.
  bundle->material = sigstore::PublicKeyMaterial{};
  bundle->media_type = std::string(sigstore::kBundleMediaType);
  const std::vector<PublicKey> keys{published_key(*vectors)};
  Trace trace;
  const auto verified = verify_key_method(*bundle, keys, trace);
  REQUIRE(works(verified));
  CHECK(verified->is_legacy());
}
