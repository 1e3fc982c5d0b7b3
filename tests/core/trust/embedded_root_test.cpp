// SPDX-License-Identifier: Apache-2.0
#include "core/trust/embedded_root.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/trust/trusted_root.h"
#include "tests/core/refuses.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::TransparencyLog;
using sigstore::TrustedRoot;

namespace {

TrustedRoot embedded() {
  auto root =
      sigstore::parse_trusted_root(as_bytes(sigstore::embedded_trusted_root()));
  REQUIRE(works(root));
  return std::move(*root);
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
