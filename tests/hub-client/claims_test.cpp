// SPDX-License-Identifier: Apache-2.0
#include "hub-client/claims.h"

#include <string>

#include "core/base/encoding.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "hub-client/bundle_claims.h"
#include "hub-client/hub/hub_limits.h"
#include "tests/support/catch.h"

namespace sigstore::hub {
namespace {

// An envelope with this payload, as a line.
std::string bundle_line(std::string_view payload, std::string_view signature) {
  Bundle bundle;
  bundle.material = PublicKeyMaterial{std::string(64, 'a'), {}};
  DsseEnvelope envelope;
  envelope.payload_type = "application/vnd.in-toto+json";
  envelope.payload = to_bytes(payload);
  envelope.signature = to_bytes(signature);
  bundle.content = std::move(envelope);
  return to_claim_line(write_bundle(bundle).value()).value();
}

constexpr std::string_view kStatement =
    R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1","subject":[{"name":"m","digest":{"sha256":"AB","gitCommit":"cd"}}]})";

TEST_CASE("lines are counted with those that are blank", "[hub]") {
  const auto claims = split_claims("\n{}\r\n \t\n[1]");
  REQUIRE(claims.ok());
  REQUIRE(claims->size() == 2);
  CHECK(claims->at(0).line == 2);
  CHECK(claims->at(0).text == "{}");
  CHECK(claims->at(1).line == 4);
  CHECK(claims->at(1).text == "[1]");
  CHECK(split_claims("")->empty());
}

TEST_CASE("claims have limits, in all and by line", "[hub]") {
  const auto long_file =
      split_claims(std::string(limits::kClaimsFile + 1, '\n'));
  REQUIRE_FALSE(long_file.ok());
  CHECK(long_file.error().kind == ErrorKind::invalid_input);
  CHECK(long_file.error().message ==
        "claims.jsonl is longer than 10485760 bytes");
  std::string many;
  for (std::size_t i = 0; i < limits::kClaims; ++i) many += "x\n";
  CHECK(split_claims(many).ok());
  const auto too_many = split_claims(many + "x");
  REQUIRE_FALSE(too_many.ok());
  CHECK(too_many.error().message == "claims.jsonl has more than 10000 lines");
  const auto more = add_claims(many, {bundle_line("{}", "s")});
  REQUIRE_FALSE(more.ok());
  CHECK(more.error().message == "claims.jsonl has more than 10000 lines then");
  const std::string line(limits::kClaimLine + 1, ' ');
  const auto claim = parse_claim({1, line});
  REQUIRE_FALSE(claim.ok());
  CHECK(claim.error().message == "the line is longer than 1048576 bytes");
}

TEST_CASE("what is there stays byte for byte when claims are added", "[hub]") {
  const std::string one = bundle_line(kStatement, "one");
  const std::string two = bundle_line(kStatement, "two");
  const std::string old = "\r\nnot json\n\n" + one + "\n\xff no end";
  const auto now = add_claims(old, {one, two, two});
  REQUIRE(now.ok());
  CHECK(*now == old + "\n" + two + "\n");
  CHECK(add_claims(*now, {two, one}).value() == *now);
  CHECK(add_claims("", {one}).value() == one + "\n");
}

TEST_CASE("a bundle that is written by hand becomes one line", "[hub]") {
  const std::string one = bundle_line(kStatement, "one");
  std::string by_hand = one;
  by_hand.insert(1, "\n  ");
  CHECK(to_claim_line(by_hand).value() == one);
  CHECK(to_claim_line("{}").error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a bundle says what it is about, and is not believed", "[hub]") {
  const Bundle bundle =
      parse_claim({1, bundle_line(kStatement, "one")}).value();
  const auto claims = read_bundle_claims(bundle);
  REQUIRE(claims.ok());
  CHECK(claims->kind == BundleClaims::Kind::attestation);
  CHECK(describe_kind(*claims) == "attestation https://slsa.dev/provenance/v1");
  CHECK(claims->signer == "key aaaaaaaaaaaaaaaa");
  CHECK_FALSE(claims->time);
  REQUIRE(claims->subjects.size() == 2);
  CHECK(claims->subjects[1].algorithm == "sha256");
  CHECK(claims->subjects[1].hex == "ab");
}

TEST_CASE("an envelope without a statement is no claim", "[hub]") {
  for (const std::string payload :
       {"", "[]", R"({"predicateType":"x"})",
        R"({"predicateType":"x","subject":[]})",
        R"({"predicateType":"x","subject":[{"digest":{"sha256":1}}]})"}) {
    CAPTURE(payload);
    const Bundle bundle = parse_claim({1, bundle_line(payload, "s")}).value();
    const auto claims = read_bundle_claims(bundle);
    REQUIRE_FALSE(claims.ok());
    CHECK(claims.error().kind == ErrorKind::invalid_input);
    CHECK(claims.error().message.starts_with("statement: "));
  }
}

TEST_CASE("names of signatures and attestations, as peers have them", "[hub]") {
  for (const char* name : {"model.sig", "claims.jsonl", "p.sigstore.json",
                           "a/b.sigstore.jsonl", "x.sigstore", "skill.oms.sig"})
    CHECK(is_attachment_name(name));
  for (const char* name : {"a/model.sig", "a/claims.jsonl", "config.json",
                           "sigstore.json", "x.sig"})
    CHECK_FALSE(is_attachment_name(name));
}

}  // namespace
}  // namespace sigstore::hub
