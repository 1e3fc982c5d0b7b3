// SPDX-License-Identifier: Apache-2.0
#include "core/sign/errands.h"

#include <string>
#include <utility>

#include "core/sign/service_answer.h"

namespace sigstore {
namespace {

// A service that is asked for more than this again and again is not in order.
constexpr int kMostRequests = 4;

struct Walk {
  const Errand* errand = nullptr;
  std::size_t at = 0;  // which service
  int requests = 0;    // to that one
  std::optional<http::Request> next;
  std::vector<std::string> said;

  const Service& service() const { return errand->services[at]; }
};

Result<void> ask(Walk& walk) {
  TRY_ASSIGN(walk.next, walk.errand->ask(walk.service()));
  walk.requests = 1;
  return {};
}

// After an error: the next service is asked, or the error is the answer.
Result<void> turn_to_next(Walk& walk, Error error) {
  const bool may_pass =
      error.kind == ErrorKind::network || error.kind == ErrorKind::stale_trust;
  if (!may_pass || walk.at + 1 == walk.errand->services.size()) {
    error.details.insert(error.details.end(), walk.said.begin(),
                         walk.said.end());
    return error;
  }
  walk.said.push_back(std::move(error.message));
  ++walk.at;
  return ask(walk);
}

Result<void> hand_over(Walk& walk, Result<http::Response> answer) {
  walk.next.reset();
  if (!answer.ok())
    return turn_to_next(
        walk, unreachable(walk.errand->role, std::move(answer).error()));
  auto more = walk.errand->take(walk.service(), std::move(*answer));
  if (!more.ok()) return turn_to_next(walk, std::move(more).error());
  if (*more && ++walk.requests > kMostRequests)
    return fail(ErrorKind::network, "too many requests for one answer");
  walk.next = std::move(*more);
  return {};
}

}  // namespace

Result<void> run_errands(http::Client& client,
                         std::span<const Errand> errands) {
  std::vector<Walk> walks;
  for (const Errand& errand : errands) {
    walks.push_back(Walk{&errand, 0, 0, std::nullopt, {}});
    TRY(ask(walks.back()));
  }
  while (true) {
    std::vector<http::Request> requests;
    std::vector<Walk*> waiting;
    for (Walk& walk : walks) {
      if (!walk.next) continue;
      requests.push_back(*std::move(walk.next));
      waiting.push_back(&walk);
    }
    if (requests.empty()) return {};
    std::vector<Result<http::Response>> answers = client.send_all(requests);
    for (std::size_t i = 0; i < waiting.size(); ++i)
      TRY(hand_over(*waiting[i], std::move(answers[i])));
  }
}

}  // namespace sigstore
