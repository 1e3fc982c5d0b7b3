// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sigstore_vectors.h"

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "tests/core/refuses.h"
#include "tests/support/vectors.h"

using sigstore::as_text;
using sigstore::Bytes;
using sigstore::Certificate;
using sigstore::Json;
using sigstore::VerificationKey;

namespace {

Bytes base64_of(const Json& text) {
  auto bytes = sigstore::from_base64(text.get<std::string>());
  REQUIRE(works(bytes));
  return std::move(*bytes);
}

Json read_json(const std::filesystem::path& path) {
  auto json = sigstore::parse_json(as_text(read_vector(path)));
  REQUIRE(works(json));
  return std::move(*json);
}

sigstore::ValidityPeriod period_of(const Json& owner) {
  sigstore::ValidityPeriod period;
  const Json valid = owner.value("validFor", Json::object());
  if (valid.contains("start"))
    period.start_ms =
        sigstore::parse_rfc3339_ms(valid["start"].get<std::string>());
  if (valid.contains("end"))
    period.end_ms = sigstore::parse_rfc3339_ms(valid["end"].get<std::string>());
  return period;
}

std::vector<VectorAuthority> authorities(const Json& list) {
  std::vector<VectorAuthority> out;
  for (const Json& one : list) {
    VectorAuthority authority;
    authority.valid = period_of(one);
    for (const Json& item : one["certChain"]["certificates"]) {
      auto certificate = Certificate::from_der(base64_of(item["rawBytes"]));
      REQUIRE(works(certificate));
      authority.chain.push_back(std::move(*certificate));
    }
    out.push_back(std::move(authority));
  }
  return out;
}

VectorLog log_of(const Json& one) {
  const Bytes raw = base64_of(one["publicKey"]["rawBytes"]);
  // Staging's RSA log has the bare RSAPublicKey.
  const bool is_pkcs1 =
      one["publicKey"]["keyDetails"].get<std::string>().starts_with("PKCS1_");
  auto key = is_pkcs1 ? VerificationKey::from_pkcs1_der(raw)
                      : VerificationKey::from_der(raw);
  REQUIRE(works(key));
  return {base64_of(one["logId"]["keyId"]), std::move(*key),
          period_of(one["publicKey"])};
}

VectorCase case_of(const std::filesystem::path& vectors, const Json& one) {
  const std::filesystem::path folder = vectors / "sigstore";
  VectorCase out;
  out.name = one["name"];
  out.identity = one.value("identity", "");
  out.issuer = one.value("issuer", "");
  auto bundle = sigstore::parse_bundle(
      read_vector(folder / one["bundle"].get<std::string>()));
  REQUIRE(works(bundle));
  out.bundle = std::move(*bundle);
  out.root = read_vector_root(folder / one["trusted_root"].get<std::string>());
  return out;
}

}  // namespace

bool VectorCase::has_certificate() const {
  return !std::holds_alternative<sigstore::PublicKeyMaterial>(bundle.material);
}

Certificate VectorCase::leaf() const {
  const auto* one =
      std::get_if<sigstore::CertificateMaterial>(&bundle.material);
  auto leaf = Certificate::from_der(
      one != nullptr
          ? one->der
          : std::get<sigstore::CertificateChainMaterial>(bundle.material)
                .certificates.front());
  REQUIRE(works(leaf));
  return std::move(*leaf);
}

Bytes VectorCase::signature() const {
  const auto* envelope = std::get_if<sigstore::DsseEnvelope>(&bundle.content);
  return envelope != nullptr
             ? envelope->signature
             : std::get<sigstore::MessageSignature>(bundle.content).signature;
}

VectorRoot read_vector_root(const std::filesystem::path& path) {
  const Json json = read_json(path);
  VectorRoot root;
  const Json none = Json::array();
  root.certificate_authorities =
      authorities(json.value("certificateAuthorities", none));
  root.timestamp_authorities =
      authorities(json.value("timestampAuthorities", none));
  for (const Json& one : json.value("ctlogs", none))
    root.ctlogs.push_back(log_of(one));
  return root;
}

VectorCase read_case(const std::filesystem::path& vectors,
                     std::string_view name) {
  for (const Json& one : read_json(vectors / "sigstore/cases.json"))
    if (one["name"] == name) return case_of(vectors, one);
  FAIL("no case " << name);
  throw std::logic_error("not reached");
}

std::vector<VectorCase> passing_cases(const std::filesystem::path& vectors) {
  std::vector<VectorCase> cases;
  for (const Json& one : read_json(vectors / "sigstore/cases.json"))
    if (one["expect"] == "pass") cases.push_back(case_of(vectors, one));
  REQUIRE_FALSE(cases.empty());
  return cases;
}
