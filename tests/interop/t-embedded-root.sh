#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The roots of trust that the programs come with are those of the package they
# name, which is downloaded again to see.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/../e2e/testlib.sh"
source_dir=$(cd "$(dirname "$0")/../.." && pwd)

# take_roots: the sources that the script knows, in a folder of their own.
take_roots() {
  mkdir -p scripts core/trust core/crypto
  cp "$source_dir/scripts/trusted_root" scripts
  cp "$source_dir"/core/trust/embedded_{,staging_}root.cpp core/trust
  cp "$source_dir/core/crypto/checked_certificates.cpp" core/crypto
}

begin_test "the embedded roots are those of the package they name"
(
  set -e
  take_roots
  status=0
  out=$(scripts/trusted_root --check 2>&1) || status=$?
  echo "$out"
  if [[ $out == *"pip did not download"* && $out != *"NOT MATCH"* ]]; then
    not_run "$out"
    exit 0
  fi
  [ "$status" -eq 0 ] || fail "exit code $status"
  assert_contains "trusted_root: embedded_root.cpp as in sigstore "
  assert_contains "trusted_root: embedded_staging_root.cpp as in sigstore "
  # One character of one key.
  sed -i '0,/"rawBytes": "MFk/s//"rawBytes": "MFl/' core/trust/embedded_root.cpp
  assert_exit 1 scripts/trusted_root --check
  assert_contains "core/trust/embedded_root.cpp is not of sigstore "
  # One character of what is known of their certificates.
  cp "$source_dir/core/trust/embedded_root.cpp" core/trust
  assert_exit 0 scripts/trusted_root --check
  sed -i '0,/{"[0-9a-f]/s//{"Z/' core/crypto/checked_certificates.cpp
  assert_exit 1 scripts/trusted_root --check
  assert_contains "core/crypto/checked_certificates.cpp is not of these roots"
  # A package of another hash is not looked at.
  sed -i 's/^SHA256 = "./SHA256 = "f/' scripts/trusted_root
  assert_exit 1 scripts/trusted_root --check
  assert_contains "DO NOT MATCH THE HASHES"
)
end_test
