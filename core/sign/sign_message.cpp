// SPDX-License-Identifier: Apache-2.0
#include "core/sign/sign_message.h"

#include <string>
#include <utility>

#include "core/base/encoding.h"
#include "core/bundle/dsse.h"
#include "core/crypto/verification_key.h"

namespace sigstore {
namespace {

PublicKeyMaterial name_key(const VerificationKey& key) {
  return PublicKeyMaterial{to_base64(key.id().bytes), {}};
}

Result<Bytes> sign_and_check(const PrivateKey& key, const VerificationKey& own,
                             ByteView message) {
  TRY_ASSIGN(Bytes signature, key.sign(message));
  TRY(own.verify(message, signature, registry_hash(own.algorithm()))
          .context("checking our own signature"));
  return signature;
}

}  // namespace

Result<Bundle> sign_message(const PrivateKey& key, ByteView message) {
  TRY_ASSIGN(const VerificationKey own,
             VerificationKey::from_pem(key.public_key().pem()));
  const SignatureHash hash = registry_hash(own.algorithm());
  Bundle bundle;
  bundle.material = name_key(own);
  TRY_ASSIGN(Bytes signature, sign_and_check(key, own, message));
  bundle.content =
      MessageSignature{std::string(hash_algorithm_name(hash)),
                       hash_bytes(hash, message), std::move(signature)};
  return bundle;
}

Result<Bundle> sign_envelope(const PrivateKey& key, Bytes statement) {
  TRY_ASSIGN(const VerificationKey own,
             VerificationKey::from_pem(key.public_key().pem()));
  DsseEnvelope envelope;
  envelope.payload_type = kInTotoPayloadType;
  envelope.payload = std::move(statement);
  TRY_ASSIGN(envelope.signature,
             sign_and_check(key, own,
                            pre_authentication_encoding(envelope.payload_type,
                                                        envelope.payload)));
  Bundle bundle;
  bundle.material = name_key(own);
  bundle.content = std::move(envelope);
  return bundle;
}

}  // namespace sigstore
