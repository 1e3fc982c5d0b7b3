// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/base/result.h"

namespace sigstore {

// One side of a conversation: where it is heard, and where it is answered.
struct RawEnd {
  int in = -1;
  int out = -1;
};

// Passes bytes in both directions until `far` has no more to say. Once `near`
// has none, `near_ended` tells the other side, and it may still answer.
Result<void> copy_raw(const RawEnd& near, const RawEnd& far,
                      const std::function<void()>& near_ended);

}  // namespace sigstore
