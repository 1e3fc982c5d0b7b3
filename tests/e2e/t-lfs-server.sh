#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What an LFS service and a .lfsconfig can do to a verified clone: nothing
# arrives that was not signed, and what did not arrive is named.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

shard=model-00001-of-00002.safetensors

# prepare: bob hashes what is checked out; ./late has no weights yet.
prepare() {
  start_hub
  publish alice
  trusting bob alice
  git sigstore install --host "$HUB_URL" --strict >/dev/null
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" late
  oid=$(sha256sum "work/$shard" | cut -d ' ' -f 1)
}

# nothing_arrives: by a clone, by a pull.
nothing_arrives() {
  assert_exit 128 timeout 120 git clone "$HUB_URL/org/m" copy
  assert_contains "checkout failed"
  assert_missing "copy/$shard"
  rm -rf copy
  assert_exit 4 timeout 120 git -C late sigstore pull
  assert_contains "git lfs ended with exit code 2"
  assert_contains "oid sha256:$oid" "$(cat "late/$shard")"
}

# all_arrives: once the fault is over.
all_arrives() {
  assert_exit 0 git -C late sigstore pull
  assert_same_file "work/$shard" "late/$shard"
}

begin_test "a flipped byte, other weights under the same name"
(
  set -eu -o pipefail
  prepare
  hub_switch corrupt "{\"offset\": 500, \"oid\": \"$oid\"}"
  nothing_arrives
  hub_clear corrupt
  head -c "$(stat -c %s "work/$shard")" /dev/urandom >swapped
  hub_switch replace-object "{\"oid\": \"$oid\", \"path\": \"$PWD/swapped\"}"
  nothing_arrives
  hub_clear replace-object
  all_arrives
)
end_test

begin_test "weights that are gone, and a service that lets nobody in"
(
  set -eu -o pipefail
  prepare
  hub_switch not-found "{\"oid\": \"$oid\"}"
  nothing_arrives
  hub_clear not-found
  hub_switch unauthorized '{"scope": "lfs"}'
  nothing_arrives
  hub_clear unauthorized
  # git-lfs remembers that it was asked for a password.
  git -C late config --remove-section "lfs.$HUB_URL/org/m.git/info/lfs"
  all_arrives
)
end_test

begin_test "a download that breaks off goes on where it was"
(
  set -eu -o pipefail
  prepare
  hub_switch truncate "{\"after\": 700, \"times\": 1, \"oid\": \"$oid\"}"
  all_arrives
  hub_clear truncate
  hub_switch truncate "{\"after\": 700, \"times\": 1, \"oid\": \"$oid\"}"
  git clone -q "$HUB_URL/org/m" copy
  assert_same_file "work/$shard" "copy/$shard"
)
end_test

begin_test ".lfsconfig keys that leave pointers: named, or refused by the filter"
(
  set -eu -o pipefail
  start_hub
  as bob
  make_model work
  for key in fetchexclude:"*" fetchinclude:none; do
    name=${key%%:*}
    hub_create "org/$name"
    git -C work config -f .lfsconfig --remove-section lfs || true
    git -C work config -f .lfsconfig "lfs.$name" "${key#*:}"
    git -C work add .lfsconfig
    git -C work commit -qm "$name"
    git -C work -c sigstore.sign=never push -q "$HUB_URL/org/$name" HEAD:main
    # git-lfs obeys: success, a clean status, and no weights.
    git sigstore uninstall >/dev/null
    git sigstore install --host "$HUB_URL" >/dev/null
    git clone -q "$HUB_URL/org/$name" "plain-$name"
    assert_eq "" "$(git -C "plain-$name" status --porcelain)"
    assert_contains "oid sha256:" "$(cat "plain-$name/$shard")"
    assert_exit 0 git -C "plain-$name" sigstore status
    assert_contains "pointers:      $shard, "
    assert_exit 5 git -C "plain-$name" sigstore pull
    assert_contains "still pointers, not fetched: $shard, "
    git sigstore install --host "$HUB_URL" --strict >/dev/null
    assert_exit 128 git clone "$HUB_URL/org/$name" "strict-$name"
    assert_contains "$shard: git-lfs left the pointer in place of the file"
    assert_missing "strict-$name/$shard"
  done
)
end_test
