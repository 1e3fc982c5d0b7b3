// SPDX-License-Identifier: Apache-2.0
#include "core/verify/certificate_method.h"

#include <utility>
#include <vector>

#include "core/crypto/certificate_chain.h"
#include "core/verify/model_envelope.h"

namespace sigstore {
namespace {

Result<const CertificateChainMaterial*> check_method(const Bundle& bundle) {
  if (const auto* chain =
          std::get_if<CertificateChainMaterial>(&bundle.material))
    return chain;
  const bool key = std::holds_alternative<PublicKeyMaterial>(bundle.material);
  return fail(ErrorKind::wrong_signer, "signed with ",
              key ? "a key" : "a Sigstore identity",
              ", expected a certificate");
}

Result<std::vector<Certificate>> read_chain(
    const CertificateChainMaterial& material) {
  std::vector<Certificate> chain;
  for (const Bytes& der : material.certificates) {
    TRY_ASSIGN(Certificate certificate, Certificate::from_der(der));
    chain.push_back(std::move(certificate));
  }
  return chain;
}

// OMS says nothing of usages; one of the two that model-signing looks for must
// be there. "Not an authority" is no rule here: published leaves are.
Result<void> check_usage(const Certificate& leaf) {
  if (leaf.may_sign_data() || leaf.may_sign_code()) return {};
  return fail(ErrorKind::bad_evidence, "the certificate ", leaf.subject(),
              " is for neither digitalSignature nor codeSigning");
}

Result<PublicKey> check_path(const std::vector<Certificate>& chain,
                             const CertificateTrust& trust) {
  const Certificate& leaf = chain.front();
  if (trust.roots.empty())
    return fail(ErrorKind::unknown_signer, "signed with the certificate ",
                leaf.subject(), " of an authority that is not known here");
  const std::span<const Certificate> others =
      std::span<const Certificate>(chain).subspan(1);
  TRY(find_path(leaf, others, trust.roots, trust.at));
  TRY(check_usage(leaf));
  TRY_ASSIGN(const VerificationKey key, leaf.key());
  return PublicKey::from_der(key.spki()).context(leaf.subject());
}

}  // namespace

// (1) The policy asks for a certificate: any other method is another signer.
// (2) The envelope is one of a model signature.
// (3) The certificate has a path to a trusted root, now.
// (4) The signature is by its key.
Result<VerifiedBundle> verify_certificate_method(const Bundle& bundle,
                                                 const CertificateTrust& trust,
                                                 Trace& trace) {
  TRY_ASSIGN(const CertificateChainMaterial* material,  // (1)
             trace.step("the method is the one asked for",
                        "OMS v1.0 11.1, \"MUST match field to method\"",
                        "certificate", check_method(bundle)));
  TRY_ASSIGN(
      const DsseEnvelope* envelope,  // (2)
      trace.step("the bundle is a v0.3 in-toto envelope", "OMS v1.0 4, 8.1",
                 bundle.media_type, model_envelope(bundle)));
  TRY_ASSIGN(const std::vector<Certificate> chain, read_chain(*material));
  TRY_ASSIGN(
      const PublicKey key,  // (3)
      trace.step("the certificate has a trusted path now",
                 "OMS v1.0 8.2, RFC 5280 6",
                 concat(chain.front().subject(), " at ", trust.at.to_rfc3339()),
                 check_path(chain, trust)));
  const std::vector<PublicKey> own{key};
  TRY_ASSIGN(const EnvelopeSignature match,  // (4)
             trace.step("the signature fits the payload",
                        "DSSE v1.0.2, protocol", "key " + key.fingerprint(),
                        check_envelope_signature(*envelope, own)));
  return VerifiedBundle(chain.front(), envelope->payload, match.legacy);
}

}  // namespace sigstore
