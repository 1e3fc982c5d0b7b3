// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/signing_key.h"
#include "core/manifest/binding.h"
#include "core/manifest/content.h"
#include "core/sign/statement_signer.h"

namespace sigstore {

struct SignRequest {
  std::string model_name;  // the subject: base name of the model
  Parameters parameters;   // ignore_paths are taken from the selection
  Selection selection;
  std::optional<Binding> binding = std::nullopt;
  // Without a binding: by the signer's clock, for readers who saw another
  // state before. Nothing is stated without either.
  std::optional<Timestamp> signed_at = std::nullopt;
};

struct SignedModel {
  std::string bundle;  // what model.sig holds
  Manifest manifest;
};

// Signs a model: content -> manifest -> statement -> bundle.
Result<SignedModel> sign_model(Content& content, StatementSigner& signer,
                               SignRequest request);
// With a key.
Result<SignedModel> sign_model(Content& content, const SigningKey& key,
                               SignRequest request);

}  // namespace sigstore
