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
#include "core/crypto/certificate.h"
#include "core/crypto/public_key.h"
#include "core/manifest/binding.h"
#include "core/manifest/content.h"
#include "core/manifest/statement.h"
#include "core/policy/signer_rule.h"
#include "core/trust/trusted_root.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

struct VerifyRequest {
  // Who may have signed; any of them is enough. The kind of signer chooses the
  // OMS method, and a bundle of a kind that is not named here is wrong_signer.
  // Nobody: unknown_signer names the one who claims to.
  std::span<const PublicKey> keys;
  std::span<const Certificate> certificate_roots;
  std::span<const SignerRule> identities;
  // Logs and authorities for identities, and the time at which certificates
  // are judged. No root: stale_trust where one is needed.
  const TrustedRoot* trusted_root = nullptr;
  Timestamp now;
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

// Who signed, and what they listed. Says nothing about any content.
struct ModelSignature {
  Signer signer;
  std::vector<VerifiedTime> times;
  std::vector<VerifiedLogEntry> log_entries;
  SignedManifest signed_manifest;
};

// Content that is what was signed.
struct CheckedContent {
  std::uint64_t total_size = 0;  // bytes of the model
  std::vector<std::string> notes;
};

struct VerifiedModel : ModelSignature, CheckedContent {};

// Is this content exactly what one of them signed? The answer is the
// verified model, or the error that says why not. Every decision is recorded
// in `trace`.
Result<VerifiedModel> verify_model(ByteView bundle_json, Content& content,
                                   const VerifyRequest& request, Trace& trace);

// Is this bundle, whatever it is about, by one of them? By the method of its
// material, if somebody is expected to sign that way (OMS v1.0 11.1).
Result<VerifiedBundle> verify_signer(const Bundle& bundle,
                                     const VerifyRequest& request,
                                     Trace& trace);

// Its two halves, for content that comes after the signature.
Result<ModelSignature> verify_signature(ByteView bundle_json,
                                        const VerifyRequest& request,
                                        Trace& trace);
Result<CheckedContent> verify_content(const ModelSignature& model,
                                      Content& content,
                                      const VerifyRequest& request,
                                      Trace& trace);

}  // namespace sigstore
