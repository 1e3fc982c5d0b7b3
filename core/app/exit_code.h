// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

namespace sigstore {

// The only table of exit codes. git chooses its own where it calls us (128
// for a refused clone or fetch, 1 for a refused push).
enum class ExitCode : int {
  yes = 0,              // verified, signed, done
  no = 1,               // refused: any kind of "no"
  usage = 2,            // the command line is wrong
  unsigned_passed = 3,  // not signed, and policy lets it pass
  could_not_tell = 4,   // neither yes nor no
  partial = 5,          // what was asked for is verified, the rest not fetched
};

inline ExitCode exit_code(ErrorKind kind) {
  return is_refusal(kind) ? ExitCode::no : ExitCode::could_not_tell;
}

}  // namespace sigstore
