// SPDX-License-Identifier: Apache-2.0
#include "core/verify/signed_subject.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr std::array<std::string_view, 2> kStatementTypes = {
    "https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"};

struct Algorithm {
  std::string_view in_toto;
  std::string_view sigstore;
  SignatureHash hash;
};
constexpr std::array<Algorithm, 3> kAlgorithms = {
    Algorithm{"sha256", "SHA2_256", SignatureHash::sha256},
    Algorithm{"sha384", "SHA2_384", SignatureHash::sha384},
    Algorithm{"sha512", "SHA2_512", SignatureHash::sha512}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// One digest fits, and none differs.
Result<bool> is_subject(const Json& subject, const ArtifactDigests& artifact) {
  TRY_ASSIGN(const Json* digest, object_member(subject, "digest"));
  if (digest->size() > limits::kSubjectDigests)
    return fail(ErrorKind::invalid_input, "a subject has too many digests");
  bool fits = false;
  for (const Algorithm& algorithm : kAlgorithms) {
    const ByteView own = artifact.of(algorithm.hash);
    if (own.empty() || find_member(*digest, algorithm.in_toto) == nullptr)
      continue;
    TRY_ASSIGN(const std::string_view value,
               string_member(*digest, algorithm.in_toto));
    if (lower(value) != to_hex(own)) return false;
    fits = true;
  }
  return fits;
}

Result<const Json*> subjects(const Json& statement) {
  TRY_ASSIGN(const std::string_view type, string_member(statement, "_type"));
  if (std::find(kStatementTypes.begin(), kStatementTypes.end(), type) ==
      kStatementTypes.end())
    return fail(ErrorKind::unsupported, "'", type,
                "' is not an in-toto statement");
  TRY_ASSIGN(const Json* list, array_member(statement, "subject"));
  if (list->empty())
    return fail(ErrorKind::invalid_input, "the statement has no subject");
  if (list->size() > limits::kSubjects)
    return fail(ErrorKind::invalid_input, "the statement has over ",
                limits::kSubjects, " subjects");
  return list;
}

}  // namespace

Result<void> check_subject(ByteView statement,
                           const ArtifactDigests& artifact) {
  TRY_ASSIGN(const Json root, parse_json(as_text(statement)));
  TRY_ASSIGN(const Json* list, subjects(root));
  bool found = false;
  for (const Json& subject : *list) {
    TRY_ASSIGN(const bool is_it, is_subject(subject, artifact));
    found = found || is_it;
  }
  if (found) return {};
  return fail(ErrorKind::content_differs,
              "none of the statement's subjects is this file");
}

Result<void> check_message_digest(const MessageSignature& message,
                                  const ArtifactDigests& artifact) {
  if (message.digest_algorithm.empty() && message.digest.empty()) return {};
  const auto* known = std::find_if(
      kAlgorithms.begin(), kAlgorithms.end(), [&](const Algorithm& item) {
        return item.sigstore == message.digest_algorithm;
      });
  if (known == kAlgorithms.end())
    return fail(ErrorKind::unsupported, "messageDigest algorithm '",
                message.digest_algorithm, "'");
  const ByteView own = artifact.of(known->hash);
  if (own.empty())
    return fail(ErrorKind::incomplete, "the file's ", known->in_toto,
                " digest is needed, give the file itself");
  if (std::equal(own.begin(), own.end(), message.digest.begin(),
                 message.digest.end()))
    return {};
  return fail(ErrorKind::content_differs,
              "messageDigest is not the digest of this file");
}

}  // namespace sigstore
