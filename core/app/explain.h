// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/base/trace.h"

namespace sigstore {

// The decisions of a check, in order; a refusal is the last one.

// On stdout, numbered: the rule, on what, by which clause, with what outcome.
void print_trace(const Trace& trace);

// [{"step": 1, "rule", "source", "input", "passed", "outcome"}, ...]
Json trace_json(const Trace& trace);

}  // namespace sigstore
