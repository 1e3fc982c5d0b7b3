// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/crypto/public_key.h"
#include "core/manifest/binding.h"
#include "core/manifest/content.h"
#include "core/manifest/statement.h"

namespace sigstore {

struct VerifyRequest {
  // Who may have signed. None: unknown_signer names the one who claims to.
  std::span<const PublicKey> keys;
  // Where the signature lies inside the model, "" when it lies elsewhere.
  std::string signature_path;
  // What the verifier allows to be left out, beside the defaults. Of the
  // signer's ignore_paths only what stands here or there is honoured:
  // anything else that they hide counts as an extra file.
  Exclusions allowed;
  // OMS v1.0 8.5: listed files must match, others are not looked at.
  bool ignore_unsigned_files = false;
  // Refuse links even where the signer allowed them.
  bool forbid_symlinks = false;
  // The state the content is in, when it is a commit. A binding in the
  // signature must fit it; a signature without one is noted.
  std::optional<Binding> actual_state = std::nullopt;
  // Other names of the repository of `actual_state`.
  std::vector<std::string> other_names = {};
  // Refuse a signature that does not say for which state it was made.
  bool require_binding = false;
};

struct VerifiedModel {
  PublicKey signer;
  SignedManifest signed_manifest;
  std::uint64_t total_size = 0;  // bytes of the model
  std::vector<std::string> notes;
};

// Is this content exactly what one of the keys signed? The answer is the
// verified model, or the error that says why not. Every decision is recorded
// in `trace`.
Result<VerifiedModel> verify_model(ByteView bundle_json, Content& content,
                                   const VerifyRequest& request, Trace& trace);

}  // namespace sigstore
