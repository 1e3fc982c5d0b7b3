// SPDX-License-Identifier: Apache-2.0
#include "core/app/verdict_cache.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/app/trust_instance.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

constexpr std::string_view kSuffix = ".json";

// One part of the text that is digested: no part can pass for two.
void add(std::string& text, std::string_view part) {
  text += concat(part.size(), ":", part, "\n");
}

}  // namespace

std::string encode_verdict(const CommitQuestion& question,
                           const CommitVerdict& verdict) {
  const LastVerified& last = *verdict.verified;
  Json value = {{"version", 1},
                {"repository", question.repository.to_string()},
                {"ref", question.ref},
                {"commit", last.commit},
                {"bundle", last.bundle.to_hex()},
                {"signer", last.signer},
                {"signerName", verdict.signer},
                {"verifiedAt", last.verified_at.to_rfc3339()},
                {"files", std::to_string(verdict.files)},
                {"totalSize", std::to_string(verdict.total_size)},
                {"notes", verdict.notes}};
  if (last.signed_at) value["signedAt"] = last.signed_at->to_rfc3339();
  return dump_json(value) + "\n";
}

Result<CommitVerdict> parse_verdict(ByteView json,
                                    const CommitQuestion& question) {
  TRY_ASSIGN(const Json root, parse_json(as_text(json)));
  const auto is = [&](const char* name, const std::string& expected) {
    const Json* member = find_member(root, name);
    return member != nullptr && *member == expected;
  };
  const std::string commit = question.commit.id.to_hex();
  const Json* version = find_member(root, "version");
  if (version == nullptr || *version != 1 ||
      !is("repository", question.repository.to_string()) ||
      !is("ref", question.ref) || !is("commit", commit))
    return fail(ErrorKind::invalid_input, "the verdict is about another state");
  CommitVerdict verdict;
  LastVerified last;
  last.commit = commit;
  TRY_ASSIGN(const std::string_view bundle, string_member(root, "bundle"));
  const auto digest = Sha256Digest::parse_hex(bundle);
  TRY_ASSIGN(const std::string_view when, string_member(root, "verifiedAt"));
  const auto verified_at = Timestamp::parse_rfc3339(when);
  if (!digest || !verified_at)
    return fail(ErrorKind::invalid_input, "the verdict is damaged");
  last.bundle = *digest;
  last.verified_at = *verified_at;
  if (find_member(root, "signedAt") != nullptr) {
    TRY_ASSIGN(const std::string_view text, string_member(root, "signedAt"));
    last.signed_at = Timestamp::parse_rfc3339(text);
    if (!last.signed_at)
      return fail(ErrorKind::invalid_input, "the verdict is damaged");
  }
  TRY_ASSIGN(const std::string_view signer, string_member(root, "signer"));
  last.signer = signer;
  TRY_ASSIGN(const std::string_view name, string_member(root, "signerName"));
  verdict.signer = name;
  TRY_ASSIGN(const std::int64_t files, int64_member(root, "files"));
  TRY_ASSIGN(const std::int64_t size, int64_member(root, "totalSize"));
  verdict.files = static_cast<std::size_t>(files);
  verdict.total_size = static_cast<std::uint64_t>(size);
  TRY_ASSIGN(const Json* notes, array_member(root, "notes"));
  for (const Json& note : *notes) {
    if (!note.is_string())
      return fail(ErrorKind::invalid_input, "the verdict is damaged");
    verdict.notes.push_back(note.get<std::string>());
  }
  verdict.verified = std::move(last);
  return verdict;
}

Result<VerdictCache> VerdictCache::locate() {
  TRY_ASSIGN(const std::filesystem::path folder, data_folder());
  return VerdictCache(folder / "verdicts");
}

std::filesystem::path VerdictCache::path_of(
    const CommitQuestion& question, const Settings& settings,
    const RepositoryTrust& trust) const {
  std::string text;
  add(text, "verdict of hf-sigstore " SIGSTORE_VERSION);
  add(text, question.repository.to_string());
  add(text, question.ref);
  add(text, question.commit.id.to_hex());
  add(text, settings.configured);
  for (const TrustedSigner& signer : trust.signers) {
    add(text, signer.id());
    add(text, signer.name);
    add(text, signer.first_use ? "first use" : "");
  }
  for (const std::string& path : settings.public_keys) {
    const Result<Bytes> key = read_file(path, limits::kKeyFile);
    add(text, key.ok() ? as_text(*key) : std::string_view());
  }
  if (!settings.trusted_root.empty()) {
    const Result<Bytes> root =
        read_file(settings.trusted_root, limits::kTrustedRoot);
    add(text, root.ok() ? as_text(*root) : std::string_view());
  } else if (const Result<Bytes> root = stored_trusted_root(settings.instance);
             root.ok()) {
    add(text, as_text(*root));
  }
  return folder_ / (sha256(as_bytes(text)).to_hex() + std::string(kSuffix));
}

std::optional<CommitVerdict> VerdictCache::find(
    const CommitQuestion& question, const Settings& settings,
    const RepositoryTrust& trust) const {
  if (settings.max_age) return std::nullopt;
  const Result<Bytes> bytes =
      read_file(path_of(question, settings, trust), limits::kVerdictFile);
  if (!bytes.ok()) return std::nullopt;
  Result<CommitVerdict> verdict = parse_verdict(*bytes, question);
  if (!verdict.ok()) return std::nullopt;
  return std::move(verdict).value();
}

Result<void> VerdictCache::store(const CommitQuestion& question,
                                 const Settings& settings,
                                 const RepositoryTrust& trust,
                                 const CommitVerdict& verdict) const {
  // On first use the caller has to be told whom to remember, and whether a
  // child may speak for a commit depends on the question.
  if (!verdict.verified || verdict.first_use || !verdict.through.empty() ||
      verdict.verified->commit != question.commit.id.to_hex())
    return {};
  const std::string text = encode_verdict(question, verdict);
  if (text.size() > limits::kVerdictFile) return {};
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error)
    return fail(ErrorKind::io, "cannot create ", folder_.string(), ": ",
                error.message());
  TRY(write_file_atomic(path_of(question, settings, trust), as_bytes(text),
                        0600));
  drop_oldest_files(folder_, limits::kVerdicts);
  return {};
}

Result<CommitVerdict> check_commit_cached(const VerdictCache& cache,
                                          const Repository& repository,
                                          const CommitQuestion& question,
                                          const Settings& settings,
                                          const RepositoryTrust& trust,
                                          Trace& trace) {
  std::optional<CommitVerdict> known = cache.find(question, settings, trust);
  if (known) {
    TRY(trace.step("the commit verified before, by the same keys and settings",
                   "app/verdict_cache.h", Result<void>()));
    TRY(check_commit_history(repository, question, trust,
                             known->verified->signed_at, trace));
    return std::move(*known);
  }
  TRY_ASSIGN(CommitVerdict verdict,
             check_commit(repository, question, settings, trust, trace));
  // Without a cache the next question takes longer, and that is all.
  static_cast<void>(cache.store(question, settings, trust, verdict));
  return verdict;
}

}  // namespace sigstore
