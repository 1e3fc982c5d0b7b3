// SPDX-License-Identifier: Apache-2.0
#include "core/sign/certificate_signer.h"

#include <span>
#include <string>

#include "core/base/limits.h"
#include "core/base/trace.h"
#include "core/bundle/dsse.h"
#include "core/crypto/certificate_chain.h"
#include "core/verify/certificate_method.h"

namespace sigstore {
namespace {

using Chain = std::span<const Certificate>;

std::string name_of(const Certificate& certificate) {
  const std::string subject = certificate.subject();
  return "certificate " +
         (subject.empty() ? "number " + certificate.serial_hex() : subject);
}

template <class... Parts>
Error refused(const Certificate& certificate, const Parts&... parts) {
  return fail(ErrorKind::invalid_input, name_of(certificate), " ", parts...);
}

Result<void> check_leaf(const Certificate& leaf, const PublicKey& own) {
  TRY_ASSIGN(const VerificationKey key, leaf.key());
  if (!(key == own.verification_key()))
    return refused(leaf, "is for another key than the one that signs");
  if (leaf.may_sign_data() || leaf.may_sign_code()) return {};
  return refused(leaf, "is for neither digitalSignature nor codeSigning");
}

Result<void> check_time(const Certificate& certificate, Timestamp now) {
  if (now.seconds > certificate.not_after().seconds)
    return refused(certificate, "expired at ",
                   certificate.not_after().to_rfc3339());
  if (now.seconds < certificate.not_before().seconds)
    return refused(certificate, "is valid from ",
                   certificate.not_before().to_rfc3339(), " on");
  return {};
}

// A chain that a reader's path would not need is a mistake all the same: the
// bundle says who certified whom (OMS v1.0 4.1, "leaf first, then CA chain").
Result<void> check_links(Chain chain, Timestamp now) {
  for (std::size_t i = 1; i < chain.size(); ++i)
    if (!chain[i].is_ca())
      return refused(chain[i], "is in the chain, and no authority (CA)");
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const Result<std::vector<Certificate>> link =
        find_path(chain[i - 1], {}, chain.subspan(i, 1), now);
    if (!link.ok())
      return refused(chain[i - 1], "is not certified by the next one, ",
                     name_of(chain[i]), " (", link.error().message, ")");
  }
  return {};
}

// Which of them a reader has is the reader's: the last one is the least.
CertificateTrust own_trust(Chain chain, Timestamp now) {
  return {chain.last(1), now};
}

}  // namespace

Result<CertificateSigner> CertificateSigner::create(
    const SigningKey& key, std::vector<Certificate> chain, Clock clock) {
  if (chain.size() < 2)
    return fail(ErrorKind::invalid_input,
                "a signing certificate needs the chain of its authorities");
  if (chain.size() > limits::kChainCertificates)
    return fail(ErrorKind::invalid_input, "more than ",
                limits::kChainCertificates, " certificates");
  const Timestamp now = clock();
  TRY(check_leaf(chain.front(), key.public_key()));
  for (const Certificate& certificate : chain)
    TRY(check_time(certificate, now));
  TRY(check_links(chain, now));
  const Chain all(chain);
  const Result<std::vector<Certificate>> path =
      find_path(all.front(), all.subspan(1), all.last(1), now);
  if (!path.ok()) return fail(ErrorKind::invalid_input, path.error().message);
  return CertificateSigner(key, std::move(chain), std::move(clock));
}

Result<Bundle> CertificateSigner::sign_statement(Bytes statement) {
  DsseEnvelope envelope;
  envelope.payload_type = kInTotoPayloadType;
  envelope.payload = std::move(statement);
  TRY_ASSIGN(envelope.signature, key_.sign(pre_authentication_encoding(
                                     envelope.payload_type, envelope.payload)));
  CertificateChainMaterial material;
  for (const Certificate& certificate : chain_)
    material.certificates.push_back(certificate.der());
  Bundle bundle;
  bundle.material = std::move(material);
  bundle.content = std::move(envelope);
  Trace trace;
  TRY(verify_certificate_method(bundle, own_trust(chain_, clock_()), trace)
          .context("checking our own signature"));
  return bundle;
}

}  // namespace sigstore
