// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/byte_span.h"

#include <algorithm>

#include "hub-client/hub/decimal.h"

namespace sigstore::hub {
RangeAnswer answer_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const RangeAnswer all{200, {0, size}};
  if (!header.starts_with(kUnit)) return all;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return all;
  const std::string_view last_text = header.substr(dash + 1);
  const auto first = parse_decimal(header.substr(0, dash));
  const auto last = parse_decimal(last_text);
  if (dash == 0) {  // the last so many
    if (!last) return all;
    if (*last == 0 || size == 0) return {416, {}};
    return {206, {size - std::min(*last, size), size}};
  }
  if (!first || (!last && !last_text.empty()) || (last && *last < *first))
    return all;
  if (*first >= size) return {416, {}};
  return {206, {*first, last ? std::min(*last, size - 1) + 1 : size}};
}

}  // namespace sigstore::hub
