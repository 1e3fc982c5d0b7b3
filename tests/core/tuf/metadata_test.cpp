// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/metadata.h"

#include "core/crypto/message_digest.h"
#include "core/trust/embedded_root.h"
#include "core/tuf/trusted_metadata.h"
#include "tests/core/refuses.h"
#include "tests/support/tuf_simulator.h"

using sigstore::as_bytes;
using sigstore::DelegatedRole;
using sigstore::ErrorKind;
using sigstore::FileDigests;
using sigstore::parse_root;
using sigstore::parse_snapshot;
using sigstore::parse_targets;
using sigstore::parse_timestamp;
using sigstore::Timestamp;
using sigstore::TrustedMetadata;

namespace {

constexpr Timestamp kNow{1'760'000'000};

DelegatedRole for_paths(std::vector<std::string> paths) {
  DelegatedRole role;
  role.paths = std::move(paths);
  return role;
}

}  // namespace

TEST_CASE("the embedded root is signed by its own keys", "[tuf]") {
  const auto root =
      TrustedMetadata::start(as_bytes(sigstore::embedded_tuf_root()), kNow,
                             TrustedMetadata::Expiry::checked);
  REQUIRE(works(root));
  CHECK(root->root().version >= 15);
  CHECK(root->root().consistent_snapshot);
  CHECK(root->root().roles.at("root").threshold >= 3);
}

TEST_CASE("a root with one byte changed is signed by nobody", "[tuf]") {
  std::string text(sigstore::embedded_tuf_root());
  const std::size_t at = text.find("\"version\": ");
  REQUIRE(at != std::string::npos);
  text[at + 11] = text[at + 11] == '1' ? '2' : '1';
  CHECK(refuses(TrustedMetadata::start(as_bytes(text), kNow,
                                       TrustedMetadata::Expiry::checked),
                ErrorKind::bad_signature, "TUF root: signed by 0 of the keys"));
}

TEST_CASE("a file is of one role and one major version", "[tuf]") {
  TufSimulator repository(kNow);
  CHECK(
      works(parse_timestamp(as_bytes(repository.metadata["timestamp.json"]))));
  CHECK(refuses(parse_snapshot(as_bytes(repository.metadata["timestamp.json"])),
                ErrorKind::invalid_input,
                "TUF snapshot: its '_type' is 'timestamp'"));
  repository.targets.content["spec_version"] = "2.0.0";
  CHECK(refuses(parse_targets(as_bytes(TufSimulator::sign(repository.targets))),
                ErrorKind::unsupported, "TUF specification 2.0.0"));
}

TEST_CASE("metadata without a needed member is refused", "[tuf]") {
  const TufSimulator valid(kNow);
  const auto without = [](TufSimulator::Role role, const char* member) {
    role.content.erase(member);
    return TufSimulator::sign(role);
  };
  for (const char* member :
       {"version", "expires", "spec_version", "keys", "roles"}) {
    CAPTURE(member);
    CHECK(refuses(parse_root(as_bytes(without(valid.root, member))),
                  ErrorKind::invalid_input, member));
  }
  CHECK(refuses(parse_timestamp(as_bytes(without(valid.timestamp, "meta"))),
                ErrorKind::invalid_input, "meta"));
  CHECK(refuses(parse_targets(as_bytes(without(valid.targets, "targets"))),
                ErrorKind::invalid_input, "targets"));
}

TEST_CASE("a version is a whole number above 0", "[tuf]") {
  TufSimulator repository(kNow);
  for (const TufSimulator::Json& version :
       {TufSimulator::Json(0), TufSimulator::Json(-1), TufSimulator::Json("1"),
        TufSimulator::Json(1.5)}) {
    CAPTURE(version);
    repository.root.content["version"] = version;
    CHECK(refuses(parse_root(as_bytes(TufSimulator::sign(repository.root))),
                  ErrorKind::invalid_input, "version"));
  }
}

TEST_CASE("a key id stands once in a role and among signatures", "[tuf]") {
  TufSimulator repository(kNow);
  repository.timestamp.signers.push_back(repository.timestamp.signers[0]);
  CHECK(refuses(
      parse_timestamp(as_bytes(TufSimulator::sign(repository.timestamp))),
      ErrorKind::invalid_input, "two signatures have the same key id"));
  auto& ids = repository.root.content["roles"]["snapshot"]["keyids"];
  ids.push_back(ids[0]);
  CHECK(refuses(parse_root(as_bytes(TufSimulator::sign(repository.root))),
                ErrorKind::invalid_input, "a key id stands twice in a role"));
}

TEST_CASE("a threshold is at least 1", "[tuf]") {
  TufSimulator repository(kNow);
  repository.root.content["roles"]["targets"]["threshold"] = 0;
  CHECK(refuses(parse_root(as_bytes(TufSimulator::sign(repository.root))),
                ErrorKind::invalid_input, "threshold"));
}

TEST_CASE("no delegated role has the name of a top-level one", "[tuf]") {
  TufSimulator repository(kNow);
  repository.delegate("targets", "other", {"*"});
  auto& roles = repository.targets.content["delegations"]["roles"];
  roles[0]["name"] = "snapshot";
  CHECK(refuses(parse_targets(as_bytes(TufSimulator::sign(repository.targets))),
                ErrorKind::invalid_input, "name of a top-level role"));
}

TEST_CASE("paths match by segment", "[tuf]") {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"*", "a", true},
           {"*", "a/b", false},
           {"a/*", "a/b", true},
           {"a/*", "a/b/c", false},
           {"a/*.txt", "a/x.txt", true},
           {"a/*.txt", "a/x.TXT", false},
           {"foo-version-?.tgz", "foo-version-2.tgz", true},
           {"foo-version-?.tgz", "foo-version-alpha.tgz", false},
           {"*a*b*c", "xaybzc", true},
           {"*a*b*c", "xaybz", false},
           {"a?", "a/", false},
           {"", "", true},
           {"", "a", false},
           {"[a]", "a", false}}) {
    CAPTURE(row.pattern, row.path);
    CHECK(for_paths({row.pattern}).is_responsible_for(row.path) == row.matches);
  }
}

TEST_CASE("a role may be responsible by the hash of a path", "[tuf]") {
  DelegatedRole role;
  const std::string hash = sigstore::sha256(as_bytes("dir/file")).to_hex();
  role.path_hash_prefixes = {hash.substr(0, 3)};
  CHECK(role.is_responsible_for("dir/file"));
  role.path_hash_prefixes = {hash[0] == '0' ? "1" : "0"};
  CHECK_FALSE(role.is_responsible_for("dir/file"));
}

TEST_CASE("length and every known hash have to be right", "[tuf]") {
  const auto file = as_bytes("content");
  FileDigests digests;
  CHECK(works(check_digests(digests, file)));
  digests.length = 6;
  CHECK(refuses(check_digests(digests, file), ErrorKind::bad_evidence,
                "has 7 bytes, 6 were announced"));
  digests.length = 7;
  digests.sha256 = sigstore::sha256(file);
  digests.sha512 = sigstore::hash_bytes(sigstore::SignatureHash::sha512, file);
  CHECK(works(check_digests(digests, file)));
  digests.sha512[0] ^= 1;
  CHECK(refuses(check_digests(digests, file), ErrorKind::bad_evidence,
                "SHA-512"));
  digests.sha512.clear();
  digests.sha256->bytes[31] ^= 1;
  CHECK(refuses(check_digests(digests, file), ErrorKind::bad_evidence,
                "SHA-256"));
}

TEST_CASE("a file with hashes of unknown algorithms alone is refused",
          "[tuf]") {
  FileDigests digests;
  digests.other_hashes = true;
  CHECK(refuses(check_digests(digests, as_bytes("x")), ErrorKind::invalid_input,
                "none of its hashes"));
  digests.sha256 = sigstore::sha256(as_bytes("x"));
  CHECK(works(check_digests(digests, as_bytes("x"))));
}
