// SPDX-License-Identifier: Apache-2.0
#include "core/verify/key_method.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/verify/model_envelope.h"

namespace sigstore {
namespace {

Result<const PublicKeyMaterial*> check_method(const Bundle& bundle) {
  if (const auto* key = std::get_if<PublicKeyMaterial>(&bundle.material))
    return key;
  const bool keyless =
      std::holds_alternative<CertificateMaterial>(bundle.material);
  return fail(ErrorKind::wrong_signer, "signed with ",
              keyless ? "a Sigstore identity" : "a certificate",
              ", expected a key");
}

Result<std::optional<PublicKey>> embedded_key(const PublicKeyMaterial& key) {
  if (key.raw_bytes.empty()) return std::optional<PublicKey>();
  // model-signing 0.3.1 to 1.0.1: the PEM text; else DER.
  const std::string_view text = as_text(key.raw_bytes);
  Result<PublicKey> parsed = text.starts_with("-----BEGIN")
                                 ? PublicKey::from_pem(text)
                                 : PublicKey::from_der(key.raw_bytes);
  if (!parsed.ok()) return std::move(parsed).error().context("rawBytes");
  return std::optional<PublicKey>(std::move(*parsed));
}

// The trusted keys that the bundle may be signed with.
Result<std::vector<PublicKey>> select_keys(const Bundle& bundle,
                                           const PublicKeyMaterial& material,
                                           std::span<const PublicKey> keys) {
  TRY_ASSIGN(const std::optional<PublicKey> embedded, embedded_key(material));
  if (embedded && !material.hint.empty() &&
      embedded->fingerprint() != material.hint)
    return fail(ErrorKind::invalid_input, "hint and rawBytes name two keys");
  const std::string claimed = claimed_fingerprint(bundle);
  if (keys.empty())
    return fail(ErrorKind::unknown_signer, "signed by key ",
                claimed.empty() ? "without a name" : claimed,
                ", which is not known here");
  // OMS 11.2: old bundles may name no key; then each one is tried.
  if (claimed.empty()) return std::vector<PublicKey>(keys.begin(), keys.end());
  for (const PublicKey& key : keys)
    if (key.fingerprint() == claimed) return std::vector<PublicKey>{key};
  return fail(ErrorKind::wrong_signer, "signed by key ", claimed,
              ", expected key ", join_fingerprints(keys));
}

}  // namespace

std::string claimed_fingerprint(const Bundle& bundle) {
  const auto* key = std::get_if<PublicKeyMaterial>(&bundle.material);
  if (key == nullptr) return {};
  if (!key->hint.empty()) return key->hint;
  const Result<std::optional<PublicKey>> embedded = embedded_key(*key);
  return embedded.ok() && embedded->has_value() ? (**embedded).fingerprint()
                                                : std::string();
}

// (1) The policy asks for a key: any other method is another signer.
// (2) The envelope is one of a model signature.
// (3) The key is one that the caller trusts.
// (4) The signature fits the payload.
Result<VerifiedBundle> verify_key_method(const Bundle& bundle,
                                         std::span<const PublicKey> keys,
                                         Trace& trace) {
  TRY_ASSIGN(const PublicKeyMaterial* material,  // (1)
             trace.step("the method is the one asked for",
                        "OMS v1.0 11.1, \"MUST match field to method\"",
                        check_method(bundle)));
  TRY_ASSIGN(const DsseEnvelope* envelope,  // (2)
             trace.step("the bundle is a v0.3 in-toto envelope",
                        "OMS v1.0 4, 8.1", model_envelope(bundle)));
  TRY_ASSIGN(const std::vector<PublicKey> candidates,  // (3)
             trace.step("the signer's key is a trusted one", "OMS v1.0 8.2",
                        select_keys(bundle, *material, keys)));
  TRY_ASSIGN(
      EnvelopeSignature match,  // (4)
      trace.step("the signature fits the payload", "DSSE v1.0.2, protocol",
                 check_envelope_signature(*envelope, candidates)));
  return VerifiedBundle(std::move(match.key), envelope->payload, match.legacy);
}

}  // namespace sigstore
