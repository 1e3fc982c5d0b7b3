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

/// What a request is about; compared with the settings of the same name.
struct Target {
  std::string scope;        // git, lfs, api, resolve or cdn
  std::string repo;         // org/name, datasets/org/name
  std::string oid = {};     // of the LFS object, or empty
  std::string file = {};    // path in the repository, or empty
  std::string method = {};  // of the request, or empty
};

/// The faults that tests switch on. A hit is counted where a switch changed
/// an answer, so that a test can tell that its fault really happened.
///
/// git and git-lfs:
///   unauthorized     401 without the right Basic credentials
///   not-found        404 for git paths and content
///   truncate-pack    the answer to a fetch ends early
///   refuse-wants     no object that is not the tip of a ref is given, with an
///                    error packet, or with an empty answer ("empty")
///   decline-push     the pre-receive hook declines
/// Content, of git-lfs, of /resolve/ and of the second origin:
///   corrupt          one byte is flipped
///   truncate         it ends early, the announced length stays
///   too-long         more bytes than there are, announced or not
///   replace-object   an LFS download has another file's bytes
///   ignore-range     200 with everything in place of 206
///   wrong-range      the Content-Range says something else
///   encode-gzip      Content-Encoding: gzip, and gzip it is
///   slow-drip        answers come in small pieces with pauses
/// Any request of their scope:
///   rate-limit       429, with RateLimit headers or with Retry-After
///   server-error     500, or another status
///   cut-connection   no answer at all
/// The Hub's API:
///   private, gated, disabled   as the repository's settings of that name
///   page-size        fewer entries on a page of a listing
///   hostile-listing  other entries in a listing, or generated ones
///   lying-listing    another digest or size for a file
///   next-elsewhere   the next page is on another origin
///   wrong-etag, wrong-size, wrong-commit   what /resolve/ says of a file
///   xet              Xet hashes, and redirects to the bridge
///   expired-url      the second origin refuses a signed address
///   url-lifetime     how many seconds it takes one
///   token-leak       set: the test expects one. Hit where the second origin
///                    sees credentials; unexpected, the hub exits with 1
///   multipart        uploads from a size on go in parts
///   large-file       preupload says "lfs" from a size on
///   commit-moved, commit-busy   412, 409 to a commit
///   lost-commit      the commit is made and its answer lost
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

  /// Counts a hit of what happens without being set, too.
  void count(const std::string& name);

 private:
  struct State {
    std::optional<Json> settings;
    std::uint64_t hits = 0;
    std::optional<std::uint64_t> remaining;  // nothing is without limit
    std::uint64_t skipped = 0;               // how many still go by
  };

  bool fits(const State& state, const Target& target) const;
  Json describe_locked(const std::string& name) const;

  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

}  // namespace test_hub
