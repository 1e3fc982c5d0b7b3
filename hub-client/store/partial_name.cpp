// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/partial_name.h"

#include <algorithm>

#include "core/base/error.h"

namespace sigstore::hub {
namespace {

constexpr std::string_view kMark = ".hfsig-";
constexpr std::string_view kEnd = ".incomplete";
constexpr std::string_view kSidecarEnd = ".json.incomplete";
constexpr std::size_t kDigits = 8;

bool is_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::string partial_name(std::string_view stem, std::string_view random) {
  return concat(stem, kMark, random, kEnd);
}

std::string sidecar_name(std::string_view partial) {
  if (partial.ends_with(kEnd)) partial.remove_suffix(kEnd.size());
  return concat(partial, kSidecarEnd);
}

std::optional<PartialName> parse_partial_name(std::string_view name) {
  const bool is_sidecar = name.ends_with(kSidecarEnd);
  if (!name.ends_with(kEnd)) return std::nullopt;
  name.remove_suffix(is_sidecar ? kSidecarEnd.size() : kEnd.size());
  const std::size_t tail = kMark.size() + kDigits;
  if (name.size() <= tail) return std::nullopt;
  const std::string_view random = name.substr(name.size() - kDigits);
  const std::string_view stem = name.substr(0, name.size() - tail);
  if (name.substr(stem.size(), kMark.size()) != kMark ||
      !std::all_of(random.begin(), random.end(), is_digit))
    return std::nullopt;
  return PartialName{std::string(stem), std::string(random), is_sidecar};
}

}  // namespace sigstore::hub
