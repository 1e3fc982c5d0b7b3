// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sigstore::hub {

struct ConnectionRules {
  // A server that limits each connection is asked at full width at once, as
  // other clients do: whoever climbs there loses the seconds that it takes.
  std::size_t first = 16;
  std::size_t most = 16;
  std::chrono::milliseconds tick = std::chrono::milliseconds(500);
  double gain = 1.05;          // by so much one more has to be faster
  double doubled_gain = 1.25;  // and twice as many
  double fall = 0.5;           // below that part of what it was, half of them
  int patience = 10;           // ticks until one more is tried again
};

// How many connections to have: twice as many while that makes it faster, then
// one more at a time; half as many when the server or the network pushes back,
// and no doubling any more. Pure; time is an argument.
class ConnectionController {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit ConnectionController(ConnectionRules rules = {});

  std::size_t limit() const { return limit_; }
  // `bytes` came so far in all. `busy`: all connections that there may be had
  // something to do since the last call; otherwise speed says nothing of them.
  void measure(Time now, std::uint64_t bytes, bool busy);
  // 429, 403, 503, a time-out. Several at once are one.
  void pushed_back(Time now);

 private:
  void judge(double speed);
  void halve();
  void add();

  ConnectionRules rules_;
  std::size_t limit_;
  Time last_ = {};
  Time pushed_ = {};
  bool started_ = false;
  std::uint64_t bytes_ = 0;
  double before_ = 0;      // bytes a second, by the last judgement; 0: none
  std::size_t added_ = 0;  // that many are on trial
  bool doubling_ = true;
  int patience_ = 0;
};

}  // namespace sigstore::hub
