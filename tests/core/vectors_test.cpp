// SPDX-License-Identifier: Apache-2.0

// What other implementations of OpenSSF Model Signing made; see
// tests/support/vectors.h for where the files lie.

#include "tests/support/vectors.h"

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "core/manifest/directory_content.h"
#include "core/manifest/statement.h"
#include "core/verify/verify_bundle.h"
#include "core/verify_model.h"
#include "tests/core/refuses.h"

using sigstore::as_text;
using sigstore::Bundle;
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

sigstore::Result<sigstore::VerifiedModel> verify_case(
    const std::filesystem::path& vectors, const Json& one) {
  const std::filesystem::path root = vectors / "oms/historical";
  const std::vector<PublicKey> keys{published_key(vectors)};
  VerifyRequest request;
  request.keys = keys;
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

TEST_CASE("historical signatures by a key verify", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const Json& one : historical_cases(*vectors)) {
    if (one["method"] != "key") continue;
    CAPTURE(one["name"].get<std::string>());
    CHECK(works(verify_case(*vectors, one)));
    ++count;
  }
  CHECK(count > 0);
}

TEST_CASE("historical signatures of other methods are wrong_signer",
          "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const Json& one : historical_cases(*vectors)) {
    if (one["method"] == "key") continue;
    CAPTURE(one["name"].get<std::string>());
    CHECK(refuses(verify_case(*vectors, one), ErrorKind::wrong_signer,
                  "expected a key"));
    ++count;
  }
  CHECK(count > 0);
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
  CHECK(works(verify_bundle(*bundle, keys, trace)));
  Bundle spoiled = *bundle;
  std::get<DsseEnvelope>(spoiled.content).payload.push_back('\n');
  CHECK(refuses(verify_bundle(spoiled, keys, trace), ErrorKind::bad_signature,
                "over this statement"));
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
  const auto verified = verify_bundle(*bundle, keys, trace);
  REQUIRE(works(verified));
  CHECK(verified->is_legacy());
}
