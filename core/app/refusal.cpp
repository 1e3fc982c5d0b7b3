// SPDX-License-Identifier: Apache-2.0
#include "core/app/refusal.h"

#include <algorithm>

#include "core/bundle/bundle_json.h"
#include "core/verify/key_method.h"

namespace sigstore {
namespace {

// Who a signature says it is by, whether that is true or not.
struct Claim {
  bool by_identity = false;
  std::string fingerprint;  // of a key, "" when it does not say
};

Claim read_claim(ByteView signature) {
  const Result<Bundle> bundle = parse_bundle(signature);
  if (!bundle.ok()) return {};
  return {std::holds_alternative<CertificateMaterial>(bundle->material),
          claimed_fingerprint(*bundle)};
}

std::string trust_command(const CommitQuestion& question, std::string_view verb,
                          const Claim& claim) {
  return concat("git sigstore trust ", verb, " ",
                question.repository.to_string(),
                claim.by_identity ? " --identity NAME --issuer URL"
                                  : " --key PUBLIC_KEY.pem");
}

Error explain_unknown(Error error, const CommitQuestion& question,
                      const Claim& claim) {
  error.message +=
      concat(claim.by_identity
                 ? "; to trust them, ask the publisher who signs, and run: "
                 : "; to trust it, get the publisher's public key from them "
                   "and run: ",
             trust_command(question, "add", claim));
  if (!claim.fingerprint.empty())
    error.message += " --fingerprint " + claim.fingerprint;
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
                     ByteView signature) {
  if (error.kind != ErrorKind::unknown_signer &&
      error.kind != ErrorKind::wrong_signer)
    return error;
  const Claim claim = read_claim(signature);
  const std::string& claimed = claim.fingerprint;
  if (error.kind == ErrorKind::unknown_signer ||
      (accepted.first_use && claim.by_identity)) {
    error.kind = ErrorKind::unknown_signer;
    return explain_unknown(std::move(error), question, claim);
  }
  if (accepted.first_use && !claimed.empty()) {
    // Nobody said who signs this repository: that is no "somebody else".
    error.kind = ErrorKind::unknown_signer;
    error.message = concat("signed by key ", claimed,
                           ", which is not in your keyring "
                           "(sigstore.publicKey)");
    return explain_unknown(std::move(error), question, claim);
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
      "; if this change is intended: ", trust_command(question, "add", claim),
      " for one more signer, or trust replace for a new one");
  return error;
}

Error explain_rollback(Error error, const CommitQuestion& question) {
  if (error.kind == ErrorKind::incomplete && !question.history_complete)
    error.message += "; fetch without --depth";
  else if (error.kind == ErrorKind::incomplete)
    error.message +=
        concat("; to begin anew with this state: git sigstore trust remove ",
               question.repository.to_string(), " --history");
  if (error.kind == ErrorKind::rollback)
    error.message += concat(
        "; if the publisher says that they rewrote history: git sigstore "
        "trust remove ",
        question.repository.to_string(), " --history");
  return error;
}

}  // namespace sigstore
