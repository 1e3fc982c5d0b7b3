// SPDX-License-Identifier: Apache-2.0
#include "core/trust/embedded_root.h"

#include <openssl/x509.h>

#include <algorithm>
#include <set>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/crypto/checked_certificates.h"
#include "core/crypto/message_digest.h"
#include "core/trust/trusted_root.h"
#include "tests/core/refuses.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::Certificate;
using sigstore::KnownSignatures;
using sigstore::sha256;
using sigstore::TransparencyLog;
using sigstore::TrustedRoot;

namespace {

TrustedRoot embedded() {
  auto root =
      sigstore::parse_trusted_root(as_bytes(sigstore::embedded_trusted_root()));
  REQUIRE(works(root));
  return std::move(*root);
}

// The chains of both roots that are built in.
std::vector<std::vector<Certificate>> embedded_chains() {
  const auto staging = sigstore::parse_trusted_root(
      as_bytes(sigstore::embedded_staging_trusted_root()));
  REQUIRE(works(staging));
  std::vector<std::vector<Certificate>> chains;
  for (const TrustedRoot& root : {embedded(), *staging})
    for (const auto* authorities :
         {&root.certificate_authorities, &root.timestamp_authorities})
      for (const sigstore::Authority& authority : *authorities)
        chains.push_back(authority.chain);
  return chains;
}

}  // namespace

TEST_CASE("the embedded trusted root is complete and usable", "[trust]") {
  const TrustedRoot root = embedded();
  CHECK_FALSE(root.certificate_authorities.empty());
  CHECK_FALSE(root.timestamp_authorities.empty());
  REQUIRE_FALSE(root.tlogs.empty());
  REQUIRE_FALSE(root.ctlogs.empty());
  CHECK(root.tlogs[0].origin() == "rekor.sigstore.dev");
  for (const auto* logs : {&root.tlogs, &root.ctlogs})
    for (const TransparencyLog& log : *logs) CHECK(log.key.has_value());
}

TEST_CASE("the embedded TUF root is one", "[trust]") {
  const auto json = sigstore::parse_json(sigstore::embedded_tuf_root());
  REQUIRE(works(json));
  const sigstore::Json& root = (*json)["signed"];
  CHECK(root["_type"] == "root");
  CHECK(root["version"] >= 15);
  CHECK((*json)["signatures"].size() >=
        root["roles"]["root"]["threshold"].get<std::size_t>());
}

TEST_CASE("the embedded roots say where they are from", "[trust]") {
  const sigstore::EmbeddedOrigin origin = sigstore::embedded_origin();
  CHECK(origin.package == "sigstore");
  CHECK_FALSE(origin.version.empty());
  CHECK(sigstore::Sha256Digest::parse_hex(origin.sha256).has_value());
  CHECK(origin.date.to_date() >= "2026-11-22");
  CHECK(origin.date.seconds % 86400 == 0);
}

TEST_CASE("what is known of the embedded certificates is true", "[trust]") {
  std::set<sigstore::Sha256Digest> seen;
  for (const std::vector<Certificate>& chain : embedded_chains())
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const Certificate& certificate = chain[i];
      const Certificate& issuer = chain[std::min(i + 1, chain.size() - 1)];
      const KnownSignatures::Link link{sha256(certificate.der()),
                                       sha256(issuer.spki())};
      CAPTURE(certificate.subject(), link.certificate.to_hex());
      seen.insert(link.certificate);
      CHECK(sigstore::is_checked_certificate(link.certificate));
      CHECK(sigstore::is_checked_signature(link));
      // No shortcut: by OpenSSL alone.
      CHECK(X509_verify(certificate.handle(),
                        X509_get0_pubkey(issuer.handle())) == 1);
      CHECK(works(Certificate::from_der(certificate.der())));
    }
  // And of no others.
  CHECK(seen.size() == sigstore::count_checked_certificates());
}

TEST_CASE("of any other bytes nothing is known", "[trust]") {
  const std::vector<Certificate> chain = embedded_chains()[1];
  REQUIRE(chain.size() == 2);
  const KnownSignatures::Link link{sha256(chain[0].der()),
                                   sha256(chain[1].spki())};
  REQUIRE(sigstore::is_checked_signature(link));
  const KnownSignatures::Link by_itself{link.certificate,
                                        sha256(chain[0].spki())};
  CHECK_FALSE(sigstore::is_checked_signature(by_itself));
  sigstore::Bytes der = chain[0].der();
  der.back() ^= 1U;
  CHECK_FALSE(sigstore::is_checked_certificate(sha256(der)));
  CHECK_FALSE(sigstore::is_checked_signature({sha256(der), link.issuer_key}));
  der = chain[0].der();
  der.push_back(0);
  CHECK(refuses(Certificate::from_trusted_der(der),
                sigstore::ErrorKind::invalid_input,
                "certificate: not one DER certificate"));
}

TEST_CASE("a certificate that is decoded late is the same", "[trust]") {
  for (const std::vector<Certificate>& chain : embedded_chains())
    for (const Certificate& known : chain) {
      const auto early = Certificate::from_der(known.der());
      REQUIRE(works(early));
      const auto late = Certificate::from_trusted_der(known.der());
      REQUIRE(works(late));
      const Certificate copy = *late;  // before anybody looked
      CHECK(copy == *early);
      CHECK(copy.subject() == early->subject());
      CHECK(late->not_after() == early->not_after());
      CHECK(late->not_before() == early->not_before());
      CHECK(late->is_ca() == early->is_ca());
      CHECK(late->spki() == early->spki());
      CHECK(Certificate(*late).serial_hex() == early->serial_hex());
    }
}

TEST_CASE("the embedded trusted root has what the published one has",
          "[trust][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto published = sigstore::parse_trusted_root(
      read_vector(*vectors / "sigstore/roots/production/trusted_root.json"));
  REQUIRE(works(published));
  const TrustedRoot root = embedded();
  const auto has = [](const std::vector<TransparencyLog>& logs,
                      const TransparencyLog& wanted) {
    return std::any_of(
        logs.begin(), logs.end(), [&](const TransparencyLog& log) {
          return log.log_id == wanted.log_id && log.key == wanted.key &&
                 log.valid.start_ms == wanted.valid.start_ms;
        });
  };
  for (const TransparencyLog& log : published->tlogs)
    CHECK(has(root.tlogs, log));
  for (const TransparencyLog& log : published->ctlogs)
    CHECK(has(root.ctlogs, log));
  for (const sigstore::Authority& wanted : published->certificate_authorities)
    CHECK(std::any_of(root.certificate_authorities.begin(),
                      root.certificate_authorities.end(),
                      [&](const sigstore::Authority& authority) {
                        return authority.chain == wanted.chain;
                      }));
}
