// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/trust/signing_config.h"

namespace sigstore {

// Services of one kind. `any`: one of them, in this order until one answers;
// otherwise every one.
struct ServiceGroup {
  std::vector<Service> services;
  bool any = false;
};

// Whom to ask for one signature.
struct SigningServices {
  Service certificate_authority;
  ServiceGroup tlogs;  // of one API version
  ServiceGroup timestamp_authorities;
};

// The services of a signing config that are to be used at `now` (sigstore.md
// 3.2). A log of version 2 states no time: without a timestamp authority it is
// an error.
Result<SigningServices> choose_services(const SigningConfig& config,
                                        Timestamp now);

}  // namespace sigstore
