// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/metadata.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/verification_key.h"
#include "core/tuf/canonical_json.h"

namespace sigstore {
namespace {

constexpr std::size_t kSha512Size = 64;
constexpr std::array<std::string_view, 4> kTopLevelRoles{"root", "timestamp",
                                                         "snapshot", "targets"};

Error invalid(std::string_view what) {
  return fail(ErrorKind::invalid_input, what);
}

// "length" and "hashes" of section 4.4 to 4.6, both optional here.
Result<FileDigests> parse_digests(const Json& object) {
  FileDigests digests;
  if (const Json* length = find_member(object, "length")) {
    if (!length->is_number_unsigned() ||
        length->get<std::uint64_t>() > INT64_MAX)
      return invalid("'length' is no length");
    digests.length = length->get<std::int64_t>();
  }
  const Json* hashes = find_member(object, "hashes");
  if (hashes == nullptr) return digests;
  if (!hashes->is_object() || hashes->empty())
    return invalid("'hashes' is no object with members");
  for (const auto& [name, value] : hashes->items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    if (name == "sha256") {
      digests.sha256 = Sha256Digest::parse_hex(text);
      if (!digests.sha256) return invalid("'sha256' is no SHA-256");
    } else if (name == "sha512") {
      digests.sha512 = from_hex(text).value_or(Bytes());
      if (digests.sha512.size() != kSha512Size)
        return invalid("'sha512' is no SHA-512");
    } else {
      digests.other_hashes = true;
    }
  }
  return digests;
}

Result<MetaFile> parse_meta_file(const Json& object) {
  if (!object.is_object()) return invalid("is no object");
  MetaFile file;
  TRY_ASSIGN(file.version, positive_member(object, "version"));
  TRY_ASSIGN(file.digests, parse_digests(object));
  return file;
}

// What all roles have, and the one member of `signed` that says which.
template <class Role>
Result<void> read_common(const Json& object, Role& role) {
  TRY_ASSIGN(const std::string_view type, string_member(object, "_type"));
  if (type != Role::kType)
    return fail(ErrorKind::invalid_input, "its '_type' is '", type, "'");
  TRY_ASSIGN(const std::string_view spec,
             string_member(object, "spec_version"));
  // Section 6.1: another major version may mean anything.
  if (spec != "1" && !spec.starts_with("1."))
    return fail(ErrorKind::unsupported, "TUF specification ", spec);
  TRY_ASSIGN(role.version, positive_member(object, "version"));
  TRY_ASSIGN(const std::string_view expires, string_member(object, "expires"));
  const std::optional<Timestamp> time = Timestamp::parse_rfc3339(expires);
  if (!time) return invalid("'expires' is no time");
  role.expires = *time;
  return {};
}

Result<void> read_role(const Json& object, RootMetadata& root) {
  TRY_ASSIGN(root.consistent_snapshot,
             bool_member(object, "consistent_snapshot"));
  TRY_ASSIGN(const Json* keys, object_member(object, "keys"));
  TRY_ASSIGN(root.keys, parse_tuf_keys(*keys));
  TRY_ASSIGN(const Json* roles, object_member(object, "roles"));
  for (const std::string_view name : kTopLevelRoles) {
    TRY_ASSIGN(const Json* role, object_member(*roles, name));
    Result<TufRole> parsed = parse_tuf_role(*role);
    if (!parsed.ok())
      return std::move(parsed).error().context(concat("role ", name));
    root.roles.emplace(name, *std::move(parsed));
  }
  return {};
}

Result<void> read_role(const Json& object, TimestampMetadata& timestamp) {
  TRY_ASSIGN(const Json* meta, object_member(object, "meta"));
  TRY_ASSIGN(const Json* file, object_member(*meta, "snapshot.json"));
  TRY_ASSIGN(timestamp.snapshot, parse_meta_file(*file));
  return {};
}

Result<void> read_role(const Json& object, SnapshotMetadata& snapshot) {
  TRY_ASSIGN(const Json* meta, object_member(object, "meta"));
  for (const auto& [name, file] : meta->items()) {
    Result<MetaFile> parsed = parse_meta_file(file);
    if (!parsed.ok()) return std::move(parsed).error().context(name);
    snapshot.meta.emplace(name, *std::move(parsed));
  }
  return {};
}

Result<std::vector<std::string>> strings(const Json& object,
                                         std::string_view name) {
  TRY_ASSIGN(const Json* array, optional_array(object, name));
  std::vector<std::string> found;
  for (const Json& item : *array) {
    if (!item.is_string())
      return fail(ErrorKind::invalid_input, "'", name, "' has no strings");
    found.push_back(item.get<std::string>());
  }
  return found;
}

Result<DelegatedRole> parse_delegated(const Json& object) {
  if (!object.is_object()) return invalid("is no object");
  DelegatedRole role;
  TRY_ASSIGN(const std::string_view name, string_member(object, "name"));
  role.name = name;
  // A delegated role of such a name would be taken for the real one.
  if (std::find(kTopLevelRoles.begin(), kTopLevelRoles.end(), name) !=
      kTopLevelRoles.end())
    return invalid("has the name of a top-level role");
  TRY_ASSIGN(role.role, parse_tuf_role(object));
  TRY_ASSIGN(role.terminating, bool_member(object, "terminating"));
  TRY_ASSIGN(role.paths, strings(object, "paths"));
  TRY_ASSIGN(role.path_hash_prefixes, strings(object, "path_hash_prefixes"));
  if (!role.paths.empty() && !role.path_hash_prefixes.empty())
    return invalid("has 'paths' and 'path_hash_prefixes'");
  return role;
}

Result<Delegations> parse_delegations(const Json& object) {
  Delegations delegations;
  TRY_ASSIGN(const Json* keys, object_member(object, "keys"));
  TRY_ASSIGN(delegations.keys, parse_tuf_keys(*keys));
  TRY_ASSIGN(const Json* roles, optional_array(object, "roles"));
  for (const Json& item : *roles) {
    Result<DelegatedRole> role = parse_delegated(item);
    if (!role.ok()) return std::move(role).error().context("a delegated role");
    for (const DelegatedRole& known : delegations.roles)
      if (known.name == role->name)
        return invalid("a delegated role stands twice");
    delegations.roles.push_back(*std::move(role));
  }
  return delegations;
}

Result<void> read_role(const Json& object, TargetsMetadata& targets) {
  TRY_ASSIGN(const Json* files, object_member(object, "targets"));
  for (const auto& [path, file] : files->items()) {
    Result<FileDigests> digests = parse_digests(file);
    if (!digests.ok()) return std::move(digests).error().context(path);
    if (!digests->length)
      return invalid(concat("target ", path, " has no length"));
    targets.targets.emplace(path, *std::move(digests));
  }
  if (find_member(object, "delegations") == nullptr) return {};
  TRY_ASSIGN(const Json* delegations, object_member(object, "delegations"));
  TRY_ASSIGN(targets.delegations, parse_delegations(*delegations));
  return {};
}

template <class Role>
Result<SignedMetadata<Role>> parse(ByteView file) {
  const auto read = [&]() -> Result<SignedMetadata<Role>> {
    TRY_ASSIGN(const Json json, parse_json(as_text(file)));
    SignedMetadata<Role> metadata;
    TRY_ASSIGN(metadata.signatures, parse_tuf_signatures(json));
    TRY_ASSIGN(const Json* signed_part, object_member(json, "signed"));
    TRY(read_common(*signed_part, metadata.content));
    TRY(read_role(*signed_part, metadata.content));
    TRY_ASSIGN(metadata.signed_bytes, canonical_json(*signed_part));
    return metadata;
  };
  return read().context(concat("TUF ", Role::kType));
}

// '*' and '?' within one segment. Backs up to the last '*' only, which is
// enough and keeps it from taking long.
bool segment_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool path_matches(std::string_view pattern, std::string_view path) {
  while (true) {
    const std::size_t a = pattern.find('/');
    const std::size_t b = path.find('/');
    if (!segment_matches(pattern.substr(0, a), path.substr(0, b))) return false;
    if (a == std::string_view::npos || b == std::string_view::npos)
      return a == b;
    pattern.remove_prefix(a + 1);
    path.remove_prefix(b + 1);
  }
}

}  // namespace

bool DelegatedRole::is_responsible_for(std::string_view target) const {
  if (!path_hash_prefixes.empty()) {
    const std::string hash = sha256(as_bytes(target)).to_hex();
    return std::any_of(
        path_hash_prefixes.begin(), path_hash_prefixes.end(),
        [&](const std::string& prefix) { return hash.starts_with(prefix); });
  }
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return path_matches(path, target);
  });
}

Result<SignedMetadata<RootMetadata>> parse_root(ByteView file) {
  return parse<RootMetadata>(file);
}
Result<SignedMetadata<TimestampMetadata>> parse_timestamp(ByteView file) {
  return parse<TimestampMetadata>(file);
}
Result<SignedMetadata<SnapshotMetadata>> parse_snapshot(ByteView file) {
  return parse<SnapshotMetadata>(file);
}
Result<SignedMetadata<TargetsMetadata>> parse_targets(ByteView file) {
  return parse<TargetsMetadata>(file);
}

Result<void> check_digests(const FileDigests& digests, ByteView file) {
  if (digests.length &&
      static_cast<std::uint64_t>(*digests.length) != file.size())
    return fail(ErrorKind::bad_evidence, "has ", file.size(), " bytes, ",
                *digests.length, " were announced");
  if (digests.other_hashes && !digests.sha256 && digests.sha512.empty())
    return invalid("none of its hashes is of an algorithm that is known here");
  if (digests.sha256 && *digests.sha256 != sha256(file))
    return fail(ErrorKind::bad_evidence, "its SHA-256 is not the announced");
  if (!digests.sha512.empty() &&
      digests.sha512 != hash_bytes(SignatureHash::sha512, file))
    return fail(ErrorKind::bad_evidence, "its SHA-512 is not the announced");
  return {};
}

}  // namespace sigstore
