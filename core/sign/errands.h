// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/http/client.h"
#include "core/trust/signing_config.h"

namespace sigstore {

// One answer that is needed, from the first of some services that gives it.
struct Errand {
  const char* role;               // "transparency log"
  std::vector<Service> services;  // at least one
  std::function<Result<http::Request>(const Service&)> ask;
  // Takes the answer; a request where there is more to ask of that service.
  std::function<Result<std::optional<http::Request>>(const Service&,
                                                     http::Response)>
      take;
};

// Runs all of them side by side. A service that does not answer, or is out of
// order, gives way to the next one of its errand; every other error, and the
// last service's, ends it all. What was said before is in the details.
Result<void> run_errands(http::Client& client, std::span<const Errand> errands);

}  // namespace sigstore
