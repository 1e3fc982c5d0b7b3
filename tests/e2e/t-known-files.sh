#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Files that did not change since they were hashed are not read again, and
# every run says so; whatever is wrong with what is remembered, they are read.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# Where the times of files say nothing, all is read every time.
case $(stat -f -c %T .) in
  ext2/ext3 | xfs | btrfs) remembers=1 ;;
  *) remembers=0 ;;
esac

# weigh_model: two weights that are worth remembering, and a small file; left
# alone for long enough.
weigh_model() {
  mkdir m
  head -c 300000 /dev/urandom >m/a.safetensors
  head -c 200000 /dev/urandom >m/b.safetensors
  echo '{}' >m/config.json
  hf-sigstore keygen --no-password alice
  hf-sigstore sign m --key alice.key
  sleep 3
}
cache_files() { find "$HOME/.cache/hf-sigstore/digests" -type f; }

# knows FILES COMMAND...: it says yes, and did not read so many files.
knows() {
  local -
  set +x
  local expected=$1
  shift
  "$@" --json >out.json || fail "exit $?: $*"
  python3 -c 'import json, sys
known = json.load(open("out.json"))["known"]
wanted = int(sys.argv[1]) * int(sys.argv[2])
sys.exit(known["files"] != wanted or ("since" in known) != (wanted > 0))' \
    "$expected" "$remembers" || fail "not $expected: $(cat out.json)"
}
verify() { hf-sigstore verify m --key alice.pub "$@"; }

begin_test "files that did not change are not read again, and every verb says so"
(
  set -eu -o pipefail
  weigh_model
  # What was changed just before is not remembered.
  knows 0 verify
  knows 2 verify
  knows 2 hf-sigstore digest m
  digest=$(hf-sigstore digest m 2>err)
  assert_eq "$digest" "$(hf-sigstore digest m --paranoid)"
  knows 2 hf-sigstore sign m --key alice.key
  knows 2 verify
  if [ "$remembers" = 1 ]; then
    assert_contains "not read again: 2 of 3 files, 500.0 kB" "$(cat err)"
    assert_exit 0 verify
    assert_contains "not read again: 2 of 3 files, 500.0 kB, unchanged since they were hashed, 20"
    assert_exit 0 hf-sigstore sign m --key alice.key
    assert_contains "not read again: 2 of 3 files"
  fi
  # Every byte, and nothing is remembered of it.
  rm -r "$HOME/.cache"
  knows 0 verify --paranoid
  knows 0 verify --paranoid
  knows 0 verify
  # From another place, the same folder.
  mv m elsewhere
  knows 2 hf-sigstore verify elsewhere --key alice.pub
)
end_test

begin_test "what was changed is read, and refused"
(
  set -eu -o pipefail
  weigh_model
  knows 0 verify
  # In its place, with the times that it had.
  cp -p m/a.safetensors kept
  printf X | dd of=m/a.safetensors bs=1 seek=1000 conv=notrunc status=none
  touch -r kept m/a.safetensors
  assert_exit 1 verify
  assert_contains "changed a.safetensors"
  # By another file of the same size and times.
  cp -p m/a.safetensors swapped
  touch -r kept swapped
  cp -p kept m/a.safetensors
  sleep 3
  knows 1 verify
  knows 2 verify
  mv swapped m/a.safetensors
  assert_exit 1 verify
  # The one that was signed comes back.
  cp -p kept m/a.safetensors
  knows 1 verify
)
end_test

begin_test "another algorithm and other shards are read for their own digests"
(
  set -eu -o pipefail
  weigh_model
  knows 0 hf-sigstore digest m --hash blake2b
  knows 2 hf-sigstore digest m --hash blake2b
  knows 0 hf-sigstore digest m
  knows 0 hf-sigstore digest m --method shards --shard-size 100000
  knows 2 hf-sigstore digest m --method shards --shard-size 100000
  knows 0 hf-sigstore digest m --method shards --shard-size 50000
  # They stand side by side.
  knows 2 hf-sigstore digest m
  knows 2 hf-sigstore digest m --hash blake2b
)
end_test

begin_test "a cache that is damaged, or of another key, is as good as none"
(
  set -eu -o pipefail
  weigh_model
  knows 0 verify
  [ "$remembers" = 1 ] || exit 0
  file=$(cache_files)
  key=$HOME/.local/share/hf-sigstore/digests.key
  assert_eq "600 600" "$(stat -c %a "$file") $(stat -c %a "$key")"
  cp "$file" good
  size=$(stat -c %s good)
  for at in 0 30 60 $((size - 40)) $((size - 1)); do
    cp good "$file"
    byte=$(od -An -tu1 -j "$at" -N 1 good)
    printf "\\x$(printf %x $((byte ^ 1)))" |
      dd of="$file" bs=1 seek="$at" conv=notrunc status=none
    knows 0 verify
  done
  for length in 0 1 28 60 $((size / 2)) $((size - 1)); do
    head -c "$length" good >"$file"
    knows 0 verify
  done
  head -c 20000000 /dev/zero >"$file"
  knows 0 verify
  # It was written anew each time.
  knows 2 verify
  # The key of somebody else, one that others may read, and none.
  cp "$key" kept
  head -c 32 /dev/urandom >"$key"
  knows 0 verify
  knows 2 verify
  chmod 644 "$key"
  knows 0 verify
  knows 0 verify
  chmod 600 "$key"
  head -c 31 kept >"$key"
  knows 0 verify
  rm "$key"
  knows 0 verify
  assert_eq 32 "$(stat -c %s "$key")"
  knows 2 verify
)
end_test

begin_test "without a place to remember in, all is read"
(
  set -eu -o pipefail
  weigh_model
  mkdir "$HOME/.cache"
  echo x >"$HOME/.cache/hf-sigstore"
  knows 0 verify
  knows 0 verify
  XDG_CACHE_HOME=/proc/none knows 0 verify
  export XDG_CACHE_HOME=$PWD/cache
  knows 0 verify
  knows 2 verify
  rm -rf "$HOME/.local"
  echo x >"$HOME/.local"
  knows 0 verify
  knows 0 verify
)
end_test

begin_test "several at once do not disturb each other"
(
  set -eu -o pipefail
  weigh_model
  for i in 1 2 3 4 5 6; do
    verify >"log.$i" 2>&1 &
  done
  for _ in 1 2 3 4 5 6; do wait -n; done
  for i in 1 2 3 4 5 6; do grep -q '^verified: 3 resources' "log.$i"; done
  knows 2 verify
)
end_test

begin_test "where nothing can keep files from changing, that is no success"
(
  set -eu -o pipefail
  weigh_model
  # Memory has no fs-verity.
  kept=$(mktemp -d /dev/shm/t-known-files.XXXXXX)
  trap 'rm -r "$kept"' EXIT
  cp -r m "$kept/m"
  assert_exit 4 hf-sigstore verify "$kept/m" --key alice.pub --fs-verity
  assert_contains "hf-sigstore: verified, and not protected: nothing can keep "
  assert_contains " from changing: fs-verity takes a kernel that has it"
  assert_exit 0 hf-sigstore verify "$kept/m" --key alice.pub
  # What does not verify is not asked about.
  printf X >>"$kept/m/a.safetensors"
  assert_exit 1 hf-sigstore verify "$kept/m" --key alice.pub --fs-verity
  assert_contains "changed a.safetensors"
)
end_test

begin_test "a pull knows what is in the cache, and cache verify reads it"
(
  set -eu -o pipefail
  start_hub
  publish alice
  head -c 100000 /dev/urandom >work/model-00001-of-00002.safetensors
  git -C work commit -qam "Train more"
  git -C work push -q
  trusting bob alice
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf
  hf-sigstore pull org/m
  snapshot=$(hf-sigstore pull org/m -q --paranoid)
  sleep 3
  knows 0 hf-sigstore pull org/m --offline --paranoid
  knows 0 hf-sigstore pull org/m --offline
  knows 1 hf-sigstore pull org/m --offline
  knows 1 hf-sigstore pull org/m
  weights=$(readlink -f "$snapshot/model-00001-of-00002.safetensors")
  cp -p "$weights" kept
  chmod u+w "$weights"
  printf X | dd of="$weights" bs=1 seek=20 conv=notrunc status=none
  touch -r kept "$weights"
  assert_exit 1 hf-sigstore pull org/m --offline
  assert_contains "model-00001-of-00002.safetensors is not what was signed"
  assert_exit 1 hf-sigstore cache verify org/m --key "$(public_key alice)"
)
end_test
