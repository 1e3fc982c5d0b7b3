// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "core/http/message.h"

namespace sigstore::http {

// How long a service asks us to wait before the next try: with 429 until the
// quota is new of which RateLimit says that nothing is left, otherwise as many
// seconds as Retry-After has. Never more than a day: what asks for that long
// means no. Pure.
std::optional<std::chrono::seconds> asked_wait(const Response& answer);

}  // namespace sigstore::http
