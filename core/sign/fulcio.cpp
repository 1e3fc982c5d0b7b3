// SPDX-License-Identifier: Apache-2.0
#include "core/sign/fulcio.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/http/url.h"
#include "core/sign/service_answer.h"
#include "core/verify/certificate_profile.h"

namespace sigstore {
namespace {

constexpr const char* kRole = "certificate authority";
// What clocks of well-kept machines differ by.
constexpr std::int64_t kClockSkewSeconds = 60;

Error bad_answer(const Service& service, std::string_view why) {
  return fail(ErrorKind::network, name_service(kRole, service),
              " does not answer in its protocol: ", why);
}

Result<Certificate> parse_leaf(const Service& service,
                               const http::Response& answer) {
  const Result<Json> json = parse_json(as_text(answer.body));
  if (!json.ok()) return bad_answer(service, json.error().message);
  if (find_member(*json, "signedCertificateDetachedSct") != nullptr)
    return fail(ErrorKind::unsupported, name_service(kRole, service),
                " puts no certificate timestamp into its certificates");
  const auto chain = [&]() -> Result<Certificate> {
    TRY_ASSIGN(const Json* wrapper,
               object_member(*json, "signedCertificateEmbeddedSct"));
    TRY_ASSIGN(const Json* object, object_member(*wrapper, "chain"));
    TRY_ASSIGN(const Json* list, array_member(*object, "certificates"));
    if (list->empty() || !list->front().is_string())
      return fail(ErrorKind::invalid_input, "no certificates");
    // Of the chain only the leaf is taken: the rest is in the trusted root.
    TRY_ASSIGN(
        std::vector<Certificate> leaf,
        Certificate::from_pem(list->front().get_ref<const std::string&>()));
    if (leaf.size() != 1)
      return fail(ErrorKind::invalid_input, "several certificates in one");
    return std::move(leaf.front());
  }();
  if (!chain.ok()) return bad_answer(service, chain.error().message);
  return *chain;
}

// The time at which the path is checked: now, or what is next to it in the
// life of the certificate.
Result<Timestamp> checking_time(const Service& service, const Certificate& leaf,
                                Timestamp now) {
  const Timestamp time = std::clamp(now, leaf.not_before(), leaf.not_after());
  if (std::abs(time.seconds - now.seconds) <= kClockSkewSeconds) return time;
  return fail(ErrorKind::invalid_input, name_service(kRole, service),
              " gave a certificate for ", leaf.not_before().to_rfc3339(),
              " to ", leaf.not_after().to_rfc3339(),
              ", and the clock here says ", now.to_rfc3339(),
              ": set the clock");
}

Result<void> check_key(const Certificate& leaf, const PublicKey& own) {
  TRY_ASSIGN(const VerificationKey key, leaf.key());
  if (key == own.verification_key()) return {};
  return fail(ErrorKind::bad_evidence, "the certificate is for another key");
}

Result<void> check_token_name(const Identity& identity,
                              const IdentityToken& token) {
  const bool is_email = identity.name.kind == SubjectName::Kind::email;
  if (is_email && !token.email().empty() &&
      identity.name.value != token.email())
    return fail(ErrorKind::bad_evidence, "the certificate is for ",
                identity.name.value, ", the token for ", token.email());
  return {};
}

}  // namespace

Result<http::Request> certificate_request(const Service& service,
                                          const IdentityToken& token,
                                          const PrivateKey& key,
                                          KeyProof proof) {
  Json body;
  if (proof == KeyProof::certificate_request) {
    TRY_ASSIGN(const std::string request, key.certificate_request());
    body["certificateSigningRequest"] = to_base64(as_bytes(request));
  } else {
    TRY_ASSIGN(const Bytes signature, key.sign(as_bytes(token.identity())));
    body["publicKeyRequest"] = {
        {"publicKey",
         {{"algorithm", "ECDSA"}, {"content", key.public_key().pem()}}},
        {"proofOfPossession", to_base64(signature)}};
  }
  http::Request request;
  request.method = http::Method::post;
  request.url = http::join_url(service.url, "api/v2/signingCert");
  request.headers = {
      {"Content-Type", "application/json"},
      {"Authorization", concat("Bearer ", token.reveal_secret())}};
  request.body = to_bytes(body.dump());
  // One certificate more does no harm.
  request.repeatable = true;
  return request;
}

Result<Identity> read_certificate(const Service& service,
                                  const http::Response& answer,
                                  const IdentityToken& token,
                                  const PublicKey& own, const TrustedRoot& root,
                                  Timestamp now) {
  if (answer.status != 200 && answer.status != 201) {
    http::Response shown = answer;
    if (token.is_in(as_text(shown.body))) shown.body.clear();
    return refused_by(kRole, service, shown);
  }
  TRY_ASSIGN(const Certificate leaf, parse_leaf(service, answer));
  TRY_ASSIGN(const Timestamp time, checking_time(service, leaf, now));
  const std::string what =
      concat(name_service(kRole, service), " gave a bad certificate");
  TRY_ASSIGN(Identity identity,
             check_certificate(leaf, own, root, time).context(what));
  TRY(check_token_name(identity, token).context(what));
  return identity;
}

Result<Identity> check_certificate(const Certificate& leaf,
                                   const PublicKey& own,
                                   const TrustedRoot& root, Timestamp now) {
  TRY(check_key(leaf, own));
  TRY(check_leaf_usage(leaf));
  TRY_ASSIGN(const Certificate issuer,
             find_issuer(leaf, root.certificate_authorities, now));
  TRY(check_scts(leaf, issuer, root.ctlogs));
  return read_identity(leaf);
}

}  // namespace sigstore
