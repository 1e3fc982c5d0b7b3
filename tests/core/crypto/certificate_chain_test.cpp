// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate_chain.h"

#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"

using sigstore::as_text;
using sigstore::Certificate;
using sigstore::ErrorKind;
using sigstore::find_path;
using sigstore::Timestamp;

namespace {

constexpr sigstore::Timestamp kDay{24 * 3600};

}  // namespace

TEST_CASE("leaves of passing cases have a path while they are valid",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const VectorCase& one : passing_cases(*vectors)) {
    if (!one.has_certificate()) continue;
    CAPTURE(one.name);
    const Certificate leaf = one.leaf();
    std::size_t paths = 0;
    for (const VectorAuthority& authority : one.root.certificate_authorities) {
      const auto anchors = std::span(authority.chain).last(1);
      const auto first =
          find_path(leaf, authority.chain, anchors, leaf.not_before());
      if (!first.ok()) continue;
      ++paths;
      CHECK(first->front() == leaf);
      CHECK(first->back() == authority.chain.back());
      CHECK(first->size() == authority.chain.size() + 1);
      CHECK(works(find_path(leaf, authority.chain, anchors, leaf.not_after())));
      CHECK(refuses(find_path(leaf, authority.chain, anchors,
                              {leaf.not_before().seconds - 1}),
                    ErrorKind::bad_evidence, "not yet valid"));
      CHECK(refuses(find_path(leaf, authority.chain, anchors,
                              {leaf.not_after().seconds + 1}),
                    ErrorKind::bad_evidence, "has expired"));
    }
    CHECK(paths == 1);
  }
}

TEST_CASE("the historical certificates of model signing have a path",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto folder = *vectors / "oms/historical";
  const auto anchors = Certificate::from_pem(
      as_text(read_vector(folder / "keys/certificate/ca-cert.pem")));
  REQUIRE(works(anchors));
  for (const char* name : {"v0.2.0-certificate", "v1.0.0-certificate"}) {
    CAPTURE(name);
    const auto bundle =
        sigstore::parse_bundle(read_vector(folder / name / "model.sig"));
    REQUIRE(works(bundle));
    std::vector<Certificate> chain;
    for (const auto& der :
         std::get<sigstore::CertificateChainMaterial>(bundle->material)
             .certificates) {
      auto certificate = Certificate::from_der(der);
      REQUIRE(works(certificate));
      chain.push_back(std::move(*certificate));
    }
    REQUIRE(chain.size() >= 2);
    // Named like its issuer, and yet not its own.
    CHECK(chain[0].subject() == chain[0].issuer());
    CHECK_FALSE(chain[0].is_self_signed());
    CHECK(anchors->front().is_self_signed());
    const auto path =
        find_path(chain[0], std::span(chain).subspan(1), *anchors,
                  Timestamp{chain[0].not_before().seconds + kDay.seconds});
    REQUIRE(works(path));
    CHECK(path->size() == 3);
    CHECK(refuses(find_path(chain[0], {}, *anchors, chain[0].not_before()),
                  ErrorKind::bad_evidence,
                  "unable to get local issuer certificate"));
  }
}

TEST_CASE("keys of the production authorities have their known digests",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const VectorRoot root = read_vector_root(
      *vectors / "sigstore/roots/production/trusted_root.json");
  std::vector<std::string> starts;
  for (const VectorAuthority& authority : root.certificate_authorities)
    for (const Certificate& certificate : authority.chain) {
      CHECK(certificate.is_ca());
      CHECK(sigstore::sha256(certificate.spki()) == certificate.key()->id());
      starts.push_back(certificate.key()->id().to_hex().substr(0, 16));
    }
  CHECK(starts == std::vector<std::string>{"80917b65f03abf98",
                                           "c355ee53d69e68aa",
                                           "fef4e9beb17faa47"});
}
