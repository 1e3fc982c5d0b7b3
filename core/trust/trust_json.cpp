// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_json.h"

#include <optional>

#include "core/base/limits.h"

namespace sigstore {
namespace {

Result<std::optional<std::int64_t>> time_member(const Json& object,
                                                std::string_view name) {
  if (find_member(object, name) == nullptr)
    return std::optional<std::int64_t>();
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  const std::optional<std::int64_t> time = parse_rfc3339_ms(text);
  if (!time)
    return fail(ErrorKind::invalid_input, "'", name, "' is not a time");
  return time;
}

}  // namespace

Result<ValidityPeriod> validity_member(const Json& object,
                                       std::string_view name) {
  ValidityPeriod period;
  if (find_member(object, name) == nullptr) return period;
  TRY_ASSIGN(const Json* range, object_member(object, name));
  TRY_ASSIGN(period.start_ms, time_member(*range, "start"));
  TRY_ASSIGN(period.end_ms, time_member(*range, "end"));
  if (period.start_ms && period.end_ms && *period.end_ms < *period.start_ms)
    return fail(ErrorKind::invalid_input, "'", name, "' ends before it starts");
  return period;
}

Result<const Json*> list_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(const Json* list, optional_array(object, name));
  if (list->size() > limits::kAuthorities)
    return fail(ErrorKind::invalid_input, "'", name, "' has more than ",
                limits::kAuthorities, " elements");
  return list;
}

Result<std::string> enum_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return std::string("0");
  if (member->is_string()) return member->get<std::string>();
  TRY_ASSIGN(const std::int64_t number, int64_member(object, name));
  return std::to_string(number);
}

}  // namespace sigstore
