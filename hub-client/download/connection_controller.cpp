// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/connection_controller.h"

#include <algorithm>

namespace sigstore::hub {

ConnectionController::ConnectionController(ConnectionRules rules)
    : rules_(rules),
      limit_(std::clamp<std::size_t>(rules.first, 1,
                                     std::max<std::size_t>(rules.most, 1))) {
  rules_.most = std::max<std::size_t>(rules_.most, 1);
}

void ConnectionController::halve() {
  limit_ = std::max<std::size_t>(limit_ / 2, 1);
  before_ = 0;
  added_ = 0;
  doubling_ = false;
  patience_ = rules_.patience;
}

void ConnectionController::add() {
  added_ = std::min(doubling_ ? limit_ : 1, rules_.most - limit_);
  limit_ += added_;
}

void ConnectionController::judge(double speed) {
  if (before_ > 0 && speed < rules_.fall * before_) {
    halve();
    return;
  }
  const double gain = doubling_ ? rules_.doubled_gain : rules_.gain;
  if (added_ > 0 && speed < gain * before_) {
    limit_ -= added_;  // they brought nothing
    added_ = 0;
    doubling_ = false;
    patience_ = rules_.patience;
    return;  // and what is compared with stays that of the fewer
  }
  before_ = speed;
  added_ = 0;
  if (patience_ > 0)
    --patience_;
  else
    add();
}

void ConnectionController::measure(Time now, std::uint64_t bytes, bool busy) {
  if (started_ && now - last_ < rules_.tick) return;
  const double seconds = std::chrono::duration<double>(now - last_).count();
  const double speed = static_cast<double>(bytes - std::min(bytes_, bytes)) /
                       std::max(seconds, 1e-3);
  const bool counts = started_ && busy;
  started_ = true;
  last_ = now;
  bytes_ = bytes;
  if (counts) judge(speed);
}

void ConnectionController::pushed_back(Time now) {
  if (pushed_ != Time{} && now - pushed_ < std::chrono::seconds(1)) return;
  pushed_ = now;
  halve();
}

}  // namespace sigstore::hub
