// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "core/http/asked_wait.h"
#include "hub-client/download/engine.h"

namespace sigstore::hub {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRedirects = 5;
// With so many bytes an attempt was worth it.
constexpr std::uint64_t kProgress = 64U << 10U;

// By a quarter more or less, so that many who were sent away together do not
// come back together.
milliseconds varied(milliseconds wait) {
  std::random_device device;
  const double part =
      std::uniform_real_distribution<double>(0.75, 1.25)(device);
  return std::chrono::duration_cast<milliseconds>(wait * part);
}

}  // namespace

void Engine::answered(BlockStream& stream) {
  File& file = files_[stream.block().file];
  if (file.place || plan_.is_small(stream.block().file)) return;
  file.place = Place{stream.asked(), stream.is_first()};
  plan_.located(stream.block().file);
}

// It may be on the stack: it goes with the next turn.
void Engine::remove(BlockStream& stream) {
  const auto found =
      std::find_if(streams_.begin(), streams_.end(),
                   [&](const auto& one) { return one.get() == &stream; });
  over_.push_back(std::move(*found));
  streams_.erase(found);
}

void Engine::ended(BlockStream& stream, Result<void> result) {
  if (error_) return;
  if (stream.meaning() == AnswerMeaning::redirect) {
    follow(stream);
    return;
  }
  plan_.ended(stream.block());
  settle(stream, std::move(result));
  remove(stream);
}

void Engine::follow(BlockStream& stream) {
  const std::size_t file = stream.block().file;
  Result<ContentRequest> next =
      stream.redirects() < kRedirects
          ? source_.follow(file, stream.asked(),
                           stream.answer().header("Location"))
          : fail(ErrorKind::network, wanted_[file].path, ": more than ",
                 kRedirects, " redirects");
  if (!next.ok()) {
    stop_with(std::move(next).error());
    return;
  }
  stream.ask(network_, std::move(*next), false, options_);
}

void Engine::settle(BlockStream& stream, Result<void> result) {
  const std::size_t file = stream.block().file;
  const std::optional<AnswerMeaning> meaning = stream.meaning();
  if (!result.ok() && result.error().kind != ErrorKind::network) {
    stop_with(std::move(result).error().context(wanted_[file].path));
    return;
  }
  if (meaning == AnswerMeaning::range_ignored) {
    plan_.whole(file);
  } else if (meaning == AnswerMeaning::forbidden) {
    forbidden(stream);
  } else if (meaning == AnswerMeaning::later) {
    connections_.pushed_back(steady_clock::now());
    try_again(stream, source_.refusal(file, stream.asked(), stream.answer()),
              http::asked_wait(stream.answer()));
  } else if (meaning == AnswerMeaning::refused) {
    stop_with(source_.refusal(file, stream.asked(), stream.answer()));
  } else if (!result.ok()) {
    connections_.pushed_back(steady_clock::now());
    try_again(stream, std::move(result).error().context(wanted_[file].path));
  } else {
    files_[file].failures = 0;
    if (plan_.is_complete(file)) announce(file);
  }
}

// Signed URLs expire: what was asked first is asked again. A server that lets
// one request through and no second beside it (hub.md 8.2) gets one at a time.
void Engine::forbidden(BlockStream& stream) {
  const std::size_t number = stream.block().file;
  File& file = files_[number];
  if (stream.is_first()) {
    stop_with(source_.refusal(number, stream.asked(), stream.answer()));
    return;
  }
  connections_.pushed_back(steady_clock::now());
  if (file.place && file.place->request.url == stream.asked().url) {
    file.place.reset();
    plan_.unlocate(number);
    if (plan_.have(number).total() > 0 && ++file.forbidden > 1)
      plan_.one_stream(number);
  }
  try_again(stream, source_.refusal(number, stream.asked(), stream.answer()));
}

void Engine::try_again(BlockStream& stream, Error error,
                       std::optional<milliseconds> asked) {
  const std::size_t number = stream.block().file;
  File& file = files_[number];
  // All that were on their way when something failed fail with it.
  if (stream.started() < file.last_failure) return;
  const Time now = steady_clock::now();
  if (stream.meaning() == AnswerMeaning::content && stream.came() >= kProgress)
    file.failures = 0;
  if (++file.failures > options_.retries ||
      (asked && *asked > options_.longest_asked)) {
    stop_with(std::move(error));
    return;
  }
  ++report_.retries;
  file.last_failure = now;
  const milliseconds back_off =
      std::min(options_.first_wait * (1 << std::min(file.failures - 1, 16)),
               options_.longest_wait);
  const milliseconds wait = asked ? *asked : varied(back_off);
  file.held_until = std::max(file.held_until, now + wait);
  plan_.hold(number);
  held_.push_back(number);
  if (!asked) return;
  // Whoever limits us means all of our requests.
  Time& after = file.place ? fetch_after_ : locate_after_;
  if (now >= after && options_.asked) options_.asked(wait);
  after = std::max(after, now + wait);
}

}  // namespace sigstore::hub
