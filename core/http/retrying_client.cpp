// SPDX-License-Identifier: Apache-2.0
#include "core/http/retrying_client.h"

#include <algorithm>
#include <optional>
#include <random>
#include <thread>

#include "core/http/asked_wait.h"

namespace sigstore::http {
namespace {

using std::chrono::milliseconds;

bool is_worth_a_try(const Request& request, const Result<Response>& answer) {
  if (!request.repeatable) return false;
  if (!answer.ok()) return answer.error().kind == ErrorKind::network;
  const int status = answer->status;
  return status == 408 || status == 429 || (status >= 500 && status <= 599);
}

}  // namespace

Pauses Pauses::real() {
  return {[] { return std::chrono::steady_clock::now(); },
          [](milliseconds pause) { std::this_thread::sleep_for(pause); },
          [] {
            std::random_device device;
            return std::uniform_real_distribution<double>()(device);
          },
          {}};
}

std::vector<Result<Response>> RetryingClient::send_all(
    std::span<const Request> requests) {
  const auto start = pauses_.now();
  std::vector<Result<Response>> answers = inner_.send_all(requests);
  milliseconds back_off = rules_.first_wait;
  for (int tried = 1; tried < rules_.tries; ++tried, back_off *= 2) {
    std::vector<std::size_t> again;
    milliseconds wait{0};
    bool is_asked = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (!is_worth_a_try(requests[i], answers[i])) continue;
      const std::optional<milliseconds> asked =
          answers[i].ok() ? asked_wait(*answers[i]) : std::nullopt;
      if (asked && *asked > rules_.longest_asked) continue;
      const milliseconds own =
          asked.value_or(std::chrono::duration_cast<milliseconds>(
              std::min(back_off, rules_.longest_wait) *
              (0.5 + pauses_.chance() / 2)));
      again.push_back(i);
      wait = std::max(wait, own);
      is_asked = is_asked || asked;
    }
    if (again.empty() || pauses_.now() + wait - start > rules_.phase) break;
    if (is_asked && pauses_.asked) pauses_.asked(wait);
    pauses_.wait(wait);
    std::vector<Request> repeated;
    for (const std::size_t i : again) repeated.push_back(requests[i]);
    std::vector<Result<Response>> next = inner_.send_all(repeated);
    for (std::size_t i = 0; i < again.size(); ++i)
      answers[again[i]] = std::move(next[i]);
  }
  return answers;
}

}  // namespace sigstore::http
