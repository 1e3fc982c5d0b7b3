// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/errands.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

using sigstore::ErrorKind;
using sigstore::fail;
using sigstore::Result;
using sigstore::hub::Errands;

namespace {

bool always() { return true; }

}  // namespace

TEST_CASE("those who want the same share one errand", "[proxy]") {
  Errands errands(2);
  std::promise<void> release;
  std::shared_future<void> gate = release.get_future().share();
  std::atomic<int> runs = 0;
  const auto work = [&]() -> Result<void> {
    ++runs;
    gate.wait();
    return {};
  };
  std::vector<std::thread> askers;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i)
    askers.emplace_back([&] {
      if (errands.run("key", work, always).ok()) ++answered;
    });
  while (runs == 0) std::this_thread::yield();
  // Another key does not wait for it.
  CHECK(errands
            .run(
                "other", [] { return Result<void>(); }, always)
            .ok());
  release.set_value();
  for (std::thread& asker : askers) asker.join();
  CHECK(answered == 8);
  CHECK(errands.count() == 0);
}

TEST_CASE("all are told the same error, and the next try is a new one",
          "[proxy]") {
  Errands errands(1);
  int runs = 0;
  const auto work = [&]() -> Result<void> {
    ++runs;
    return fail(ErrorKind::network, "no");
  };
  CHECK(errands.run("key", work, always).error().message == "no");
  CHECK(errands.run("key", work, always).error().message == "no");
  CHECK(runs == 2);
}

TEST_CASE("an errand is done although nobody waits any more", "[proxy]") {
  std::promise<void> release;
  std::shared_future<void> gate = release.get_future().share();
  std::atomic<bool> done = false;
  {
    Errands errands(1);
    const Result<void> left = errands.run(
        "key",
        [&]() -> Result<void> {
          gate.wait();
          done = true;
          return {};
        },
        [] { return false; });
    REQUIRE_FALSE(left.ok());
    CHECK(left.error().message == "the client has gone");
    CHECK(errands.count() == 1);
    release.set_value();
  }
  CHECK(done);
}
