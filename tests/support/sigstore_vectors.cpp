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

VectorCase case_of(const CaseFiles& files) {
  VectorCase out;
  out.name = files.name;
  out.identity = files.identity;
  out.issuer = files.issuer;
  auto bundle = sigstore::parse_bundle(read_vector(files.bundle));
  REQUIRE(works(bundle));
  out.bundle = std::move(*bundle);
  out.root = read_vector_root(files.trusted_root);
  return out;
}

}  // namespace

std::vector<CaseFiles> list_cases(const std::filesystem::path& vectors) {
  const std::filesystem::path folder = vectors / "sigstore";
  std::vector<CaseFiles> cases;
  for (const Json& json : read_json(folder / "cases.json")) {
    const auto path = [&](const char* member) {
      return folder / json[member].get<std::string>();
    };
    CaseFiles one{json["name"],
                  json["expect"] == "pass",
                  path("bundle"),
                  path("artifact"),
                  path("trusted_root"),
                  {},
                  json.value("identity", ""),
                  json.value("issuer", "")};
    if (json.contains("key")) one.key = path("key");
    cases.push_back(std::move(one));
  }
  REQUIRE(cases.size() >= 36);
  return cases;
}

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
  for (const CaseFiles& one : list_cases(vectors))
    if (one.name == name) return case_of(one);
  FAIL("no case " << name);
  throw std::logic_error("not reached");
}

std::vector<VectorCase> passing_cases(const std::filesystem::path& vectors) {
  std::vector<VectorCase> cases;
  for (const CaseFiles& one : list_cases(vectors))
    if (one.passes) cases.push_back(case_of(one));
  REQUIRE_FALSE(cases.empty());
  return cases;
}
