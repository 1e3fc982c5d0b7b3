// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/base/time.h"

// Private to trust/: what its files have in common.
namespace sigstore {

// A TimeRange: RFC 3339 `start` and `end`, each of which may be absent, as the
// member may. Refuses an end before the start.
Result<ValidityPeriod> validity_member(const Json& object,
                                       std::string_view name);

// The array member (absent: none) with at most limits::kAuthorities elements.
Result<const Json*> list_member(const Json& object, std::string_view name);

// An enum by its name or its number, as protobuf JSON has it: the name, or the
// number in decimal; "0" when it is absent.
Result<std::string> enum_member(const Json& object, std::string_view name);

}  // namespace sigstore
