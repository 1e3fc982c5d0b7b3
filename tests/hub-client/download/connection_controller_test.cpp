// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/connection_controller.h"

#include <algorithm>
#include <functional>

#include "tests/support/catch.h"

using sigstore::hub::ConnectionController;
using sigstore::hub::ConnectionRules;
using std::chrono::milliseconds;

namespace {

// A network on which time passes when it is told to.
struct Network {
  explicit Network(ConnectionRules rules = from(4)) : controller(rules) {
    controller.measure(now, bytes, true);
  }
  static ConnectionRules from(std::size_t first) {
    ConnectionRules rules;
    rules.first = first;
    return rules;
  }

  // `speed`: bytes a second with that many connections.
  void tick(const std::function<double(std::size_t)>& speed, bool busy = true) {
    now += milliseconds(500);
    bytes += static_cast<std::uint64_t>(speed(controller.limit()) / 2);
    controller.measure(now, bytes, busy);
  }

  ConnectionController controller;
  ConnectionController::Time now{std::chrono::hours(1)};
  std::uint64_t bytes = 0;
};

double each_alike(std::size_t connections) {
  return 1e6 * static_cast<double>(connections);
}

double never_more(std::size_t) { return 4e6; }

// Up to ten connections.
double up_to_ten(std::size_t connections) {
  return each_alike(std::min<std::size_t>(connections, 10));
}

}  // namespace

TEST_CASE("it begins with all there may be", "[download]") {
  CHECK(ConnectionController().limit() == 16);
}

TEST_CASE("twice as many while that is faster, up to the most", "[download]") {
  Network network(Network::from(2));
  CHECK(network.controller.limit() == 2);
  for (const std::size_t limit : {4U, 8U, 16U, 16U}) {
    network.tick(each_alike);
    CHECK(network.controller.limit() == limit);
  }
  Network odd(Network::from(6));
  for (const std::size_t limit : {12U, 16U}) {
    odd.tick(each_alike);
    CHECK(odd.controller.limit() == limit);
  }
}

TEST_CASE("twice as many have to bring more than one more", "[download]") {
  Network network;
  const auto a_fifth = [](std::size_t connections) {
    return connections > 4 ? 4.8e6 : 4e6;
  };
  network.tick(a_fifth);
  CHECK(network.controller.limit() == 8);
  network.tick(a_fifth);
  CHECK(network.controller.limit() == 4);
  for (int i = 0; i < 11; ++i) network.tick(a_fifth);
  CHECK(network.controller.limit() == 5);
  network.tick(a_fifth);
  CHECK(network.controller.limit() == 6);
}

TEST_CASE("those that bring nothing are taken back, one is tried later",
          "[download]") {
  Network network;
  network.tick(never_more);
  CHECK(network.controller.limit() == 8);
  network.tick(never_more);
  CHECK(network.controller.limit() == 4);
  for (int i = 0; i < 10; ++i) {
    network.tick(never_more);
    CHECK(network.controller.limit() == 4);
  }
  network.tick(never_more);
  CHECK(network.controller.limit() == 5);
}

TEST_CASE("it stays where more is not faster", "[download]") {
  Network network(Network::from(9));
  network.tick(up_to_ten);
  CHECK(network.controller.limit() == 16);
  network.tick(up_to_ten);
  CHECK(network.controller.limit() == 9);
  for (int i = 0; i < 20; ++i) network.tick(up_to_ten);
  for (int i = 0; i < 100; ++i) {
    network.tick(up_to_ten);
    CHECK(network.controller.limit() >= 10);
    CHECK(network.controller.limit() <= 11);
  }
}

TEST_CASE("half of them when it becomes half as fast", "[download]") {
  Network network;
  for (int i = 0; i < 40; ++i) network.tick(each_alike);
  REQUIRE(network.controller.limit() == 16);
  network.tick([](std::size_t) { return 7.9e6; });
  CHECK(network.controller.limit() == 8);
  // And a while nothing more, then up again.
  for (int i = 0; i < 10; ++i) network.tick(each_alike);
  CHECK(network.controller.limit() == 8);
  for (int i = 0; i < 2; ++i) network.tick(each_alike);
  CHECK(network.controller.limit() > 8);
}

TEST_CASE("a server that pushes back gets half, once for all at once",
          "[download]") {
  Network network;
  for (int i = 0; i < 40; ++i) network.tick(each_alike);
  for (int i = 0; i < 16; ++i) network.controller.pushed_back(network.now);
  CHECK(network.controller.limit() == 8);
  network.now += milliseconds(1001);
  network.controller.pushed_back(network.now);
  CHECK(network.controller.limit() == 4);
  for (int i = 0; i < 9; ++i) {
    network.now += milliseconds(1001);
    network.controller.pushed_back(network.now);
  }
  CHECK(network.controller.limit() == 1);
}

TEST_CASE("speed says nothing while connections had nothing to do",
          "[download]") {
  Network network;
  for (int i = 0; i < 20; ++i)
    network.tick([](std::size_t) { return 1.0; }, false);
  CHECK(network.controller.limit() == 4);
  network.tick(each_alike);
  network.tick([](std::size_t) { return 1.0; }, false);
  CHECK(network.controller.limit() == 8);
}

TEST_CASE("nothing is judged before its time", "[download]") {
  Network network;
  for (int i = 0; i < 49; ++i) {
    network.now += milliseconds(10);
    network.bytes += 1'000'000;
    network.controller.measure(network.now, network.bytes, true);
  }
  CHECK(network.controller.limit() == 4);
}

TEST_CASE("the most is the most, also for the first", "[download]") {
  ConnectionRules rules;
  rules.most = 2;
  Network network(rules);
  CHECK(network.controller.limit() == 2);
  for (int i = 0; i < 20; ++i) network.tick(each_alike);
  CHECK(network.controller.limit() == 2);
  rules.most = 0;
  CHECK(Network(rules).controller.limit() == 1);
}
