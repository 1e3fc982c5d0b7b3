// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tuf_simulator.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::concat;
using sigstore::ErrorKind;
using sigstore::Result;
using Json = TufSimulator::Json;

namespace {

Json start(std::string_view type, sigstore::Timestamp now) {
  constexpr std::int64_t kMonth = 30LL * 24 * 3600;
  return {{"_type", type},
          {"spec_version", "1.0.34"},
          {"version", 1},
          {"expires", sigstore::Timestamp{now.seconds + kMonth}.to_rfc3339()}};
}

// What follows the algorithm in a SubjectPublicKeyInfo of Ed25519 or P-256.
Json key_json(const TestKey& key, std::string_view kind) {
  const std::string hex = sigstore::to_hex(key.spki());
  if (kind == "ED25519")
    return {{"keytype", "ed25519"},
            {"scheme", "ed25519"},
            {"keyval", {{"public", hex.substr(hex.size() - 64)}}}};
  if (kind == "P-256")
    return {{"keytype", "ecdsa"},
            {"scheme", "ecdsa-sha2-nistp256"},
            {"keyval", {{"public", hex.substr(hex.size() - 130)}}}};
  return {{"keytype", "unheard-of"},
          {"scheme", "unheard-of"},
          {"keyval", {{"public", hex}}}};
}

Result<Bytes> serve(const std::map<std::string, std::string>& files,
                    const std::string& path, std::size_t limit) {
  const auto found = files.find(path);
  if (found == files.end())
    return sigstore::fail(ErrorKind::not_found, path, " is not there");
  if (found->second.size() > limit)
    return sigstore::fail(ErrorKind::invalid_input, path, " is too long");
  return sigstore::to_bytes(found->second);
}

std::string sha256_hex(std::string_view text) {
  return sigstore::to_hex(hash_with("SHA256", as_bytes(text)));
}

}  // namespace

TufSimulator::TufSimulator(sigstore::Timestamp now) {
  root.content = start("root", now);
  root.content["consistent_snapshot"] = true;
  root.content["keys"] = Json::object();
  timestamp.content = start("timestamp", now);
  snapshot.content = start("snapshot", now);
  targets.content = start("targets", now);
  targets.content["targets"] = Json::object();
  for (const char* name : {"root", "timestamp", "snapshot", "targets"}) {
    Json& entry = root.content["roles"][name];
    entry = {{"threshold", 1}, {"keyids", Json::array()}};
    add_key(root.content["keys"], entry["keyids"], role(name),
            concat(name, "-key"));
  }
  metadata["1.root.json"] = sign(root);
  targets.content["version"] = 0;
  snapshot.content["version"] = 0;
  timestamp.content["version"] = 0;
  publish_targets();
}

TufSimulator::Role& TufSimulator::role(std::string_view name) {
  if (name == "root") return root;
  if (name == "timestamp") return timestamp;
  if (name == "snapshot") return snapshot;
  if (name == "targets") return targets;
  return delegated[std::string(name)];
}

void TufSimulator::add_key(Json& keys, Json& ids, Role& role,
                           std::string_view name, std::string_view kind) {
  const TestKey key = TestKey::make(kind == "unheard-of" ? "ED25519" : kind);
  keys[std::string(name)] = key_json(key, kind);
  ids.push_back(name);
  role.signers.emplace_back(name, key);
}

void TufSimulator::rotate(std::string_view name) {
  Json& entry = root.content["roles"][std::string(name)];
  entry["keyids"] = Json::array();
  role(name).signers.clear();
  add_key(root.content["keys"], entry["keyids"], role(name),
          concat(name, "-key-", root.content["version"].get<int>() + 1));
}

std::string TufSimulator::sign(const Role& role) {
  Json signatures = Json::array();
  const std::string message = role.content.dump();
  for (const auto& [id, key] : role.signers)
    signatures.push_back(
        {{"keyid", id},
         {"sig", sigstore::to_hex(key.sign(as_bytes(message)))}});
  return Json{{"signatures", signatures}, {"signed", role.content}}.dump(1);
}

void TufSimulator::publish_root() {
  root.content["version"] = root.content["version"].get<int>() + 1;
  metadata[root.content["version"].dump() + ".root.json"] = sign(root);
}

Json TufSimulator::meta_of(const std::string& file, const Json& version) const {
  Json meta{{"version", version}};
  if (with_hashes) {
    meta["length"] = file.size();
    meta["hashes"] = {{"sha256", sha256_hex(file)}};
  }
  return meta;
}

void TufSimulator::publish_timestamp() {
  Json& version = timestamp.content["version"];
  version = version.get<int>() + 1;
  metadata["timestamp.json"] = sign(timestamp);
}

void TufSimulator::publish_snapshot() {
  Json& version = snapshot.content["version"];
  version = version.get<int>() + 1;
  const std::string file = sign(snapshot);
  metadata[version.dump() + ".snapshot.json"] = file;
  timestamp.content["meta"]["snapshot.json"] = meta_of(file, version);
  publish_timestamp();
}

void TufSimulator::publish_targets() {
  Json& version = targets.content["version"];
  version = version.get<int>() + 1;
  const std::string file = sign(targets);
  metadata[version.dump() + ".targets.json"] = file;
  snapshot.content["meta"]["targets.json"] = meta_of(file, version);
  publish_snapshot();
}

void TufSimulator::publish_delegated(std::string_view name) {
  Role& role = delegated.at(std::string(name));
  Json& version = role.content["version"];
  version = version.get<int>() + 1;
  const std::string file = sign(role);
  metadata[concat(version.dump(), ".", name, ".json")] = file;
  snapshot.content["meta"][concat(name, ".json")] = meta_of(file, version);
  publish_snapshot();
}

void TufSimulator::delegate(std::string_view delegator, std::string_view name,
                            std::vector<std::string> paths, bool terminating) {
  Json& delegations = role(delegator).content["delegations"];
  if (delegations.is_null())
    delegations = {{"keys", Json::object()}, {"roles", Json::array()}};
  Role& added = role(name);
  Json entry{{"name", name},
             {"threshold", 1},
             {"keyids", Json::array()},
             {"terminating", terminating},
             {"paths", paths}};
  if (added.signers.empty()) {
    added.content = targets.content;
    added.content.erase("delegations");
    added.content["version"] = 0;
    added.content["targets"] = Json::object();
    add_key(delegations["keys"], entry["keyids"], added, concat(name, "-key"));
  } else {
    // The same key, as another delegator knows it.
    const auto& [id, key] = added.signers.front();
    delegations["keys"][id] = key_json(key, "ED25519");
    entry["keyids"].push_back(id);
  }
  delegations["roles"].push_back(entry);
}

void TufSimulator::add_target(std::string_view name, std::string_view path,
                              std::string_view content) {
  const std::string hash = sha256_hex(content);
  role(name).content["targets"][std::string(path)] = {
      {"length", content.size()}, {"hashes", {{"sha256", hash}}}};
  const std::size_t slash = path.rfind('/');
  const std::size_t base = slash == std::string_view::npos ? 0 : slash + 1;
  target_files[concat(path.substr(0, base), hash, ".", path.substr(base))] =
      content;
}

Result<Bytes> TufSimulator::fetch_metadata(const std::string& path,
                                           std::size_t limit) {
  requests.push_back(path);
  return serve(metadata, path, limit);
}

Result<Bytes> TufSimulator::fetch_target(const std::string& path,
                                         std::size_t limit) {
  requests.push_back("targets/" + path);
  return serve(target_files, path, limit);
}
