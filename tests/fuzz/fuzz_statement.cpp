// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/statement.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

Result<SignedManifest> parse(std::string_view text, bool legacy) {
  return parse_statement(VerifiedPayload::assume_verified_unsafe(  // unsafe:
                             to_bytes(text)),                      // a test
                         legacy);
}

bool same(const Parameters& a, const Parameters& b) {
  return a.method == b.method && a.hash_type == b.hash_type &&
         a.shard_size == b.shard_size && a.allow_symlinks == b.allow_symlinks &&
         a.ignore_paths == b.ignore_paths;
}

// What was read and written reads the same again.
bool check(std::string_view text, bool legacy) {
  const Result<SignedManifest> first = parse(text, legacy);
  if (!first.ok()) return false;
  const Result<std::string> written =
      write_statement(first->manifest(), first->model_name(), first->binding(),
                      first->signed_at());
  require(written.ok(), "a statement that was read can be written");
  const Result<SignedManifest> again = parse(*written, false);
  require(again.ok(), "a written statement parses");
  require(again->manifest().resources == first->manifest().resources,
          "the resources stay the same");
  require(same(again->manifest().parameters, first->manifest().parameters),
          "the parameters stay the same");
  require(again->model_name() == first->model_name() &&
              again->binding() == first->binding() &&
              again->signed_at() == first->signed_at(),
          "name, binding and time stay the same");
  return true;
}

// The same statement with the root digest that its resources have. No fuzzer
// gets past a hash by chance.
std::optional<std::string> with_fitting_root(std::string_view text) {
  Result<Json> root = parse_json(text);
  if (!root.ok()) return std::nullopt;
  const Json::json_pointer list("/predicate/resources");
  const Json::json_pointer place("/subject/0/digest/sha256");
  const Json::json_pointer subject("/subject/0/digest");
  if (!root->is_object() || !root->contains(list) || !root->contains(subject) ||
      !root->at(subject).is_object())
    return std::nullopt;
  Bytes digests;
  for (const Json& item : root->at(list)) {
    const Result<std::string_view> hex = string_member(item, "digest");
    const auto digest = from_hex(hex.ok() ? *hex : std::string_view());
    if (digest) digests.insert(digests.end(), digest->begin(), digest->end());
  }
  root->at(subject)["sha256"] = sha256(digests).to_hex();
  return root->dump();
}

}  // namespace
}  // namespace sigstore

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text = sigstore::as_text({data, size});
  const bool current = sigstore::check(text, false);
  const bool legacy = sigstore::check(text, true);
  sigstore::require(current || !legacy,
                    "what is read as legacy is read without that as well");
  if (!current)
    if (const auto fitting = sigstore::with_fitting_root(text))
      sigstore::check(*fitting, false);
  return sigstore::finish(current);
}
