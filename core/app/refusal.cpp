// SPDX-License-Identifier: Apache-2.0
#include "core/app/refusal.h"

#include <algorithm>

#include "core/bundle/bundle_json.h"
#include "core/verify/key_method.h"

namespace sigstore {
namespace {

bool is_by_identity(ByteView bundle) {
  const Result<Bundle> parsed = parse_bundle(bundle);
  return parsed.ok() &&
         std::holds_alternative<CertificateMaterial>(parsed->material);
}

// The key that the signature says it is by, "" when it says nothing.
std::string claimed_by(ByteView bundle) {
  const Result<Bundle> parsed = parse_bundle(bundle);
  return parsed.ok() ? claimed_fingerprint(*parsed) : std::string();
}

std::string trust_command(const CommitQuestion& question, std::string_view verb,
                          ByteView bundle) {
  return concat("git sigstore trust ", verb, " ",
                question.repository.to_string(),
                is_by_identity(bundle) ? " --identity NAME --issuer URL"
                                       : " --key PUBLIC_KEY.pem");
}

Error explain_unknown(Error error, const CommitQuestion& question,
                      ByteView bundle, const std::string& claimed) {
  error.message +=
      concat(is_by_identity(bundle)
                 ? "; to trust them, ask the publisher who signs, and run: "
                 : "; to trust it, get the publisher's public key from them "
                   "and run: ",
             trust_command(question, "add", bundle));
  if (!claimed.empty()) error.message += " --fingerprint " + claimed;
  return error;
}

}  // namespace

std::string last_seen(const RepositoryTrust& trust) {
  const LastVerified* newest = nullptr;
  for (const auto& [ref, last] : trust.refs) {
    if (newest == nullptr || newest->verified_at < last.verified_at)
      newest = &last;
  }
  if (newest == nullptr) {
    const TrustedSigner& signer = trust.signers.front();
    return "expected a signature by " + signer.describe();
  }
  const TrustedSigner* signer = trust.find_signer(newest->signer);
  const Timestamp when = newest->signed_at.value_or(newest->verified_at);
  return concat("it was signed on ", when.to_date(), " by ",
                signer != nullptr ? signer->describe() : newest->signer);
}

Error explain_signer(Error error, const CommitQuestion& question,
                     const AcceptedSigners& accepted,
                     const std::vector<TrustedSigner>& keyring,
                     ByteView bundle) {
  const std::string claimed = claimed_by(bundle);
  if (error.kind == ErrorKind::unknown_signer)
    return explain_unknown(std::move(error), question, bundle, claimed);
  if (error.kind != ErrorKind::wrong_signer) return error;
  if (accepted.first_use && is_by_identity(bundle)) {
    error.kind = ErrorKind::unknown_signer;
    return explain_unknown(std::move(error), question, bundle, claimed);
  }
  if (accepted.first_use && !claimed.empty()) {
    // Nobody said who signs this repository: that is no "somebody else".
    error.kind = ErrorKind::unknown_signer;
    error.message = concat("signed by key ", claimed,
                           ", which is not in your keyring "
                           "(sigstore.publicKey)");
    return explain_unknown(std::move(error), question, bundle, claimed);
  }
  if (!claimed.empty()) {
    const bool in_keyring = std::any_of(
        keyring.begin(), keyring.end(),
        [&](const TrustedSigner& item) { return item.id() == claimed; });
    error.message = concat("signed by key ", claimed,
                           in_keyring ? " of your keyring" : "", ", expected ");
    for (const TrustedSigner& signer : accepted.signers)
      error.message += (&signer == &accepted.signers.front() ? "" : " or ") +
                       signer.describe();
  }
  error.message += concat(
      "; if this change is intended: ", trust_command(question, "add", bundle),
      " for one more signer, or trust replace for a new one");
  return error;
}

Error explain_rollback(Error error, const CommitQuestion& question) {
  if (error.kind == ErrorKind::rollback)
    error.message += concat(
        "; if the publisher says that they rewrote history: git sigstore "
        "trust remove ",
        question.repository.to_string(), " --history");
  return error;
}

}  // namespace sigstore
