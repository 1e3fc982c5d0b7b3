#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The cache and --local-dir on file systems that are full or may only be read,
# and under two processes at a time. store-tool stands for a pull.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

commit=$(printf 'a%.0s' {1..40})

# model: ./m, of some 300 kB.
model() {
  mkdir -p m/sub
  echo '{"model_type": "tiny"}' >m/config.json
  head -c 300000 /dev/urandom >m/model.safetensors
  echo more >m/sub/more.txt
}

# disk SIZE: a file system of its own in ./disk, which ends with the test.
disk() {
  mkdir disk
  if [ "$EUID" -ne 0 ] || ! mount -t tmpfs -o "size=$1" tmpfs disk; then
    not_run "a file system of one's own needs root"
    exit 0
  fi
  trap 'status=$?; umount -l "$TEST_DIR/disk"; (exit $status); _leave_test' EXIT
}

# visible: what a reader of the cache would take for a file or a revision.
visible() {
  find disk -path '*/snapshots/*' ! -type d -o -path '*/refs/*' -type f |
    sort
}

begin_test "a disk that is full: said in a line, nothing half visible, and on again"
(
  set -eu -o pipefail
  model
  disk 16m
  fill=1
  for pages in 0 1 2 4 8 16 32 64 70 74 78 82 86 90 94 98; do
    rm -rf disk/*
    mkdir disk/cache
    free=$(($(stat -f -c %a disk) - pages))
    dd if=/dev/zero of=disk/filler bs=4096 count="$free" status=none
    status=0
    out=$(store-tool put disk/cache org/m "$commit" main m 2>&1) || status=$?
    echo "$pages pages: $status $out"
    rm disk/filler
    [ "$status" -ne 0 ] || { fill=0; break; }
    assert_contains "No space left on device"
    assert_eq 1 "$(wc -l <<<"$out")"
    # Each file that is seen is whole, and no revision is named yet.
    assert_missing disk/cache/models--org--m/refs/main
    visible | while read -r file; do
      cmp "$file" "m/${file#*"$commit"/}"
    done
    assert_exit 0 store-tool put disk/cache org/m "$commit" main m
    diff -r m "disk/cache/models--org--m/snapshots/$commit"
    assert_eq "" "$(find disk -name '*.incomplete' -o -name '*.tmp')"
  done
  assert_eq 0 "$fill"
)
end_test

begin_test "a cache that may only be read serves what it has"
(
  set -eu -o pipefail
  model
  disk 16m
  store-tool put disk/cache org/m "$commit" main m
  mount -o remount,ro "$PWD/disk"
  assert_exit 0 store-tool adopt disk/cache org/m "$commit" main m
  assert_exit 0 store-tool adopt disk/cache org/m "$commit" other-name m
  assert_exit 0 store-tool look disk/cache org/m main
  assert_contains "intact model.safetensors"
  echo new >m/new
  assert_exit 1 store-tool put disk/cache org/m "$commit" main m
  assert_contains "Read-only file system"
)
end_test

begin_test "two pulls at a time: both succeed, and nothing is left over"
(
  set -eu -o pipefail
  model
  for round in 1 2 3; do
    rm -rf cache local
    pids=""
    for i in 1 2 3 4; do
      store-tool put cache org/m "$commit" main m >"$i.log" 2>&1 &
      pids="$pids $!"
      store-tool put-folder local "$commit" m >"local.$i.log" 2>&1 &
      pids="$pids $!"
    done
    for pid in $pids; do
      wait "$pid" || fail "round $round: $(cat ./*.log)"
    done
    diff -r m "cache/models--org--m/snapshots/$commit"
    diff -r --exclude=.cache m local
    assert_eq "" "$(find cache local -name '*.incomplete' -o -name '*.tmp')"
  done
)
end_test

begin_test "what differs in a folder is put right, what is right is left alone"
(
  set -eu -o pipefail
  model
  store-tool put-folder local "$commit" m
  touch -d '2001-01-01' local/sub/more.txt
  echo changed >local/config.json
  assert_exit 0 store-tool put-folder local "$commit" m
  diff -r --exclude=.cache m local
  assert_eq 2001 "$(date -r local/sub/more.txt +%Y)"
)
end_test
