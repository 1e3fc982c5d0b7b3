// SPDX-License-Identifier: Apache-2.0
#include "core/sign/identity_signer.h"

#include <array>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/trace.h"
#include "core/bundle/dsse.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/timestamp_request.h"
#include "core/crypto/verification_key.h"
#include "core/sign/errands.h"
#include "core/sign/rekor.h"
#include "core/sign/service_answer.h"
#include "core/sign/timestamp_authority.h"

namespace sigstore {
namespace {

// What the rest of a certificate's life has to be for one more signature.
constexpr std::int64_t kLeastSeconds = 60;

// `any` is one errand with many services, otherwise each service has its own.
std::vector<std::vector<Service>> places_of(const ServiceGroup& group) {
  if (group.services.empty()) return {};
  if (group.any) return {group.services};
  std::vector<std::vector<Service>> places;
  for (const Service& service : group.services) places.push_back({service});
  return places;
}

ByteView signature_of(const Bundle& bundle) {
  if (const auto* message = std::get_if<MessageSignature>(&bundle.content))
    return message->signature;
  return std::get<DsseEnvelope>(bundle.content).signature;
}

Errand log_errand(std::vector<Service> services,
                  const LoggedSignature& signature, const TrustedRoot& root,
                  TlogEntry& place) {
  return {"transparency log", std::move(services),
          [&signature](const Service& service) {
            return log_request(service, signature);
          },
          [&](const Service& service,
              http::Response answer) -> Result<std::optional<http::Request>> {
            TRY_ASSIGN(auto next,
                       read_log_answer(service, answer, signature, root));
            if (auto* more = std::get_if<http::Request>(&next))
              return std::optional(std::move(*more));
            place = std::move(std::get<TlogEntry>(next));
            return std::optional<http::Request>();
          }};
}

Errand timestamp_errand(std::vector<Service> services, ByteView signature,
                        const TimestampRequest& request,
                        const TrustedRoot& root, Bytes& place) {
  return {"timestamp authority", std::move(services),
          [&request](const Service& service) -> Result<http::Request> {
            return timestamp_request(service, request);
          },
          [&, signature](const Service& service, http::Response answer)
              -> Result<std::optional<http::Request>> {
            TRY_ASSIGN(place, read_timestamp(service, answer, request,
                                             signature, root));
            return std::optional<http::Request>();
          }};
}

SignedContent content_of(ByteView message) {
  return {ArtifactDigests{hash_bytes(SignatureHash::sha256, message),
                          hash_bytes(SignatureHash::sha384, message),
                          hash_bytes(SignatureHash::sha512, message)},
          message};
}

}  // namespace

Result<void> IdentitySigner::get_certificate(ByteView content) {
  TRY_ASSIGN(const IdentityToken token, signing_.token());
  TRY(token.check(kSigstoreAudience, signing_.clock()));
  TRY(signing_.announce(Publication{token.identity(), token.issuer(),
                                    sha256(content), signing_.services.tlogs}));
  TRY_ASSIGN(PrivateKey key, PrivateKey::generate(Curve::p256));
  const Service& authority = signing_.services.certificate_authority;
  TRY_ASSIGN(const http::Request request,
             certificate_request(authority, token, key, signing_.proof));
  Result<http::Response> answer = signing_.client.send(request);
  if (!answer.ok())
    return unreachable("certificate authority", std::move(answer).error());
  TRY_ASSIGN(identity_,
             read_certificate(authority, *answer, token, key.public_key(),
                              signing_.root, signing_.clock()));
  key_.emplace(std::move(key));
  announced_ = true;
  if (signing_.keep) signing_.keep(*key_, identity_->leaf);
  return {};
}

Result<void> IdentitySigner::need_certificate(ByteView content) {
  if (!serves()) {
    identity_.reset();
    key_.reset();
    if (!recall_certificate()) return get_certificate(content);
  }
  if (announced_) return {};
  TRY(signing_.announce(Publication{identity_->name.value, identity_->issuer,
                                    sha256(content), signing_.services.tlogs}));
  announced_ = true;
  return {};
}

bool IdentitySigner::serves() const {
  return identity_ && identity_->leaf.not_after().seconds >=
                          signing_.clock().seconds + kLeastSeconds;
}

// One that does not serve here is none: a new one is asked for.
bool IdentitySigner::recall_certificate() {
  std::optional<KeptCertificate> kept;
  if (signing_.recall) kept = signing_.recall();
  if (!kept) return false;
  Result<Identity> identity = check_certificate(
      kept->leaf, kept->key.public_key(), signing_.root, signing_.clock());
  if (!identity.ok()) return false;
  identity_ = std::move(*identity);
  if (serves()) {
    key_.emplace(std::move(kept->key));
    announced_ = false;
    return true;
  }
  identity_.reset();
  return false;
}

// Neither needs the other: only the signature has to be there.
Result<void> IdentitySigner::add_evidence(Bundle& bundle,
                                          const SignedContent& content) const {
  LoggedSignature logged{signature_of(bundle),
                         identity_->leaf,
                         std::get_if<DsseEnvelope>(&bundle.content),
                         {}};
  if (content.artifact) logged.artifact = *content.artifact;
  // Deques: the errands keep references.
  std::deque<TlogEntry> entries;
  std::deque<Bytes> timestamps;
  std::vector<Errand> errands;
  TRY_ASSIGN(const TimestampRequest request,
             make_timestamp_request(logged.signature));
  for (auto& services : places_of(signing_.services.timestamp_authorities))
    errands.push_back(timestamp_errand(std::move(services), logged.signature,
                                       request, signing_.root,
                                       timestamps.emplace_back()));
  for (auto& services : places_of(signing_.services.tlogs))
    errands.push_back(log_errand(std::move(services), logged, signing_.root,
                                 entries.emplace_back()));
  TRY(run_errands(signing_.client, errands));
  bundle.tlog_entries.assign(entries.begin(), entries.end());
  bundle.timestamps.assign(timestamps.begin(), timestamps.end());
  return {};
}

Result<Bundle> IdentitySigner::finish(Bundle bundle,
                                      const SignedContent& content) {
  bundle.material = CertificateMaterial{identity_->leaf.der()};
  TRY(add_evidence(bundle, content));
  Trace trace;
  const Evidence evidence{signing_.root, signing_.clock()};
  TRY(verify_bundle(bundle, content, evidence, trace)
          .context("checking our own signature"));
  return bundle;
}

Result<Bundle> IdentitySigner::sign_statement(Bytes statement) {
  TRY(need_certificate(statement));
  DsseEnvelope envelope;
  envelope.payload_type = kInTotoPayloadType;
  envelope.payload = std::move(statement);
  TRY_ASSIGN(envelope.signature, key_->sign(pre_authentication_encoding(
                                     envelope.payload_type, envelope.payload)));
  Bundle bundle;
  bundle.content = std::move(envelope);
  return finish(std::move(bundle), SignedContent{});
}

Result<Bundle> IdentitySigner::sign_message(ByteView message) {
  TRY(need_certificate(message));
  TRY_ASSIGN(Bytes signature, key_->sign(message));
  Bundle bundle;
  bundle.content = MessageSignature{
      std::string(hash_algorithm_name(SignatureHash::sha256)),
      hash_bytes(SignatureHash::sha256, message), std::move(signature)};
  return finish(std::move(bundle), content_of(message));
}

}  // namespace sigstore
