// SPDX-License-Identifier: Apache-2.0
#include "core/policy/history.h"

namespace sigstore {
namespace {

std::string describe(const std::string& commit,
                     const std::optional<Timestamp>& signed_at) {
  const std::string name = commit.substr(0, 7);
  return signed_at ? name + " (" + signed_at->to_date() + ")" : name;
}

}  // namespace

Result<void> check_history(const LastVerified& last,
                           const std::optional<Timestamp>& signed_at,
                           const std::string& commit, Ancestry ancestry) {
  if (ancestry == Ancestry::same) return {};
  const std::string from = describe(last.commit, last.signed_at);
  const std::string to = describe(commit, signed_at);
  if (ancestry == Ancestry::does_not)
    return fail(ErrorKind::rollback, "moved back from ", from, " to ", to);
  // A signer without a clock in the signature was accepted before as well.
  const bool both = last.signed_at && signed_at;
  if (both && *signed_at < *last.signed_at)
    return fail(ErrorKind::rollback,
                "brings back an older signed state: ", "signed ",
                signed_at->to_rfc3339(), ", verified before was ",
                last.signed_at->to_rfc3339());
  if (last.signed_at && !signed_at)
    return fail(ErrorKind::rollback, "moved from ", from, " to ", to,
                ", whose signature does not say when it was made");
  if (ancestry == Ancestry::unknown && !both)
    return fail(ErrorKind::incomplete, "cannot tell whether it is newer than ",
                from, "; fetch without --depth");
  return {};
}

}  // namespace sigstore
