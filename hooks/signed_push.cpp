// SPDX-License-Identifier: Apache-2.0
#include "hooks/signed_push.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/app/hook_limits.h"
#include "core/app/push_rules.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "hooks/hook_need.h"

namespace sigstore {
namespace {

Result<std::filesystem::path> note_path(const git::Git& git) {
  TRY_ASSIGN(
      const std::string folder,
      git.read({"rev-parse", "--path-format=absolute", "--git-common-dir"}));
  return std::filesystem::path(folder) / kSignedPushNote;
}

Result<TrustedSigner> parse_signer(const Json& object) {
  if (find_member(object, "identity") == nullptr) {
    TRY_ASSIGN(const std::string_view pem, string_member(object, "publicKey"));
    TRY_ASSIGN(PublicKey key, PublicKey::from_pem(pem));
    return TrustedSigner{std::move(key), "", {}};
  }
  TRY_ASSIGN(const std::string_view identity,
             string_member(object, "identity"));
  TRY_ASSIGN(const std::string_view issuer, string_member(object, "issuer"));
  return TrustedSigner{
      SignerRule{std::string(identity), false, std::string(issuer), {}},
      "",
      {}};
}

void put_signer(const TrustedSigner& signer, Json& object) {
  if (const auto* key = std::get_if<PublicKey>(&signer.who)) {
    object["publicKey"] = key->pem();
    return;
  }
  const auto& rule = std::get<SignerRule>(signer.who);
  object["identity"] = rule.identity;
  object["issuer"] = rule.issuer;
}

Result<SignedPush> parse_one(const Json& object) {
  TRY_ASSIGN(const std::string_view name, string_member(object, "repository"));
  TRY_ASSIGN(RepoId repository, RepoId::parse(name));
  TRY_ASSIGN(TrustedSigner signer, parse_signer(object));
  TRY_ASSIGN(const std::string_view ref, string_member(object, "ref"));
  TRY_ASSIGN(std::string tracking, optional_string(object, "tracking"));
  TRY_ASSIGN(const std::string_view before, string_member(object, "before"));
  TRY_ASSIGN(const std::string_view commit, string_member(object, "commit"));
  TRY_ASSIGN(const std::string_view bundle, string_member(object, "bundle"));
  TRY_ASSIGN(const std::string_view when, string_member(object, "signedAt"));
  const auto before_id = git::ObjectId::parse_hex(before);
  const auto digest = Sha256Digest::parse_hex(bundle);
  const auto signed_at = Timestamp::parse_rfc3339(when);
  if (!before_id || !git::ObjectId::parse_hex(commit) || !digest || !signed_at)
    return fail(ErrorKind::invalid_input, "the note of a push is damaged");
  const std::string signer_id = signer.id();
  return SignedPush{std::move(repository),
                    std::string(ref),
                    std::move(tracking),
                    *before_id,
                    LastVerified{std::string(commit), *signed_at, *digest,
                                 signer_id, *signed_at},
                    std::move(signer)};
}

Result<void> finish_one(const git::Git& git, const SignedPush& push) {
  TRY(git.read({"update-ref", "-m", "push: signed", push.tracking,
                push.record.commit, push.before.to_hex()}));
  TRY_ASSIGN(const TrustFile trust_file, TrustFile::locate());
  return remember_push(git, trust_file, push.repository, push.signer, push.ref,
                       push.record, Terminal("sigstore"));
}

}  // namespace

std::string encode_signed_pushes(const std::vector<SignedPush>& pushes) {
  Json list = Json::array();
  for (const SignedPush& push : pushes) {
    const Timestamp when =
        push.record.signed_at.value_or(push.record.verified_at);
    Json item = {{"repository", push.repository.to_string()},
                 {"ref", push.ref},
                 {"tracking", push.tracking},
                 {"before", push.before.to_hex()},
                 {"commit", push.record.commit},
                 {"bundle", push.record.bundle.to_hex()},
                 {"signedAt", when.to_rfc3339()}};
    put_signer(push.signer, item);
    list.push_back(std::move(item));
  }
  return dump_json(Json{{"version", 1}, {"pushes", std::move(list)}}) + "\n";
}

Result<std::vector<SignedPush>> parse_signed_pushes(ByteView json) {
  TRY_ASSIGN(const Json root, parse_json(as_text(json)));
  TRY_ASSIGN(const Json* list, array_member(root, "pushes"));
  std::vector<SignedPush> pushes;
  for (const Json& item : *list) {
    TRY_ASSIGN(SignedPush push, parse_one(item));
    pushes.push_back(std::move(push));
  }
  return pushes;
}

Result<void> note_signed_pushes(const git::Git& git,
                                const std::vector<SignedPush>& pushes) {
  TRY_ASSIGN(const std::filesystem::path path, note_path(git));
  return write_file_atomic(path, as_bytes(encode_signed_pushes(pushes)));
}

Result<void> finish_signed_push(const git::Git& git,
                                const std::vector<RefUpdate>& updates) {
  TRY_ASSIGN(const std::filesystem::path path, note_path(git));
  Result<Bytes> bytes = read_file(path, limits::kSignedPushNote);
  if (!bytes.ok() && bytes.error().kind == ErrorKind::not_found) return {};
  if (!bytes.ok()) return std::move(bytes).error();
  TRY_ASSIGN(std::vector<SignedPush> pushes, parse_signed_pushes(*bytes));
  std::vector<SignedPush> left;
  std::vector<SignedPush> done;
  for (SignedPush& push : pushes) {
    const bool now = std::any_of(
        updates.begin(), updates.end(), [&](const RefUpdate& update) {
          return update.ref == push.tracking && update.after == push.before;
        });
    (now ? done : left).push_back(std::move(push));
  }
  if (done.empty()) return {};
  std::error_code ignored;
  if (left.empty())
    std::filesystem::remove(path, ignored);
  else
    TRY(write_file_atomic(path, as_bytes(encode_signed_pushes(left))));
  for (const SignedPush& push : done) TRY(finish_one(git, push));
  return {};
}

}  // namespace sigstore
