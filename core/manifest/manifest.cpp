// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/manifest.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/encoding.h"
#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

std::optional<std::int64_t> parse_offset(std::string_view text) {
  // OMS v1.0 6.3.2, "decimal": no sign, no leading zero; 18 digits always fit.
  if (text.empty() || text.size() > 18) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// What happened to the resources of one path.
struct PathState {
  bool missing = false;
  bool extra = false;
  bool same = false;
  bool changed = false;
};

std::string path_of(const Manifest& manifest, const std::string& name) {
  if (manifest.parameters.method == Method::files) return name;
  const Result<ShardName> shard = parse_shard_name(name);
  return shard.ok() ? std::string(shard->path) : name;
}

}  // namespace

Result<void> sort_resources(std::vector<Resource>& resources) {
  const auto by_name = [](const Resource& a, const Resource& b) {
    return a.name < b.name;
  };
  // git's trees come nearly in this order.
  if (!std::is_sorted(resources.begin(), resources.end(), by_name))
    std::sort(resources.begin(), resources.end(), by_name);
  const auto twice = std::adjacent_find(
      resources.begin(), resources.end(),
      [](const Resource& a, const Resource& b) { return a.name == b.name; });
  if (twice != resources.end())
    return fail(ErrorKind::invalid_input, "'", twice->name,
                "' is listed twice");
  return {};
}

Sha256Digest root_digest(const std::vector<Resource>& resources) {
  Bytes joined;
  joined.reserve(resources.size() * Sha256Digest::kSize);
  for (const Resource& resource : resources) {
    const ByteView digest = resource.digest.view();
    joined.insert(joined.end(), digest.begin(), digest.end());
  }
  return sha256(joined);
}

Result<void> check_canonical_path(std::string_view path) {
  if (!is_utf8(path))
    return fail(ErrorKind::invalid_input, "path '", printable(path),
                "' is not valid UTF-8");
  if (path.find('\0') != std::string_view::npos)
    return fail(ErrorKind::invalid_input, "path with a NUL byte");
  std::string_view rest = path;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..")
      return fail(ErrorKind::invalid_input, "path '", path,
                  "' is not canonical");
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

Result<ShardName> parse_shard_name(std::string_view name) {
  const std::size_t second = name.rfind(':');
  const std::size_t first = second == std::string_view::npos || second == 0
                                ? std::string_view::npos
                                : name.rfind(':', second - 1);
  if (first != std::string_view::npos) {
    const auto start = parse_offset(name.substr(first + 1, second - first - 1));
    const auto end = parse_offset(name.substr(second + 1));
    if (start && end && *start < *end)
      return ShardName{name.substr(0, first), *start, *end};
  }
  return fail(ErrorKind::invalid_input, "'", name,
              "' is not a shard name (path:start:end)");
}

std::string shard_name(std::string_view path, std::int64_t start,
                       std::int64_t end) {
  return concat(path, ":", start, ":", end);
}

Difference compare(const Manifest& signed_manifest, const Manifest& actual) {
  std::map<std::string, PathState> paths;
  const auto& left = signed_manifest.resources;
  const auto& right = actual.resources;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    const bool only_left =
        j == right.size() || (i < left.size() && left[i].name < right[j].name);
    const bool only_right =
        i == left.size() || (j < right.size() && right[j].name < left[i].name);
    if (only_left) {
      paths[path_of(signed_manifest, left[i++].name)].missing = true;
    } else if (only_right) {
      paths[path_of(actual, right[j++].name)].extra = true;
    } else {
      const bool same = left[i].digest == right[j].digest;
      // Only shards need to know of equal ones: a path is judged as a whole.
      if (!same || signed_manifest.parameters.method == Method::shards) {
        PathState& state = paths[path_of(actual, right[j].name)];
        (same ? state.same : state.changed) = true;
      }
      ++i;
      ++j;
    }
  }
  Difference difference;
  for (const auto& [path, state] : paths) {
    const bool both = (state.missing && state.extra) ||
                      (state.same && (state.missing || state.extra));
    if (state.changed || both)
      difference.changed.push_back(path);
    else if (state.missing)
      difference.missing.push_back(path);
    else if (state.extra)
      difference.extra.push_back(path);
  }
  return difference;
}

Result<void> check_no_difference(const Difference& difference) {
  if (difference.empty()) return {};
  constexpr std::size_t kShown = 3;
  std::vector<std::string> all;
  for (const auto& path : difference.changed) all.push_back("changed " + path);
  for (const auto& path : difference.missing) all.push_back("missing " + path);
  for (const auto& path : difference.extra) all.push_back("extra " + path);
  std::string message = "does not match its signature: ";
  for (std::size_t i = 0; i < std::min(all.size(), kShown); ++i)
    message += (i == 0 ? "" : ", ") + all[i];
  if (all.size() > kShown)
    message += concat(" (+", all.size() - kShown, " more)");
  return Error{ErrorKind::content_differs, std::move(message), std::move(all)};
}

}  // namespace sigstore
