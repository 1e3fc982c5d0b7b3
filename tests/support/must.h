// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

// Ends the test, or the program, where a test double cannot go on. Doubles
// that programs use too do without Catch2.
inline void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}
