// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate.h"

#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"

using sigstore::as_text;
using sigstore::Bytes;
using sigstore::Certificate;
using sigstore::ErrorKind;
using sigstore::SubjectName;

TEST_CASE("a certificate of Fulcio says who signed", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const VectorCase& one : passing_cases(*vectors)) {
    if (!one.has_certificate()) continue;
    CAPTURE(one.name);
    const Certificate leaf = one.leaf();
    const auto name = leaf.subject_name();
    REQUIRE(works(name));
    CHECK(name->value == one.identity);
    CHECK(name->kind == SubjectName::Kind::uri);
    const auto old_issuer = leaf.fulcio_extension(1);
    const auto issuer = leaf.fulcio_extension(8);
    REQUIRE(works(old_issuer));
    REQUIRE(works(issuer));
    CHECK(old_issuer->value_or(one.issuer) == one.issuer);
    CHECK(issuer->value_or(one.issuer) == one.issuer);
    CHECK((old_issuer->has_value() || issuer->has_value()));
    CHECK_FALSE(leaf.is_ca());
    CHECK_FALSE(leaf.is_self_signed());
    CHECK(leaf.may_sign_data());
    CHECK(leaf.may_sign_code());
    CHECK_FALSE(leaf.may_stamp_time());
    ++count;
  }
  CHECK(count >= 9);
}

TEST_CASE("a certificate is read from PEM and DER to the same", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Certificate leaf = read_case(*vectors, "happy-path-v0.3").leaf();
  const auto again = Certificate::from_pem("words\n" + leaf.pem() + "words\n");
  REQUIRE(works(again));
  REQUIRE(again->size() == 1);
  CHECK(again->front() == leaf);
  CHECK(leaf.subject().empty());
  CHECK(leaf.issuer() == "O=sigstore.dev, CN=sigstore-intermediate");
  CHECK(leaf.not_before().to_rfc3339() == "2024-03-19T17:26:26Z");
  CHECK(leaf.not_after().to_rfc3339() == "2024-03-19T17:36:26Z");
}
