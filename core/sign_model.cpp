// SPDX-License-Identifier: Apache-2.0
#include "core/sign_model.h"

#include <utility>

#include "core/bundle/bundle_json.h"
#include "core/manifest/statement.h"

namespace sigstore {

Result<SignedModel> sign_model(Content& content, StatementSigner& signer,
                               SignRequest request) {
  request.parameters.ignore_paths = request.selection.exclusions.paths();
  TRY_ASSIGN(Manifest manifest,
             content.manifest(request.parameters, request.selection));
  TRY_ASSIGN(const std::string statement,
             write_statement(manifest, request.model_name, request.binding,
                             request.signed_at));
  TRY_ASSIGN(const Bundle bundle, signer.sign_statement(to_bytes(statement)));
  TRY_ASSIGN(std::string text, write_bundle(bundle));
  return SignedModel{std::move(text), std::move(manifest)};
}

Result<SignedModel> sign_model(Content& content, const SigningKey& key,
                               SignRequest request) {
  KeySigner signer(key);
  return sign_model(content, signer, std::move(request));
}

}  // namespace sigstore
