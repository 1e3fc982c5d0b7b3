#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Partial, lazy and sparse clones through the helper (test 6 of the transport
# list): what they leave out and the verdict needs is fetched in between.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# A model with history and folders, so that filters have something to leave
# out: config.json has an older version, and there are nested attributes.
publish_deep() {
  publish alice
  mkdir -p work/sub/deep
  seq 1 2000 >work/sub/deep/numbers.txt
  echo '*.none -text' >work/sub/.gitattributes
  echo '{"v": 2}' >work/config.json
  git -C work add -A
  git -C work commit -qm second
  git -C work push -q
}

prepare() {
  start_hub
  publish_deep
  trusting bob alice
}

tamper() {
  as_plain mallory
  rm -rf evil
  git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/sub/deep/numbers.txt
  git -C evil commit -qam "Improve the model"
  git -C evil push -q
  as bob
}

# fetches: how often objects were asked for since hub_forget_requests.
fetches() { hub_requests | grep -c '"POST".*git-upload-pack' || true; }

missing() { git -C "$1" rev-list --objects --all --missing=print | grep -c '^?' || true; }

begin_test "filtered clones are verified, checked out, and stay partial"
(
  set -eu -o pipefail
  prepare
  n=0
  for filter in blob:none blob:limit=100 tree:0 blob:limit=0 tree:1; do
    n=$((n + 1))
    assert_exit 0 git clone --filter=$filter "$HUB_URL/org/m" "copy$n"
    assert_contains "verified: signed by alice"
    assert_eq "" "$(git -C "copy$n" status --porcelain)"
    assert_same_file work/sub/deep/numbers.txt "copy$n/sub/deep/numbers.txt"
    assert_same_file work/model-00001-of-00002.safetensors "copy$n/model-00001-of-00002.safetensors"
    [ "$(missing "copy$n")" -gt 0 ] || fail "nothing is missing after --filter=$filter"
    assert_eq "" "$(find "copy$n/.git/objects" -name 'tmp_*')"
    assert_exit 0 git -C "copy$n" sigstore verify
    assert_exit 0 git -C "copy$n" fsck
  done
)
end_test

begin_test "what the verdict brought is not fetched again by the checkout"
(
  set -eu -o pipefail
  prepare
  hub_forget_requests
  assert_exit 0 git clone --filter=blob:none "$HUB_URL/org/m" copy
  # ls-refs, git's fetch, and ours.
  assert_eq 3 "$(fetches)"
  hub_forget_requests
  assert_exit 0 git -C copy fetch
  refute_contains "verified"
  assert_eq 1 "$(fetches)"
  # Old versions are still left out, and come when they are asked for.
  hub_forget_requests
  assert_exit 0 git -C copy show HEAD~2:config.json
  assert_contains TinyForCausalLM
  assert_eq 1 "$(fetches)"
)
end_test

begin_test "filtered clones of a tampered state are refused before anything is kept"
(
  set -eu -o pipefail
  prepare
  git clone -q --filter=blob:none "$HUB_URL/org/m" copy
  git clone -q --filter=tree:0 "$HUB_URL/org/m" bare-of-trees
  tamper
  for filter in blob:none blob:limit=100 tree:0; do
    assert_refused "does not match its signature: changed sub/deep/numbers.txt" \
      git clone --filter=$filter "$HUB_URL/org/m" fresh
    assert_missing fresh
  done
  for old in copy bare-of-trees; do
    before=$(git -C $old for-each-ref && git -C $old count-objects -v | grep -E '^(count|in-pack)')
    for again in 1 2; do
      assert_exit 128 git -C $old fetch
      assert_contains "changed sub/deep/numbers.txt"
    done
    assert_exit 1 git -C $old pull
    assert_eq "$before" "$(git -C $old for-each-ref && git -C $old count-objects -v | grep -E '^(count|in-pack)')"
    assert_eq "" "$(find $old/.git/objects -name 'tmp_*')"
  done
)
end_test

begin_test "fetch and pull in a partial clone"
(
  set -eu -o pipefail
  prepare
  for filter in blob:none tree:0; do
    as bob
    git clone -q --filter=$filter "$HUB_URL/org/m" "copy-$filter"
    as alice
    echo "$filter" >>work/sub/deep/numbers.txt
    git -C work commit -qam more
    git -C work push -q
    as bob
    assert_exit 0 git -C "copy-$filter" pull
    assert_contains "verified: signed by alice"
    assert_same_file work/sub/deep/numbers.txt "copy-$filter/sub/deep/numbers.txt"
    assert_eq "" "$(git -C "copy-$filter" status --porcelain)"
  done
)
end_test

begin_test "sparse clones: the whole tree is verified, a part is checked out"
(
  set -eu -o pipefail
  prepare
  assert_exit 0 git clone --sparse "$HUB_URL/org/m" sparse
  assert_contains "verified: signed by alice"
  assert_missing sparse/sub
  assert_exit 0 git clone --sparse --filter=blob:none "$HUB_URL/org/m" both
  assert_contains "verified: signed by alice"
  assert_missing both/sub
  assert_exit 0 git -C both sparse-checkout set sub/deep
  assert_same_file work/sub/deep/numbers.txt both/sub/deep/numbers.txt
  assert_exit 0 git -C both fetch
  assert_exit 0 git -C both sigstore verify
  tamper
  assert_refused "changed sub/deep/numbers.txt" git clone --sparse --filter=blob:none "$HUB_URL/org/m" fresh
  assert_missing fresh
  assert_exit 128 git -C both fetch
)
end_test

begin_test "a server that gives no single objects is asked for the whole commit"
(
  set -eu -o pipefail
  prepare
  for empty in false true; do
    hub_switch refuse-wants "{\"empty\": $empty}"
    assert_exit 0 git clone --filter=blob:none "$HUB_URL/org/m" "copy-$empty"
    assert_contains "verified: signed by alice"
    assert_eq "" "$(git -C "copy-$empty" status --porcelain)"
    hub_clear refuse-wants
  done
  tamper
  hub_switch refuse-wants
  assert_refused "changed sub/deep/numbers.txt" git clone --filter=blob:none "$HUB_URL/org/m" fresh
  assert_missing fresh
)
end_test

begin_test "sigstore.partialFetch=false: refused, and the message says why"
(
  set -eu -o pipefail
  prepare
  git config --global sigstore.partialFetch false
  for filter in blob:none tree:0; do
    assert_refused "is not in this repository" git clone --filter=$filter "$HUB_URL/org/m" fresh
    assert_contains "(sigstore.partialFetch is false); clone without --filter to verify before checkout"
    assert_missing fresh
  done
  assert_exit 0 git clone "$HUB_URL/org/m" copy
)
end_test

begin_test "partial clones with SHA-256 names"
(
  set -eu -o pipefail
  start_hub
  signer alice
  hub_create org/m object-format=sha256
  GIT_DEFAULT_HASH=sha256 make_model work
  git -C work remote add origin "$HUB_URL/org/m"
  git -C work push -q -u origin main
  trusting bob alice
  for filter in blob:none tree:0; do
    assert_exit 0 git clone --filter=$filter "$HUB_URL/org/m" "copy-$filter"
    assert_contains "verified: signed by alice"
    assert_eq "" "$(git -C "copy-$filter" status --porcelain)"
  done
)
end_test
