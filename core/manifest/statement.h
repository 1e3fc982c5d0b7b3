// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/verified_payload.h"
#include "core/manifest/binding.h"
#include "core/manifest/manifest.h"

namespace sigstore {

// What a verified signature says. Only parse_statement makes one.
class SignedManifest {
 public:
  const Manifest& manifest() const { return manifest_; }
  const std::string& model_name() const { return model_name_; }
  const std::optional<Binding>& binding() const { return binding_; }
  // By the signer's clock; the binding's, if there is one.
  const std::optional<Timestamp>& signed_at() const { return signed_at_; }
  // Things worth saying that are no errors.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  friend class StatementReader;
  SignedManifest() = default;
  Manifest manifest_;
  std::string model_name_;
  std::optional<Binding> binding_;
  std::optional<Timestamp> signed_at_;
  std::vector<std::string> notes_;
};

// The in-toto Statement v1 with the OMS predicate
// https://model_signing/signature/v1.0 (OMS v1.0, section 5), members in a
// fixed order: the same model gives the same bytes. `model_name` is the base
// name of the folder or file. `signed_at` is for one without a binding, which
// has a time of its own.
Result<std::string> write_statement(
    const Manifest& manifest, std::string_view model_name,
    const std::optional<Binding>& binding,
    const std::optional<Timestamp>& signed_at = std::nullopt);

// Reads such a statement and checks all that sections 5 and 6 demand of it:
// members, names, digests, root digest. With `legacy`, and else as well, the
// predicate https://model_signing/Digests/v0.1 of model-signing 0.2 is read;
// with `legacy` nothing else is.
Result<SignedManifest> parse_statement(const VerifiedPayload& payload,
                                       bool legacy);

}  // namespace sigstore
