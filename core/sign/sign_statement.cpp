// SPDX-License-Identifier: Apache-2.0
#include "core/sign/sign_statement.h"

#include <array>
#include <string>
#include <utility>

#include "core/base/trace.h"
#include "core/bundle/dsse.h"
#include "core/sign/statement_signer.h"
#include "core/verify/key_method.h"

namespace sigstore {

Result<Bundle> sign_statement(const SigningKey& key, Bytes statement) {
  DsseEnvelope envelope;
  envelope.payload_type = kInTotoPayloadType;
  envelope.payload = std::move(statement);
  TRY_ASSIGN(envelope.signature, key.sign(pre_authentication_encoding(
                                     envelope.payload_type, envelope.payload)));
  Bundle bundle;
  bundle.material = PublicKeyMaterial{key.public_key().fingerprint(), {}};
  bundle.content = std::move(envelope);
  Trace trace;
  const std::array<PublicKey, 1> own{key.public_key()};
  TRY(verify_key_method(bundle, own, trace)
          .context("checking our own signature"));
  return bundle;
}

Result<Bundle> KeySigner::sign_statement(Bytes statement) {
  return sigstore::sign_statement(key_, std::move(statement));
}

}  // namespace sigstore
