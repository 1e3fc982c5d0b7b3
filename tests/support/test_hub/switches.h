// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace test_hub {

/// What a request is about; compared with the scope, repo and oid settings.
struct Target {
  std::string scope;  // "git" or "lfs"
  std::string repo;   // org/name
  std::string oid;    // of the LFS object, or empty
};

/// The faults that tests switch on. A hit is counted where a switch changed
/// an answer, so that a test can tell that its fault really happened.
///
///   unauthorized    401 without the right Basic credentials
///   not-found       404 for git paths and LFS downloads
///   corrupt         one byte of an LFS download is flipped
///   truncate        an LFS download ends early, the announced length stays
///   replace-object  an LFS download has another file's bytes
///   truncate-pack   the answer to a fetch ends early
///   slow-drip       answers come in small pieces with pauses
///   refuse-wants    no object that is not the tip of a ref is given, with an
///                   error packet, or with an empty answer ("empty")
///   decline-push    the pre-receive hook declines
///
/// Settings and their defaults: see the table in switches.cpp.
class Switches {
 public:
  using Json = nlohmann::json;
  using Applies = std::function<bool(const Json& settings)>;

  /// Sets a switch; a complaint when the name or a setting is wrong.
  std::optional<std::string> set(const std::string& name, const Json& settings);
  void clear(const std::string& name);
  void reset();

  /// True for the names in the table, set or not.
  static bool is_known(const std::string& name);

  /// Name, settings (null when not set) and hits of one switch.
  Json describe(const std::string& name) const;
  Json describe_all() const;

  /// The settings of a switch that is set, has hits left and fits the target;
  /// counts a hit. `applies`, called under the lock, has the last word.
  std::optional<Json> take(const std::string& name, const Target& target,
                           const Applies& applies = nullptr);

 private:
  struct State {
    std::optional<Json> settings;
    std::uint64_t hits = 0;
    std::optional<std::uint64_t> remaining;  // nothing is without limit
  };

  bool fits(const State& state, const Target& target) const;
  Json describe_locked(const std::string& name) const;

  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

}  // namespace test_hub
