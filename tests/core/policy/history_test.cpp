// SPDX-License-Identifier: Apache-2.0
#include "core/policy/history.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::Ancestry;
using sigstore::check_history;
using sigstore::ErrorKind;
using sigstore::LastVerified;
using sigstore::Timestamp;

namespace {

const std::string kNow = std::string(40, 'b');
constexpr Timestamp kJanuary{1767225600};  // 2026-01-01
constexpr Timestamp kMarch{1772323200};    // 2026-03-01

LastVerified last_at(std::optional<Timestamp> signed_at) {
  LastVerified last;
  last.commit = std::string(40, 'a');
  last.signed_at = signed_at;
  return last;
}

}  // namespace

TEST_CASE("the same commit again is fine", "[policy]") {
  CHECK(works(check_history(last_at(kMarch), kJanuary, kNow, Ancestry::same)));
  CHECK(works(
      check_history(last_at(kMarch), std::nullopt, kNow, Ancestry::same)));
}

TEST_CASE("a descendant that was signed later is fine", "[policy]") {
  CHECK(works(
      check_history(last_at(kJanuary), kMarch, kNow, Ancestry::descends)));
}

TEST_CASE("a descendant that was signed in the same second is fine",
          "[policy]") {
  CHECK(
      works(check_history(last_at(kMarch), kMarch, kNow, Ancestry::descends)));
}

TEST_CASE("a commit on another line is a rollback, newer or not", "[policy]") {
  for (const Timestamp time : {kJanuary, kMarch})
    CHECK(refuses(
        check_history(last_at(kJanuary), time, kNow, Ancestry::does_not),
        ErrorKind::rollback,
        "moved back from aaaaaaa (2026-01-01) to bbbbbbb"));
}

TEST_CASE("an older signed state on top of history is a rollback", "[policy]") {
  CHECK(refuses(
      check_history(last_at(kMarch), kJanuary, kNow, Ancestry::descends),
      ErrorKind::rollback, "brings back an older signed state"));
}

TEST_CASE("a signature that stops telling its time is a rollback", "[policy]") {
  for (const Ancestry ancestry : {Ancestry::descends, Ancestry::unknown})
    CHECK(refuses(check_history(last_at(kMarch), std::nullopt, kNow, ancestry),
                  ErrorKind::rollback, "does not say when it was made"));
}

TEST_CASE("signatures that never told their time go by ancestry", "[policy]") {
  CHECK(works(check_history(last_at(std::nullopt), std::nullopt, kNow,
                            Ancestry::descends)));
  CHECK(works(
      check_history(last_at(std::nullopt), kMarch, kNow, Ancestry::descends)));
  CHECK(refuses(
      check_history(last_at(std::nullopt), kMarch, kNow, Ancestry::does_not),
      ErrorKind::rollback, "moved back from aaaaaaa to bbbbbbb"));
}

TEST_CASE("in a shallow history the time of signing decides", "[policy]") {
  CHECK(
      works(check_history(last_at(kJanuary), kMarch, kNow, Ancestry::unknown)));
  CHECK(
      refuses(check_history(last_at(kMarch), kJanuary, kNow, Ancestry::unknown),
              ErrorKind::rollback, "brings back an older signed state"));
}

TEST_CASE("what was signed too long ago is refused", "[policy]") {
  using sigstore::check_age;
  constexpr std::chrono::hours kDay(24);
  const sigstore::Timestamp now{kMarch.seconds + 10 * 86400};
  CHECK(works(check_age(kMarch, now, 10 * kDay)));
  CHECK(refuses(check_age(kMarch, now, 10 * kDay - std::chrono::seconds(1)),
                ErrorKind::rollback, "too long ago: sigstore.maxAge is "));
  CHECK(refuses(check_age(kMarch, now, 9 * kDay), ErrorKind::rollback,
                "sigstore.maxAge is 9d; ask the publisher"));
  CHECK(refuses(check_age(kMarch, now, std::chrono::hours(36)),
                ErrorKind::rollback, "sigstore.maxAge is 36h"));
  CHECK(refuses(check_age(std::nullopt, now, 10 * kDay), ErrorKind::rollback,
                "does not say when it was made"));
}

TEST_CASE("a signature from the future has no age", "[policy]") {
  using sigstore::check_age;
  const std::chrono::hours most(1);
  const sigstore::Timestamp early{kMarch.seconds - 86400};
  CHECK(works(check_age(kMarch, early, most)));
  CHECK(refuses(check_age(kMarch, {early.seconds - 1}, most),
                ErrorKind::bad_evidence, "still to come"));
}

TEST_CASE("without history and without times nothing can be told", "[policy]") {
  CHECK(refuses(check_history(last_at(std::nullopt), std::nullopt, kNow,
                              Ancestry::unknown),
                ErrorKind::incomplete, "cannot tell whether it is newer than"));
  CHECK(refuses(
      check_history(last_at(std::nullopt), kMarch, kNow, Ancestry::unknown),
      ErrorKind::incomplete, "cannot tell whether it is newer than aaaaaaa"));
}
