// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/app/exit_code.h"
#include "core/app/trust_instance.h"
#include "core/base/result.h"

namespace sigstore::hub {

// `action` with the repository at `url` on the network, and its outcome
// printed.
ExitCode follow_instance(
    const std::string& url, bool json,
    const std::function<Result<InstanceTrust>(TufRepository&)>& action);

}  // namespace sigstore::hub
