// SPDX-License-Identifier: Apache-2.0
#include "core/verify/model_envelope.h"

#include <string_view>

#include "core/base/json.h"
#include "core/bundle/dsse.h"

namespace sigstore {
namespace {

constexpr std::string_view kLegacyPredicate =
    "https://model_signing/Digests/v0.1";

// Looks at the payload before it is verified only to choose the encoding; the
// legacy one is open to statements of its own version and to no other.
bool has_legacy_predicate(const DsseEnvelope& envelope) {
  const Result<Json> statement = parse_json(as_text(envelope.payload));
  if (!statement.ok()) return false;
  const Result<std::string_view> type =
      string_member(*statement, "predicateType");
  return type.ok() && *type == kLegacyPredicate;
}

}  // namespace

std::string join_fingerprints(std::span<const PublicKey> keys) {
  std::string out;
  for (const PublicKey& key : keys)
    out += (out.empty() ? "" : " or ") + key.fingerprint();
  return out;
}

Result<const DsseEnvelope*> model_envelope(const Bundle& bundle) {
  if (bundle.media_type != kBundleMediaType)
    return fail(ErrorKind::unsupported, "media type '", bundle.media_type,
                "' is not that of a model signature");
  const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (envelope == nullptr)
    return fail(ErrorKind::unsupported,
                "signs a message, not a model (no DSSE envelope)");
  if (envelope->payload_type != kInTotoPayloadType)
    return fail(ErrorKind::invalid_input, "payload type '",
                envelope->payload_type, "' is not in-toto");
  return envelope;
}

Result<EnvelopeSignature> check_envelope_signature(
    const DsseEnvelope& envelope, std::span<const PublicKey> candidates) {
  const Bytes signed_bytes =
      pre_authentication_encoding(envelope.payload_type, envelope.payload);
  for (const PublicKey& key : candidates) {
    if (key.verify(signed_bytes, envelope.signature).ok())
      return EnvelopeSignature{key, false};
  }
  if (has_legacy_predicate(envelope)) {
    const Bytes legacy = legacy_pre_authentication_encoding(
        envelope.payload_type, envelope.payload);
    for (const PublicKey& key : candidates) {
      if (key.verify(legacy, envelope.signature).ok())
        return EnvelopeSignature{key, true};
      if (key.verify_sha256(legacy, envelope.signature).ok())
        return EnvelopeSignature{key, true};
    }
  }
  return fail(ErrorKind::bad_signature, "the signature is not by key ",
              join_fingerprints(candidates), " over this statement");
}

}  // namespace sigstore
