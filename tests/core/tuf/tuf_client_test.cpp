// SPDX-License-Identifier: Apache-2.0
//
// The scenarios have the names of the public TUF conformance suite's.
#include "core/tuf/tuf_client.h"

#include <functional>

#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tuf_simulator.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::Result;
using sigstore::Timestamp;
using sigstore::TufClient;

namespace {

constexpr Timestamp kNow{1'760'000'000};
constexpr std::int64_t kDay = 24 * 3600;

std::string later(std::int64_t days) {
  return Timestamp{kNow.seconds + days * kDay}.to_rfc3339();
}

// A repository and a folder that follows it.
struct Following {
  TufSimulator repository{kNow};
  TempFolder folder;

  Result<void> refresh(Timestamp now = kNow) {
    repository.requests.clear();
    auto client = TufClient::open(folder.at("tuf"), as_bytes(first_root()));
    if (!client.ok()) return client.error();
    return client->refresh(&repository, now);
  }
  Result<std::string> download(std::string_view path) {
    repository.requests.clear();
    auto client = TufClient::open(folder.at("tuf"), as_bytes(first_root()));
    REQUIRE(works(client));
    if (auto done = client->refresh(&repository, kNow); !done.ok())
      return done.error();
    auto file = client->target(path);
    if (!file.ok()) return file.error();
    return std::string(as_text(*file));
  }
  std::string first_root() const { return repository.first_root(); }
  // The version of a stored role; 0 when there is none.
  int stored(std::string_view role) const {
    const std::string name = sigstore::concat("tuf/", role, ".json");
    if (!std::filesystem::exists(folder.at(name))) return 0;
    return nlohmann::json::parse(folder.read(name))["signed"]["version"];
  }
  std::array<int, 4> stored() const {
    return {stored("root"), stored("timestamp"), stored("snapshot"),
            stored("targets")};
  }
};

using Versions = std::array<int, 4>;
using Requests = std::vector<std::string>;

}  // namespace

TEST_CASE("basic_refresh_requests: each file is asked for once", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  CHECK(here.repository.requests == Requests{"2.root.json", "timestamp.json",
                                             "1.snapshot.json",
                                             "1.targets.json"});
  CHECK(here.stored() == Versions{1, 1, 1, 1});
  // Nothing new: nothing more than a look.
  REQUIRE(works(here.refresh()));
  CHECK(here.repository.requests == Requests{"2.root.json", "timestamp.json"});
}

TEST_CASE("metadata_bytes_match: files are stored as they came", "[tuf]") {
  Following here;
  here.repository.publish_root();
  REQUIRE(works(here.refresh()));
  CHECK(here.folder.read("tuf/root.json") ==
        here.repository.metadata["2.root.json"]);
  CHECK(here.folder.read("tuf/targets.json") ==
        here.repository.metadata["1.targets.json"]);
}

TEST_CASE("invalid_initial_root, unsigned_initial_root", "[tuf]") {
  const TempFolder folder;
  CHECK(refuses(TufClient::open(folder.at("a"), as_bytes("{}")),
                ErrorKind::invalid_input, "TUF root"));
  TufSimulator repository(kNow);
  repository.root.signers.clear();
  const std::string nobodys = TufSimulator::sign(repository.root);
  CHECK(refuses(TufClient::open(folder.at("b"), as_bytes(nobodys)),
                ErrorKind::bad_signature, "TUF root: signed by 0"));
  CHECK_FALSE(std::filesystem::exists(folder.at("b/root.json")));
}

TEST_CASE("unsigned_metadata: no role goes without signatures", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  const std::string role =
      GENERATE(as<std::string>(), "root", "timestamp", "snapshot", "targets");
  CAPTURE(role);
  here.repository.role(role).signers.clear();
  if (role == "root")
    here.repository.publish_root();
  else
    here.repository.publish_targets();
  CHECK(refuses(here.refresh(), ErrorKind::bad_signature,
                "TUF " + role + ": signed by 0"));
  CHECK(here.stored(role) == 1);
}

TEST_CASE("url_and_metadata_version_mismatch", "[tuf]") {
  Following here;
  const std::string file =
      GENERATE(as<std::string>(), "root", "snapshot", "targets");
  CAPTURE(file);
  if (file == "root") {
    here.repository.publish_root();
    here.repository.publish_root();
    here.repository.metadata["2.root.json"] =
        here.repository.metadata["3.root.json"];
  } else {
    here.repository.publish_targets();
    here.repository.metadata["2." + file + ".json"] =
        here.repository.metadata["1." + file + ".json"];
  }
  CHECK(refuses(here.refresh(), ErrorKind::bad_evidence,
                "TUF " + file + ": is version"));
}

TEST_CASE("timestamp_content_changes: one version is one timestamp", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  const std::string before = here.folder.read("tuf/timestamp.json");
  here.repository.timestamp.content["meta"]["snapshot.json"]["version"] = 5;
  here.repository.metadata["timestamp.json"] =
      TufSimulator::sign(here.repository.timestamp);
  CHECK(works(here.refresh()));
  CHECK(here.folder.read("tuf/timestamp.json") == before);
}

TEST_CASE("basic_metadata_hash_support, snapshot_ and targets_hash_mismatch",
          "[tuf]") {
  Following here;
  here.repository.with_hashes = true;
  here.repository.publish_targets();
  REQUIRE(works(here.refresh()));
  here.repository.publish_targets();
  const std::string file = GENERATE(as<std::string>(), "snapshot", "targets");
  CAPTURE(file);
  // Signed by the right key, of the right version and length.
  std::string& text = here.repository.metadata["3." + file + ".json"];
  text.replace(text.find("\n "), 2, " \n");
  CHECK(refuses(here.refresh(), ErrorKind::bad_evidence,
                "TUF " + file + ": its SHA-256"));
  CHECK(here.stored("timestamp") == 3);
  CHECK(here.stored(file) == 2);
}

TEST_CASE("404 of a role ends the refresh", "[tuf]") {
  Following here;
  const std::string file = GENERATE(as<std::string>(), "timestamp.json",
                                    "1.snapshot.json", "1.targets.json");
  here.repository.metadata.erase(file);
  CHECK(refuses(here.refresh(), ErrorKind::not_found, file));
}

TEST_CASE("root_expired: the new root is stored, nothing else moves", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  here.repository.root.content["expires"] = later(-1);
  here.repository.publish_root();
  here.repository.publish_targets();
  CHECK(refuses(here.refresh(), ErrorKind::stale_trust,
                "TUF root: expired on " + later(-1)));
  CHECK(here.stored() == Versions{2, 1, 1, 1});
  // The next one makes it good.
  here.repository.root.content["expires"] = later(30);
  here.repository.publish_root();
  CHECK(works(here.refresh()));
  CHECK(here.stored() == Versions{3, 2, 2, 2});
}

TEST_CASE("timestamp_, snapshot_ and targets_expired", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  const std::string role =
      GENERATE(as<std::string>(), "timestamp", "snapshot", "targets");
  CAPTURE(role);
  here.repository.role(role).content["expires"] = later(0);
  here.repository.publish_targets();
  CHECK(refuses(here.refresh(), ErrorKind::stale_trust,
                "TUF " + role + ": expired"));
  CHECK(here.stored(role) == 1);
  CHECK(here.stored("timestamp") == (role == "timestamp" ? 1 : 2));
}

TEST_CASE("expired_local_root: an old root is where the chain starts",
          "[tuf]") {
  Following here;
  here.repository.root.content["expires"] = later(-9);
  here.repository.metadata["1.root.json"] =
      TufSimulator::sign(here.repository.root);
  here.repository.root.content["expires"] = later(9);
  here.repository.publish_root();
  CHECK(works(here.refresh()));
  CHECK(here.stored("root") == 2);
}

TEST_CASE("expired_local_timestamp: it still says what is older", "[tuf]") {
  Following here;
  here.repository.publish_targets();
  REQUIRE(works(here.refresh()));
  const Timestamp much_later{kNow.seconds + 60 * kDay};
  for (const char* role : {"root", "timestamp", "snapshot", "targets"})
    here.repository.role(role).content["expires"] = later(90);
  here.repository.publish_root();
  here.repository.timestamp.content["version"] = 0;
  here.repository.publish_timestamp();
  CHECK(refuses(here.refresh(much_later), ErrorKind::rollback,
                "TUF timestamp: version 1 although 2"));
}

TEST_CASE("an expired timestamp that stays the same is stale", "[tuf]") {
  Following here;
  here.repository.root.content["expires"] = later(400);
  here.repository.publish_root();
  REQUIRE(works(here.refresh()));
  CHECK(refuses(here.refresh(Timestamp{kNow.seconds + 60 * kDay}),
                ErrorKind::stale_trust, "TUF timestamp: expired"));
}

TEST_CASE("new_timestamp_version_rollback", "[tuf]") {
  Following here;
  here.repository.publish_timestamp();
  REQUIRE(works(here.refresh()));
  here.repository.timestamp.content["version"] = 0;
  here.repository.publish_timestamp();
  CHECK(refuses(here.refresh(), ErrorKind::rollback,
                "TUF timestamp: version 1 although 2 was seen before"));
  CHECK(here.stored("timestamp") == 2);
}

TEST_CASE("snapshot_rollback: a timestamp names no older snapshot", "[tuf]") {
  Following here;
  here.repository.publish_snapshot();
  REQUIRE(works(here.refresh()));
  here.repository.timestamp.content["meta"]["snapshot.json"]["version"] = 1;
  here.repository.publish_timestamp();
  CHECK(refuses(here.refresh(), ErrorKind::rollback,
                "snapshot that the timestamp names: version 1 although 2"));
  CHECK(here.stored("timestamp") == 2);
}

TEST_CASE("targets_rollback, targets_role_removal", "[tuf]") {
  Following here;
  here.repository.publish_targets();
  REQUIRE(works(here.refresh()));
  auto& meta = here.repository.snapshot.content["meta"];
  SECTION("an older version") {
    meta["targets.json"]["version"] = 1;
    here.repository.publish_snapshot();
    CHECK(refuses(here.refresh(), ErrorKind::rollback,
                  "targets.json: version 1 although 2"));
  }
  SECTION("none at all") {
    meta.erase("targets.json");
    meta["other.json"] = {{"version", 1}};
    here.repository.publish_snapshot();
    CHECK(refuses(here.refresh(), ErrorKind::rollback,
                  "targets.json is not there any more"));
  }
  CHECK(here.stored("timestamp") == 3);
  CHECK(here.stored("snapshot") == 2);
}

TEST_CASE("fast_forward_recovery: new keys forget versions", "[tuf]") {
  Following here;
  const std::string role = GENERATE(as<std::string>(), "timestamp", "snapshot");
  CAPTURE(role);
  // Whoever had the key wrote the highest version there is.
  here.repository.role(role).content["version"] = 99'999;
  if (role == "timestamp") here.repository.publish_timestamp();
  if (role == "snapshot") here.repository.publish_snapshot();
  REQUIRE(works(here.refresh()));
  here.repository.role(role).content["version"] = 0;
  here.repository.rotate(role);
  here.repository.publish_root();
  if (role == "timestamp") here.repository.publish_timestamp();
  if (role == "snapshot") here.repository.publish_snapshot();
  CHECK(works(here.refresh()));
  CHECK(here.stored(role) == 1);
}

TEST_CASE("fast_forward_recovery of targets by a new snapshot key", "[tuf]") {
  Following here;
  here.repository.targets.content["version"] = 99'999;
  here.repository.publish_targets();
  REQUIRE(works(here.refresh()));
  here.repository.targets.content["version"] = 0;
  here.repository.rotate("snapshot");
  here.repository.publish_root();
  here.repository.publish_targets();
  CHECK(works(here.refresh()));
  CHECK(here.stored("targets") == 1);
}

TEST_CASE("root_rotation: each root is signed by the one before", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  const auto old_signers = here.repository.root.signers;
  here.repository.rotate("root");
  SECTION("by both") {
    here.repository.root.signers.push_back(old_signers[0]);
    here.repository.publish_root();
    here.repository.root.signers.pop_back();
    here.repository.publish_root();
    CHECK(works(here.refresh()));
    CHECK(here.stored("root") == 3);
  }
  SECTION("by the new alone") {
    here.repository.publish_root();
    CHECK(refuses(here.refresh(), ErrorKind::bad_signature,
                  "TUF root: signed by 0"));
    CHECK(here.stored("root") == 1);
  }
  SECTION("by the old alone") {
    here.repository.root.signers = old_signers;
    here.repository.publish_root();
    CHECK(refuses(here.refresh(), ErrorKind::bad_signature,
                  "TUF root: signed by 0"));
  }
}

TEST_CASE("snapshot_does_not_meet_threshold, snapshot_has_too_few_keys",
          "[tuf]") {
  Following here;
  auto& content = here.repository.root.content;
  content["roles"]["snapshot"]["threshold"] = 2;
  SECTION("one key of two signed") {
    TufSimulator::add_key(content["keys"],
                          content["roles"]["snapshot"]["keyids"],
                          here.repository.snapshot, "second");
    here.repository.snapshot.signers.pop_back();
  }
  SECTION("there is one key") {}
  here.repository.publish_root();
  here.repository.publish_snapshot();
  CHECK(refuses(here.refresh(), ErrorKind::bad_signature,
                "TUF snapshot: signed by 1 of the keys that may, 2 are"));
}

TEST_CASE("invalid_sig_in_valid_metadata: it does no harm", "[tuf]") {
  Following here;
  here.repository.timestamp.signers.emplace_back("stranger",
                                                 TestKey::make("ED25519"));
  here.repository.publish_timestamp();
  CHECK(works(here.refresh()));
}

TEST_CASE("custom_fields: what is not known is signed all the same", "[tuf]") {
  Following here;
  for (const char* role : {"root", "timestamp", "snapshot", "targets"})
    here.repository.role(role).content["x-custom"] = {{"a", {1, 2}}};
  here.repository.publish_root();
  here.repository.publish_targets();
  CHECK(works(here.refresh()));
}

TEST_CASE("a repository that never ends its roots is left", "[tuf]") {
  Following here;
  for (int i = 0; i < 257; ++i) here.repository.publish_root();
  CHECK(works(here.refresh()));
  CHECK(here.stored("root") == 257);
}

TEST_CASE("client_downloads_expected_file, artifact_cache", "[tuf]") {
  Following here;
  here.repository.add_target("targets", "dir/file.json", "content");
  here.repository.publish_targets();
  const auto file = here.download("dir/file.json");
  REQUIRE(works(file));
  CHECK(*file == "content");
  CHECK(here.repository.requests.back().starts_with("targets/dir/"));
  // The second time it is there.
  REQUIRE(works(here.download("dir/file.json")));
  CHECK(here.repository.requests == Requests{"2.root.json", "timestamp.json"});
  CHECK(refuses(here.download("other"), ErrorKind::not_found,
                "no role of the TUF repository has other"));
}

TEST_CASE("repository_substitutes_target_file", "[tuf]") {
  Following here;
  here.repository.add_target("targets", "file", "content");
  here.repository.publish_targets();
  here.repository.target_files.begin()->second = "CONTENT";
  CHECK(refuses(here.download("file"), ErrorKind::bad_evidence,
                "TUF target file: its SHA-256"));
  CHECK_FALSE(std::filesystem::exists(here.folder.at("tuf/targets/file")));
  here.repository.target_files.begin()->second = "content and more";
  CHECK(refuses(here.download("file"), ErrorKind::invalid_input, "too long"));
}

TEST_CASE("a stored target that was changed is fetched again", "[tuf]") {
  Following here;
  here.repository.add_target("targets", "file", "content");
  here.repository.publish_targets();
  REQUIRE(works(here.download("file")));
  here.folder.write("tuf/targets/file", "CONTENT");
  const auto file = here.download("file");
  REQUIRE(works(file));
  CHECK(*file == "content");
}

TEST_CASE("targetfile_search: pre-order, and terminating ends it", "[tuf]") {
  Following here;
  auto& repository = here.repository;
  const bool terminating = GENERATE(false, true);
  repository.delegate("targets", "a", {"*"}, terminating);
  repository.delegate("targets", "b", {"*"});
  repository.delegate("a", "c", {"*"});
  for (const char* name : {"a", "b", "c"}) repository.publish_delegated(name);
  repository.add_target("b", "file", "of b");
  repository.publish_delegated("b");
  repository.publish_targets();
  const auto file = here.download("file");
  if (terminating) {
    CHECK(refuses(file, ErrorKind::not_found, "no role"));
    CHECK(here.stored("b") == 0);
  } else {
    REQUIRE(works(file));
    CHECK(*file == "of b");
    CHECK(here.stored("c") == 1);
  }
}

TEST_CASE("a role answers for its paths only", "[tuf]") {
  Following here;
  here.repository.delegate("targets", "a", {"a/*"});
  here.repository.add_target("a", "b/file", "of a");
  here.repository.publish_delegated("a");
  here.repository.publish_targets();
  CHECK(refuses(here.download("b/file"), ErrorKind::not_found, "no role"));
  CHECK(here.stored("a") == 0);
}

TEST_CASE("graph_traversal: a circle of roles ends", "[tuf]") {
  Following here;
  here.repository.delegate("targets", "a", {"*"});
  here.repository.delegate("a", "b", {"*"});
  here.repository.delegate("b", "a", {"*"});
  for (const char* name : {"a", "b"}) here.repository.publish_delegated(name);
  here.repository.publish_targets();
  CHECK(refuses(here.download("file"), ErrorKind::not_found, "no role"));
}

TEST_CASE("no search asks for more than 32 roles", "[tuf]") {
  Following here;
  std::string before = "targets";
  for (int i = 0; i < 40; ++i) {
    const std::string name = sigstore::concat("r", i);
    here.repository.delegate(before, name, {"*"});
    before = name;
  }
  for (int i = 0; i < 40; ++i)
    here.repository.publish_delegated(sigstore::concat("r", i));
  here.repository.publish_targets();
  CHECK(refuses(here.download("file"), ErrorKind::not_found, "no role"));
  CHECK(here.stored("r31") == 1);
  CHECK(here.stored("r32") == 0);
}

TEST_CASE("cached_role_is_verified_against_current_delegator", "[tuf]") {
  Following here;
  auto& repository = here.repository;
  repository.delegate("targets", "a", {"*"});
  repository.add_target("a", "file", "of a");
  repository.publish_delegated("a");
  repository.publish_targets();
  REQUIRE(works(here.download("file")));
  // The delegator trusts another key from now on; the role is as it was.
  auto& delegations = repository.targets.content["delegations"];
  auto& ids = delegations["roles"][0]["keyids"];
  ids = TufSimulator::Json::array();
  TufSimulator::Role stranger;
  TufSimulator::add_key(delegations["keys"], ids, stranger, "new-key");
  repository.publish_targets();
  CHECK(refuses(here.download("file"), ErrorKind::bad_signature,
                "TUF a: signed by 0"));
}

TEST_CASE("delegation_not_in_snapshot: it is not asked for", "[tuf]") {
  Following here;
  here.repository.delegate("targets", "a", {"*"});
  here.repository.publish_targets();
  CHECK(refuses(here.download("file"), ErrorKind::bad_evidence,
                "TUF a: the snapshot has none"));
}

TEST_CASE("unusual_role_name: names are quoted in folder and URL", "[tuf]") {
  Following here;
  const std::string name =
      GENERATE(as<std::string>(), "?", "#", "/delegatedrole",
               "../delegatedrole", "\xC3\xB6");
  CAPTURE(name);
  here.repository.delegate("targets", name, {"*"});
  here.repository.add_target(name, "file", "content");
  here.repository.publish_delegated(name);
  here.repository.publish_targets();
  const std::string quoted = sigstore::quote_segment(name);
  CHECK(quoted.find_first_of("/?#") == std::string::npos);
  here.repository.metadata["1." + quoted + ".json"] =
      here.repository.metadata["1." + name + ".json"];
  CHECK(works(here.download("file")));
  CHECK(std::filesystem::exists(here.folder.at("tuf/" + quoted + ".json")));
}

TEST_CASE("a target's name reaches nothing outside of the folder", "[tuf]") {
  Following here;
  here.repository.add_target("targets", "../../escaped", "content");
  here.repository.publish_targets();
  CHECK(works(here.download("../../escaped")));
  CHECK_FALSE(std::filesystem::exists(here.folder.at("escaped")));
  CHECK(
      std::filesystem::exists(here.folder.at("tuf/targets/..%2F..%2Fescaped")));
}

TEST_CASE("without a network the stored chain is verified again", "[tuf]") {
  Following here;
  here.repository.add_target("targets", "file", "content");
  here.repository.publish_targets();
  REQUIRE(works(here.download("file")));
  const Timestamp much_later{kNow.seconds + 900 * kDay};
  auto client =
      TufClient::open(here.folder.at("tuf"), as_bytes(here.first_root()));
  REQUIRE(works(client));
  here.repository.requests.clear();
  REQUIRE(works(client->load_stored(much_later)));
  const auto file = client->target("file");
  REQUIRE(works(file));
  CHECK(as_text(*file) == "content");
  CHECK(client->trusted().first_expiry().to_rfc3339() == later(30));
  CHECK(here.repository.requests.empty());
}

TEST_CASE("a stored chain that was changed is no chain", "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  const std::string role =
      GENERATE(as<std::string>(), "timestamp", "snapshot", "targets");
  CAPTURE(role);
  std::string text = here.folder.read("tuf/" + role + ".json");
  text.replace(text.find("\"expires\": \"2"), 13, "\"expires\": \"3");
  here.folder.write("tuf/" + role + ".json", text);
  {
    auto client =
        TufClient::open(here.folder.at("tuf"), as_bytes(here.first_root()));
    REQUIRE(works(client));
    CHECK(refuses(client->load_stored(kNow), ErrorKind::bad_signature,
                  "TUF " + role));
  }
  // With a network it mends itself.
  CHECK(works(here.refresh()));
}

TEST_CASE("an embedded root that is newer than the stored one counts",
          "[tuf]") {
  Following here;
  REQUIRE(works(here.refresh()));
  here.repository.publish_root();
  const std::string second = here.repository.metadata["2.root.json"];
  REQUIRE(works(TufClient::open(here.folder.at("tuf"), as_bytes(second))));
  CHECK(here.stored("root") == 2);
  // And an older one does not.
  REQUIRE(works(
      TufClient::open(here.folder.at("tuf"), as_bytes(here.first_root()))));
  CHECK(here.stored("root") == 2);
  here.folder.write("tuf/root.json", "{");
  REQUIRE(works(TufClient::open(here.folder.at("tuf"), as_bytes(second))));
  CHECK(here.stored("root") == 2);
}
