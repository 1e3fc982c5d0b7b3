// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/binding.h"

#include <vector>

#include "core/base/json.h"

namespace sigstore {
namespace {

void append_digest(std::string& out, const char* name,
                   const std::optional<Sha256Digest>& digest) {
  if (digest) out += concat(",\"", name, "\":\"", digest->to_hex(), "\"");
}

Result<std::optional<Sha256Digest>> digest_member(const Json& object,
                                                  const char* name) {
  if (find_member(object, name) == nullptr)
    return std::optional<Sha256Digest>();
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  const auto digest = Sha256Digest::parse_hex(text);
  if (!digest)
    return fail(ErrorKind::invalid_input, "'", name, "' is not a SHA-256");
  return digest;
}

Result<git::ObjectId> id_member(const Json& object, const char* name) {
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  const auto id = git::ObjectId::parse_hex(text);
  if (!id)
    return fail(ErrorKind::invalid_input, "'", name, "' is not an object id");
  return *id;
}

}  // namespace

std::string write_binding(const Binding& binding) {
  std::string out =
      concat("{\"repository\":", json_quote(binding.repository),
             ",\"ref\":", json_quote(binding.ref),
             ",\"objectFormat\":", json_quote(binding.object_format),
             ",\"tree\":\"", binding.tree.id.to_hex(), "\"");
  append_digest(out, "gitattributes", binding.gitattributes);
  append_digest(out, "gitignore", binding.gitignore);
  append_digest(out, "github", binding.github);
  out += concat(",\"commit\":\"", binding.commit.id.to_hex(), "\"");
  append_digest(out, "predecessor", binding.predecessor);
  out += concat(",\"signedAt\":\"", binding.signed_at.to_rfc3339(), "\"}");
  return out;
}

Result<Binding> parse_binding(const Json& annotation) {
  Binding binding;
  TRY_ASSIGN(const std::string_view repository,
             string_member(annotation, "repository"));
  binding.repository = repository;
  TRY_ASSIGN(const std::string_view ref, string_member(annotation, "ref"));
  binding.ref = ref;
  TRY_ASSIGN(const std::string_view format,
             string_member(annotation, "objectFormat"));
  binding.object_format = format;
  TRY_ASSIGN(binding.tree.id, id_member(annotation, "tree"));
  TRY_ASSIGN(binding.gitattributes, digest_member(annotation, "gitattributes"));
  TRY_ASSIGN(binding.gitignore, digest_member(annotation, "gitignore"));
  TRY_ASSIGN(binding.github, digest_member(annotation, "github"));
  TRY_ASSIGN(binding.commit.id, id_member(annotation, "commit"));
  TRY_ASSIGN(binding.predecessor, digest_member(annotation, "predecessor"));
  TRY_ASSIGN(binding.signed_at, parse_signing_time(annotation));
  return binding;
}

Result<Timestamp> parse_signing_time(const Json& annotation) {
  TRY_ASSIGN(const std::string_view text,
             string_member(annotation, "signedAt"));
  const auto time = Timestamp::parse_rfc3339(text);
  if (!time)
    return fail(ErrorKind::invalid_input, "'signedAt' is not RFC 3339 in UTC");
  return *time;
}

Result<void> check_binding(const Binding& binding, const Binding& actual) {
  if (binding.repository != actual.repository)
    return fail(ErrorKind::wrong_repository, "signature was made for ",
                binding.repository, ", not for ", actual.repository);
  std::vector<std::string> changed;
  if (binding.gitattributes != actual.gitattributes)
    changed.emplace_back("changed .gitattributes");
  if (binding.gitignore != actual.gitignore)
    changed.emplace_back("changed .gitignore");
  if (binding.github != actual.github) changed.emplace_back("changed .github");
  if (changed.empty() && binding.object_format == actual.object_format &&
      binding.tree != actual.tree)
    changed.emplace_back("changed file modes or other unlisted entries");
  if (changed.empty()) return {};
  std::string message = "does not match its signature: " + changed[0];
  if (changed.size() > 1)
    message += concat(" (+", changed.size() - 1, " more)");
  return Error{ErrorKind::content_differs, std::move(message),
               std::move(changed)};
}

}  // namespace sigstore
