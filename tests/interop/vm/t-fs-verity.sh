#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Models that the file system keeps from changing, where it can.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/../../e2e/testlib.sh"
# shellcheck source=tests/interop/vm/veritylib.sh
. "$(dirname "$0")/veritylib.sh"

begin_test "verified files never change again, and are not read again"
(
  set -eu -o pipefail
  weigh_model
  sleep 3
  knows 0 verify --fs-verity
  grep -q '"frozen": true' out.json
  for file in m/*.safetensors m/config.json; do
    lsattr "$file" | cut -d ' ' -f 1 | grep -q V
    if printf X 2>/dev/null | dd of="$file" conv=notrunc status=none 2>err; then
      fail "$file was written to"
    fi
    assert_contains "Operation not permitted" "$(cat err)"
  done
  # Whatever happens to their times and names.
  touch m/*.safetensors
  knows 3 verify
  mv m/a.safetensors kept
  cp kept m/a.safetensors
  rm kept
  knows 2 verify
  assert_exit 0 verify --fs-verity
  assert_contains "protected: these files can be deleted, and never change"
  knows 3 verify
  # Replaced by others that are protected as well.
  head -c 300000 /dev/urandom >other
  mv other m/b.safetensors
  hf-sigstore sign m --key alice.key
  hf-sigstore verify m --key alice.pub --fs-verity
  cp m/c.safetensors other
  mv m/b.safetensors m/c.safetensors
  mv other m/b.safetensors
  assert_exit 1 verify
  assert_contains "changed b.safetensors, changed c.safetensors"
)
end_test

begin_test "what changed since it was hashed is read again, and judged"
(
  set -eu -o pipefail
  weigh_model
  # Too new to be remembered by their times.
  knows 0 verify --fs-verity
  knows 3 verify
  knows 3 hf-sigstore digest m
  knows 0 hf-sigstore digest m --hash blake3
  knows 3 hf-sigstore digest m --hash blake3
  assert_eq "$(hf-sigstore digest m)" "$(hf-sigstore digest m --paranoid)"
)
end_test

begin_test "a model that does not verify is left as it is"
(
  set -eu -o pipefail
  weigh_model
  printf X >>m/c.safetensors
  assert_exit 1 verify --fs-verity
  for file in m/*; do
    if lsattr "$file" | cut -d ' ' -f 1 | grep -q V; then fail "$file"; fi
  done
  printf X >>m/a.safetensors
)
end_test

begin_test "a file that somebody may write to is not protected"
(
  set -eu -o pipefail
  weigh_model
  exec 7<>m/b.safetensors
  assert_exit 4 verify --fs-verity
  assert_contains "hf-sigstore: verified, and not protected: cannot protect b.safetensors: a program has it open for writing"
  exec 7>&-
  assert_exit 0 verify --fs-verity
)
end_test

begin_test "a disk that changes under a protected file is noticed"
(
  set -eu -o pipefail
  # A file system of its own, to write to beside it.
  truncate -s 64M disk
  mkfs.ext4 -q -b 4096 -O verity disk
  mkdir mounted
  mount -o loop disk mounted
  weigh_model
  python3 -c 'print("weights " * 40000)' >m/a.safetensors
  hf-sigstore sign m --key alice.key
  cp -r m mounted/m
  sync
  hf-sigstore verify mounted/m --key alice.pub --fs-verity
  umount mounted
  # The content, and nothing else.
  sed -i 's/weights weights/weights Weights/' disk
  mount -o loop disk mounted
  assert_exit 4 hf-sigstore verify mounted/m --key alice.pub --paranoid
  assert_contains "a.safetensors"
  umount mounted
)
end_test

begin_test "kept for the next start of this machine"
(
  set -eu -o pipefail
  mkdir -p "$kept/home"
  cd "$kept"
  export HOME=$kept/home
  weigh_model
  mv m/c.safetensors /var/c
  hf-sigstore sign m --key alice.key
  sleep 3
  verify --fs-verity
  mv /var/c m/c.safetensors
  hf-sigstore sign m --key alice.key
  sleep 3
  verify
  knows 3 verify
)
end_test
