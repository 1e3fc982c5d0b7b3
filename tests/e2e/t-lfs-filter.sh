#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The verifying filter: what git-lfs hands out is hashed before git creates
# the file. git-lfs itself compares only sizes in its cache.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

shard=model-00001-of-00002.safetensors
other=model-00002-of-00002.safetensors

# strict NAME: this reader hashes what is checked out.
strict() {
  trusting "$1" alice
  git sigstore install --host "$HUB_URL" --strict >/dev/null
}

# poison REPOSITORY FILE [BYTES]: the cached object of ./work's FILE becomes
# something else, of the same size unless BYTES is given.
poison() {
  oid=$(sha256sum "work/$2" | cut -d ' ' -f 1)
  object=$1/.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid
  size=$(stat -c %s "work/$2")
  mkdir -p "${object%/*}"
  chmod -f u+w "$object" || true
  head -c "${3:-$size}" /dev/zero >"$object"
}

prepare() {
  start_hub
  publish alice
}

begin_test "a poisoned cache: git and git-lfs check it out, the filter refuses"
(
  set -eu -o pipefail
  prepare
  # Without the filter, verified by us or not: size is all that is looked at.
  trusting bob alice
  git clone -q "$HUB_URL/org/m" plain
  poison plain "$shard"
  rm "plain/$shard"
  git -C plain checkout -q -- "$shard"
  cmp "plain/$shard" <(head -c "$(stat -c %s "work/$shard")" /dev/zero)
  # With it no file is created, by checkout or by a merge.
  strict carol
  git clone -q "$HUB_URL/org/m" copy
  assert_same_file "work/$shard" "copy/$shard"
  poison copy "$shard"
  rm "copy/$shard"
  assert_exit 128 git -C copy checkout -- "$shard"
  assert_contains "sigstore: $shard: content does not match the signed sha256"
  assert_contains "smudge filter lfs failed"
  assert_missing "copy/$shard"
  # Nothing but the object was wrong.
  rm "$object"
  git -C copy checkout -q -- "$shard"
  assert_same_file "work/$shard" "copy/$shard"
)
end_test

begin_test "a cached object of another size: git-lfs fails once, then fetches it"
(
  set -eu -o pipefail
  prepare
  strict bob
  git clone -q "$HUB_URL/org/m" copy
  poison copy "$shard" 77
  rm "copy/$shard"
  assert_exit 128 git -C copy checkout -- "$shard"
  assert_contains "smudge filter lfs failed"
  # Its own failure, not a finding of ours.
  refute_contains "sigstore: "
  assert_missing "copy/$shard"
  git -C copy checkout -q -- "$shard"
  assert_same_file "work/$shard" "copy/$shard"
)
end_test

begin_test "a shared storage that somebody else poisoned"
(
  set -eu -o pipefail
  prepare
  trusting bob alice
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" storage
  poison storage "$shard"
  mv storage/.git/lfs shared
  git config --global lfs.storage "$PWD/shared"
  git clone -q "$HUB_URL/org/m" plain
  assert_eq "" "$(tr -d '\0' <"plain/$shard" | head -c 10)"
  strict carol
  git config --global lfs.storage "$PWD/shared"
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_contains "$shard: content does not match the signed sha256"
  assert_contains "checkout failed"
  assert_missing "copy/$shard"
)
end_test

begin_test "delayed, cached and mixed files arrive as they were signed"
(
  set -eu -o pipefail
  prepare
  strict bob
  # Delayed: none is in the cache, git-lfs fetches all at once.
  GIT_TRACE_PACKET=$PWD/trace git clone -q "$HUB_URL/org/m" copy
  grep -q "status=delayed" trace || fail "nothing was delayed"
  grep -q "list_available_blobs" trace || fail "git did not ask again"
  for file in "$shard" "$other" config.json; do
    assert_same_file "work/$file" "copy/$file"
  done
  # Cached: no request.
  rm copy/*.safetensors
  hub_forget_requests
  git -C copy checkout -q -- .
  refute_contains "/info/lfs/" "$(hub_requests)"
  assert_same_file "work/$shard" "copy/$shard"
  # Mixed: one is cached and poisoned, the other one fetched.
  oid=$(sha256sum "work/$other" | cut -d ' ' -f 1)
  rm -f copy/*.safetensors "copy/.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid"
  poison copy "$shard"
  assert_exit 128 git -C copy checkout -- .
  assert_contains "$shard: content does not match the signed sha256"
  assert_missing "copy/$shard"
  assert_eq "" "$(git -C copy status --porcelain --untracked-files=all |
    grep -v '^ D')"
)
end_test

begin_test "pointers stay where git-lfs was told to leave them, only there"
(
  set -eu -o pipefail
  prepare
  strict bob
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" copy
  assert_eq "" "$(git -C copy status --porcelain)"
  assert_contains "oid sha256:" "$(cat "copy/$shard")"
  git -c lfs.fetchexclude="$shard" clone -q "$HUB_URL/org/m" partly
  assert_contains "oid sha256:" "$(cat "partly/$shard")"
  assert_same_file "work/$other" "partly/$other"
  # What the repository itself tells git-lfs counts for nothing.
  git -C copy lfs pull
  git -C copy config -f .lfsconfig lfs.fetchexclude "*"
  rm "copy/$shard"
  assert_exit 128 git -C copy checkout -- "$shard"
  assert_contains "$shard: git-lfs left the pointer in place of the file"
  assert_missing "copy/$shard"
)
end_test

begin_test "clean, plain content and empty files pass through"
(
  set -eu -o pipefail
  prepare
  signer bob
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)" >/dev/null
  git sigstore install --host "$HUB_URL" --strict >/dev/null
  git clone -q "$HUB_URL/org/m" copy
  head -c 300000 /dev/urandom >copy/new.safetensors
  : >copy/empty.safetensors
  git -C copy add new.safetensors empty.safetensors
  git -C copy commit -qm "Add a shard"
  assert_eq "$(sha256sum copy/new.safetensors | cut -d ' ' -f 1)" \
    "$(git -C copy cat-file blob HEAD:new.safetensors | sed -n 's/^oid sha256://p')"
  cp copy/new.safetensors expected
  rm copy/*.safetensors
  git -C copy checkout -q -- .
  assert_same_file expected copy/new.safetensors
  assert_eq 0 "$(stat -c %s copy/empty.safetensors)"
  assert_eq "" "$(git -C copy status --porcelain)"
  # Committed without git-lfs: larger than any pointer, and no pointer.
  blob=$(git -C copy hash-object -w --no-filters "$PWD/expected")
  git -C copy update-index --cacheinfo "100644,$blob,new.safetensors"
  rm copy/new.safetensors
  git -C copy checkout-index new.safetensors
  assert_same_file expected copy/new.safetensors
)
end_test

begin_test "a pointer in another form is refused, whatever git-lfs makes of it"
(
  set -eu -o pipefail
  prepare
  strict bob
  git clone -q "$HUB_URL/org/m" copy
  git -C copy cat-file blob "HEAD:$shard" | sed 's/^size .*/size 0/' >pointer
  blob=$(git -C copy hash-object -w --no-filters "$PWD/pointer")
  git -C copy update-index --cacheinfo "100644,$blob,$shard"
  rm "copy/$shard"
  assert_exit 128 git -C copy checkout-index "$shard"
  assert_contains "$shard: pointer is not in canonical form"
  assert_missing "copy/$shard"
)
end_test

begin_test "git-lfs that fails, and git-lfs that is not there"
(
  set -eu -o pipefail
  prepare
  strict bob
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" copy
  rm "copy/$shard"
  hub_switch not-found '{"scope": "lfs"}'
  assert_exit 128 git -C copy checkout -- "$shard"
  assert_contains "smudge filter lfs failed"
  assert_missing "copy/$shard"
  hub_clear not-found
  mkdir bin
  for tool in git git-sigstore sh; do ln -s "$(command -v $tool)" "bin/$tool"; done
  assert_exit 128 env PATH="$PWD/bin" git -C copy checkout -- "$shard"
  assert_contains "cannot run git-lfs"
  assert_missing "copy/$shard"
)
end_test

begin_test "--strict stays on, and can be switched off by the setting"
(
  set -eu -o pipefail
  start_hub
  as bob
  include=$HOME/.config/hf-sigstore/gitconfig
  refute_contains filter-process "$(cat "$include")"
  git sigstore install --host "$HUB_URL" --strict >/dev/null
  git sigstore install --host other.example.org >/dev/null
  assert_eq "git-sigstore filter-process" "$(git config -f "$include" filter.lfs.process)"
  assert_eq true "$(git config -f "$include" --type=bool filter.lfs.required)"
  git config --global sigstore.strictFilter false
  git sigstore install >/dev/null
  refute_contains filter-process "$(cat "$include")"
  git config --global sigstore.strictFilter true
  git sigstore install >/dev/null
  assert_contains filter-process "$(cat "$include")"
)
end_test
