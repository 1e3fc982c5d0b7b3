// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/partial_sidecar.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/json.h"
#include "hub-client/hub/decimal.h"

namespace sigstore::hub {
namespace {

Error damaged(std::string_view what) {
  return fail(ErrorKind::invalid_input, "a damaged sidecar: ", what);
}

std::optional<std::uint64_t> parse_offset(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  return parse_decimal(value.get_ref<const std::string&>());
}

Result<ByteRange> parse_range(const Json& value) {
  if (!value.is_array() || value.size() != 2) return damaged("its ranges");
  const auto start = parse_offset(value[0]);
  const auto end = parse_offset(value[1]);
  if (!start || !end || *start >= *end) return damaged("its ranges");
  return ByteRange{*start, *end};
}

}  // namespace

std::string encode_sidecar(const PartialSidecar& sidecar) {
  Json ranges = Json::array();
  for (const ByteRange& range : sidecar.have.list()) {
    if (ranges.size() == kPartialRanges) break;
    ranges.push_back({std::to_string(range.start), std::to_string(range.end)});
  }
  return dump_json({{"version", 1},
                    {"etag", sidecar.etag},
                    {"size", std::to_string(sidecar.size)},
                    {"ranges", std::move(ranges)}}) +
         "\n";
}

Result<PartialSidecar> parse_sidecar(ByteView json) {
  if (json.size() > kPartialSidecar) return damaged("too long");
  TRY_ASSIGN(const Json root, parse_json(as_text(json)));
  const Json* version = find_member(root, "version");
  if (version == nullptr || !version->is_number_integer())
    return damaged("no version");
  if (*version != 1)
    return fail(ErrorKind::unsupported, "a sidecar of another version");
  TRY(check_members(root, {"version", "etag", "size", "ranges"}));
  PartialSidecar sidecar;
  TRY_ASSIGN(const std::string_view etag, string_member(root, "etag"));
  sidecar.etag = etag;
  const Json* size = find_member(root, "size");
  const auto bytes = size == nullptr ? std::nullopt : parse_offset(*size);
  if (!bytes) return damaged("its size");
  sidecar.size = *bytes;
  TRY_ASSIGN(const Json* ranges, array_member(root, "ranges"));
  if (ranges->size() > kPartialRanges) return damaged("too many ranges");
  std::uint64_t last = 0;
  for (const Json& item : *ranges) {
    TRY_ASSIGN(const ByteRange range, parse_range(item));
    const bool follows = sidecar.have.list().empty() || range.start > last;
    if (!follows || range.end > sidecar.size) return damaged("its ranges");
    sidecar.have.add(range);
    last = range.end;
  }
  return sidecar;
}

}  // namespace sigstore::hub
