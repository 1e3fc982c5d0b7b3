// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/statement.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/manifest/signature_file.h"

namespace sigstore {
namespace {

constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
constexpr std::string_view kPredicate = "https://model_signing/signature/v1.0";
constexpr std::string_view kLegacyPredicate =
    "https://model_signing/Digests/v0.1";

Error invalid(std::string_view what) {
  return fail(ErrorKind::invalid_input, what);
}

Result<ContentDigest> parse_digest(std::string_view hex,
                                   HashAlgorithm algorithm) {
  const auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != digest_size(algorithm))
    return fail(ErrorKind::invalid_input, "not a ", hash_name(algorithm),
                " digest in lower-case hexadecimal");
  return ContentDigest(*bytes);
}

Result<Parameters> parse_serialization(const Json& object) {
  TRY(check_members(object, {"method", "hash_type", "allow_symlinks",
                             "shard_size", "ignore_paths"}));
  Parameters parameters;
  TRY_ASSIGN(const std::string_view method, string_member(object, "method"));
  if (method != "files" && method != "shards")
    return fail(ErrorKind::unsupported, "unknown method '", method, "'");
  parameters.method = method == "files" ? Method::files : Method::shards;
  TRY_ASSIGN(const std::string_view hash, string_member(object, "hash_type"));
  TRY_ASSIGN(parameters.hash_type, parse_hash_name(hash));
  TRY_ASSIGN(parameters.allow_symlinks, bool_member(object, "allow_symlinks"));
  const bool has_size = find_member(object, "shard_size") != nullptr;
  if (has_size != (parameters.method == Method::shards))
    return invalid("'shard_size' goes with the method shards, and only there");
  if (has_size) {
    TRY_ASSIGN(parameters.shard_size, positive_member(object, "shard_size"));
  }
  if (find_member(object, "ignore_paths") == nullptr) return parameters;
  TRY_ASSIGN(const Json* ignored, array_member(object, "ignore_paths"));
  if (ignored->size() > limits::kIgnorePaths)
    return invalid("too many ignore_paths");
  Exclusions checked;
  for (const Json& path : *ignored) {
    if (!path.is_string()) return invalid("an ignore_paths item is no string");
    TRY(checked.add(path.get_ref<const std::string&>()));
  }
  parameters.ignore_paths = checked.paths();
  return parameters;
}

// OMS v1.0 6.3.2; the one relaxation is what model-signing writes for shards,
// "sha256-sharded-<size>".
bool is_algorithm_of(std::string_view name, const Parameters& parameters) {
  const std::string_view expected = hash_name(parameters.hash_type);
  if (name == expected) return true;
  return parameters.method == Method::shards &&
         name == concat(expected, "-sharded-", parameters.shard_size);
}

// OMS v1.0 6.3.2: shards of a file start at 0, are contiguous and full-sized
// but for the last. Needs `resources` in any order; groups by path.
Result<void> check_partition(const Parameters& parameters,
                             const std::vector<Resource>& resources) {
  struct Range {
    std::string_view path;
    std::int64_t start;
    std::int64_t end;
  };
  std::vector<Range> ranges;
  for (const Resource& resource : resources) {
    TRY_ASSIGN(const ShardName shard, parse_shard_name(resource.name));
    ranges.push_back({shard.path, shard.start, shard.end});
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return a.path != b.path ? a.path < b.path : a.start < b.start;
  });
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Range& range = ranges[i];
    const bool first = i == 0 || ranges[i - 1].path != range.path;
    const bool last =
        i + 1 == ranges.size() || ranges[i + 1].path != range.path;
    const std::int64_t length = range.end - range.start;
    const std::int64_t expected = first ? 0 : ranges[i - 1].end;
    if (range.start != expected || length > parameters.shard_size ||
        (!last && length != parameters.shard_size))
      return fail(ErrorKind::invalid_input, "the shards of '", range.path,
                  "' do not cover it in steps of ", parameters.shard_size);
  }
  return {};
}

}  // namespace

// Fills a SignedManifest step by step; the only friend of its constructor.
class StatementReader {
 public:
  static Result<SignedManifest> read(const Json& root, bool legacy) {
    StatementReader reader;
    TRY(check_members(root,
                      {"_type", "subject", "predicateType", "predicate"}));
    TRY_ASSIGN(const std::string_view type, string_member(root, "_type"));
    if (type != kStatementType) return invalid("'_type' is not Statement v1");
    TRY_ASSIGN(const std::string_view predicate_type,
               string_member(root, "predicateType"));
    if (predicate_type == kLegacyPredicate) {
      TRY(reader.read_legacy(root));
    } else if (predicate_type == kPredicate && !legacy) {
      TRY(reader.read_current(root));
    } else {
      return fail(ErrorKind::unsupported, "predicate type '", predicate_type,
                  "' is not a model signature");
    }
    return std::move(reader.out_);
  }

 private:
  Result<void> read_current(const Json& root) {
    TRY_ASSIGN(const Json* predicate, object_member(root, "predicate"));
    TRY(check_members(*predicate, {"resources", "serialization"}));
    TRY_ASSIGN(const Json* serialization,
               object_member(*predicate, "serialization"));
    TRY_ASSIGN(out_.manifest_.parameters, parse_serialization(*serialization));
    TRY(read_resources(*predicate));
    return read_subject(root);
  }

  Result<void> read_resources(const Json& predicate) {
    TRY_ASSIGN(const Json* list, array_member(predicate, "resources"));
    if (list->empty()) return invalid("no resources: an empty model");
    if (list->size() > limits::kResources) return invalid("too many resources");
    out_.manifest_.resources.reserve(list->size());
    for (const Json& item : *list) TRY(read_resource(item));
    if (out_.manifest_.parameters.method == Method::shards)
      TRY(check_partition(out_.manifest_.parameters, out_.manifest_.resources));
    listed_root_ = root_digest(out_.manifest_.resources);
    const bool sorted = std::is_sorted(
        out_.manifest_.resources.begin(), out_.manifest_.resources.end(),
        [](const Resource& a, const Resource& b) { return a.name < b.name; });
    if (!sorted)
      out_.notes_.emplace_back(
          "the signature lists its files in another "
          "order than OMS v1.0 5.2.1 demands");
    return sort_resources(out_.manifest_.resources);
  }

  Result<void> read_resource(const Json& item) {
    const Parameters& parameters = out_.manifest_.parameters;
    TRY_ASSIGN(const std::string_view name, string_member(item, "name"));
    TRY_ASSIGN(const std::string_view hex, string_member(item, "digest"));
    TRY_ASSIGN(const std::string_view algorithm,
               string_member(item, "algorithm"));
    if (!is_algorithm_of(algorithm, parameters))
      return fail(ErrorKind::invalid_input, "'", name, "' has algorithm '",
                  algorithm, "' under hash_type ",
                  hash_name(parameters.hash_type));
    std::string_view path = name;
    if (parameters.method == Method::shards) {
      TRY_ASSIGN(const ShardName shard, parse_shard_name(name));
      path = shard.path;
    }
    // "." is how model-signing names a model that is one file.
    if (path != ".") TRY(check_canonical_path(path));
    Result<ContentDigest> digest = parse_digest(hex, parameters.hash_type);
    if (!digest.ok()) return std::move(digest).error().context(name);
    out_.manifest_.resources.push_back({std::string(name), *digest});
    return {};
  }

  Result<void> read_subject(const Json& root) {
    TRY_ASSIGN(const Json* subjects, array_member(root, "subject"));
    if (subjects->size() != 1) return invalid("needs exactly one subject");
    const Json& subject = (*subjects)[0];
    TRY_ASSIGN(const std::string_view name, string_member(subject, "name"));
    if (name.empty()) return invalid("the subject has no name");
    out_.model_name_ = name;
    TRY_ASSIGN(const Json* digests, object_member(subject, "digest"));
    TRY_ASSIGN(const std::string_view hex, string_member(*digests, "sha256"));
    // As listed: the order of an unsorted list is part of its root digest.
    if (hex != listed_root_.to_hex())
      return invalid("the root digest does not fit the resources");
    const Json* annotations = find_member(subject, "annotations");
    if (annotations == nullptr) return {};
    if (const Json* binding = find_member(*annotations, kBindingAnnotation)) {
      Result<Binding> parsed = parse_binding(*binding);
      TRY_ASSIGN(out_.binding_,
                 std::move(parsed).context("repository binding"));
      out_.signed_at_ = out_.binding_->signed_at;
      return {};
    }
    const Json* time = find_member(*annotations, kSigningTimeAnnotation);
    if (time == nullptr) return {};
    TRY_ASSIGN(out_.signed_at_, parse_signing_time(*time));
    return {};
  }

  // One subject a file, no serialization, no root digest.
  Result<void> read_legacy(const Json& root) {
    TRY_ASSIGN(const Json* subjects, array_member(root, "subject"));
    if (subjects->empty()) return invalid("no subjects: an empty model");
    if (subjects->size() > limits::kResources)
      return invalid("too many subjects");
    for (const Json& subject : *subjects) TRY(read_legacy_subject(subject));
    out_.model_name_ = "model";
    out_.notes_.emplace_back("signed in the format of model-signing 0.2");
    return sort_resources(out_.manifest_.resources);
  }

  Result<void> read_legacy_subject(const Json& subject) {
    TRY_ASSIGN(const std::string_view name, string_member(subject, "name"));
    TRY(check_canonical_path(name));
    TRY_ASSIGN(const Json* digests, object_member(subject, "digest"));
    TRY_ASSIGN(const std::string_view hex, string_member(*digests, "sha256"));
    if (const Json* notes = find_member(subject, "annotations")) {
      TRY_ASSIGN(const std::string algorithm,
                 optional_string(*notes, "actual_hash_algorithm"));
      if (!algorithm.empty() && algorithm != "file-sha256")
        return fail(ErrorKind::unsupported, "'", name, "' was hashed as '",
                    algorithm, "'");
    }
    TRY_ASSIGN(const ContentDigest digest,
               parse_digest(hex, HashAlgorithm::sha256));
    out_.manifest_.resources.push_back({std::string(name), digest});
    return {};
  }

  SignedManifest out_;
  Sha256Digest listed_root_;
};

Result<std::string> write_statement(const Manifest& manifest,
                                    std::string_view model_name,
                                    const std::optional<Binding>& binding,
                                    const std::optional<Timestamp>& signed_at) {
  const Parameters& parameters = manifest.parameters;
  if (manifest.resources.empty()) return invalid("there is no file to sign");
  if (!is_utf8(model_name) || model_name.empty())
    return invalid("the model's name is empty or not valid UTF-8");
  if (binding && (!is_utf8(binding->ref) || !is_utf8(binding->repository)))
    return invalid("the ref's or repository's name is not valid UTF-8");
  std::string out = concat("{\"_type\":\"", kStatementType,
                           "\",\"subject\":[{\"name\":", json_quote(model_name),
                           ",\"digest\":{\"sha256\":\"",
                           root_digest(manifest.resources).to_hex(), "\"}");
  if (binding)
    out += concat(",\"annotations\":{\"", kBindingAnnotation,
                  "\":", write_binding(*binding), "}");
  else if (signed_at)
    out += concat(",\"annotations\":{\"", kSigningTimeAnnotation,
                  "\":{\"signedAt\":\"", signed_at->to_rfc3339(), "\"}}");
  out += concat("}],\"predicateType\":\"", kPredicate,
                "\",\"predicate\":{\"serialization\":{\"method\":\"",
                parameters.method == Method::files ? "files" : "shards",
                "\",\"hash_type\":\"", hash_name(parameters.hash_type), "\"");
  if (parameters.method == Method::shards)
    out += concat(",\"shard_size\":", parameters.shard_size);
  out += concat(
      ",\"allow_symlinks\":", parameters.allow_symlinks ? "true" : "false",
      ",\"ignore_paths\":[");
  for (std::size_t i = 0; i < parameters.ignore_paths.size(); ++i)
    out += (i == 0 ? "" : ",") + json_quote(parameters.ignore_paths[i]);
  out += "]},\"resources\":[";
  for (std::size_t i = 0; i < manifest.resources.size(); ++i) {
    const Resource& resource = manifest.resources[i];
    out +=
        concat(i == 0 ? "{\"name\":" : ",{\"name\":", json_quote(resource.name),
               ",\"digest\":\"", resource.digest.to_hex(),
               "\",\"algorithm\":\"", hash_name(parameters.hash_type), "\"}");
  }
  out += "]}}";
  return out;
}

Result<SignedManifest> parse_statement(const VerifiedPayload& payload,
                                       bool legacy) {
  Result<Json> root = parse_json(as_text(payload.bytes()));
  if (!root.ok()) return std::move(root).error().context("malformed statement");
  if (!root->is_object()) return invalid("malformed statement: no object");
  return StatementReader::read(*root, legacy).context("malformed statement");
}

}  // namespace sigstore
