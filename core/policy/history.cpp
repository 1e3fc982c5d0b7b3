// SPDX-License-Identifier: Apache-2.0
#include "core/policy/history.h"

namespace sigstore {
namespace {

std::string describe(const std::string& commit,
                     const std::optional<Timestamp>& signed_at) {
  const std::string name = commit.substr(0, 7);
  return signed_at ? name + " (" + signed_at->to_date() + ")" : name;
}

std::string in_words(std::chrono::seconds age) {
  constexpr std::int64_t kHour = 3600;
  const std::int64_t hours = age.count() / kHour;
  return hours % 24 == 0 ? concat(hours / 24, "d") : concat(hours, "h");
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
                from);
  return {};
}

Result<void> check_age(const std::optional<Timestamp>& signed_at,
                       const Timestamp& now, std::chrono::seconds most) {
  constexpr std::int64_t kClocksDiffer = 24 * 3600;
  const std::string limit = "sigstore.maxAge is " + in_words(most);
  if (!signed_at)
    return fail(ErrorKind::rollback,
                "carries a signature that does not say when it was made, and ",
                limit);
  if (signed_at->seconds > now.seconds + kClocksDiffer)
    return fail(ErrorKind::bad_evidence, "says that it was signed on ",
                signed_at->to_rfc3339(),
                ", which is still to come by this machine's clock");
  if (now.seconds - signed_at->seconds <= most.count()) return {};
  return fail(ErrorKind::rollback, "was signed on ", signed_at->to_date(),
              ", which is too long ago: ", limit,
              "; ask the publisher for a newer signature");
}

}  // namespace sigstore
