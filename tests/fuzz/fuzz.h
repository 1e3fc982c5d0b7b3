// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/base/bytes.h"

// The entry point of libFuzzer; each target defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace sigstore {

// Ends the program, so that libFuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Called by each target with what its parser said. Seeds state what they are:
// with FUZZ_REQUIRE_PARSE=1 every input must parse, with =0 none may. Without
// this a broken seed would silently fuzz nothing but the first refusal.
inline int finish(bool parsed) {
  const char* expected = std::getenv("FUZZ_REQUIRE_PARSE");
  if (expected == nullptr) return 0;
  if (std::string_view(expected) == "1")
    require(parsed, "the seed parses");
  else
    require(!parsed, "the seed is refused");
  return 0;
}

}  // namespace sigstore
