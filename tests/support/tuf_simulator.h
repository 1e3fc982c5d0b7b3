// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/tuf/tuf_repository.h"
#include "tests/support/test_authority.h"

// A TUF repository in memory, in the manner of python-tuf's repository
// simulator: change the JSON of a role, publish, and look at what the client
// asked for. Its canonical form is its own (names and texts are ASCII without
// quotes or line ends, for which plain JSON is canonical).
class TufSimulator : public sigstore::TufRepository {
 public:
  using Json = nlohmann::json;

  // A valid repository: version 1 of everything, one Ed25519 key a role.
  explicit TufSimulator(sigstore::Timestamp now);

  struct Role {
    Json content;  // "signed"
    std::vector<std::pair<std::string, TestKey>> signers;
  };
  Role root, timestamp, snapshot, targets;
  std::map<std::string, Role> delegated;

  // A key whose id says `name`, in `keys` and `ids`, and among the signers of
  // `role`.
  static void add_key(Json& keys, Json& ids, Role& role, std::string_view name,
                      std::string_view kind = "ED25519");
  // The key of a top-level role is another one from the next root on.
  void rotate(std::string_view role);
  Role& role(std::string_view name);

  // The next root.json, signed by the signers of `root`.
  void publish_root();
  // The same for the others. Each makes the ones above it say so.
  void publish_timestamp();
  void publish_snapshot();
  void publish_targets();
  void publish_delegated(std::string_view name);
  // A role that `delegator` trusts for `paths`.
  void delegate(std::string_view delegator, std::string_view name,
                std::vector<std::string> paths, bool terminating = false);
  // A target of `targets` or of a delegated role; publish afterwards.
  void add_target(std::string_view role, std::string_view path,
                  std::string_view content);

  // Hashes and lengths in timestamp and snapshot.
  bool with_hashes = false;
  // What the client asked for, in order.
  std::vector<std::string> requests;
  // The files; tests may change them.
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::string> target_files;

  std::string first_root() const { return metadata.at("1.root.json"); }

  sigstore::Result<sigstore::Bytes> fetch_metadata(const std::string& path,
                                                   std::size_t limit) override;
  sigstore::Result<sigstore::Bytes> fetch_target(const std::string& path,
                                                 std::size_t limit) override;

  // The file of a role as its signers sign it.
  static std::string sign(const Role& role);

 private:
  Json meta_of(const std::string& file, const Json& version) const;
};
