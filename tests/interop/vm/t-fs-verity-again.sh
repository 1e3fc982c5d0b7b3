#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is known after a restart of the machine that t-fs-verity.sh ran on.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/../../e2e/testlib.sh"
# shellcheck source=tests/interop/vm/veritylib.sh
. "$(dirname "$0")/veritylib.sh"

begin_test "what was protected is known after a restart, and nothing else"
(
  set -eu -o pipefail
  cd "$kept"
  export HOME=$kept/home
  knows 2 verify
  # The third one is known now as well, by its times.
  sleep 3
  knows 3 verify
  knows 0 verify --paranoid
)
end_test
