#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a server or a repository says reaches the terminal without control
# characters: errors, progress, reasons of a refused push, names; and what a
# server says in place of an answer ends in one line (git.md, section 6, row
# 23; section 10, test 10).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# A title change, red, a bell, and a C1 introducer.
evil='\u001b]0;owned\u0007\u001b[35mred\u009b35m'

prepare() {
  start_hub
  publish alice
  trusting bob alice
}

# on_terminal CODE COMMAND...: with a terminal for all output; what arrives
# there stays in $out.
on_terminal() {
  local -
  set +x
  local code=$1 status=0
  shift
  SHELL=/bin/sh script -qec "$(printf '%q ' "$@")" typescript </dev/null >/dev/null || status=$?
  out=$(tr -d '\000' <typescript)
  assert_eq "$code" "$status"
  assert_contains 'red'
  for raw in $'\e]' $'\a' $'\e[35m' $'\xc2\x9b'; do refute_contains "$raw"; done
}

# Of what the server says, newer versions of git mask some before we do.
escaped() {
  grep -qE 'remote: (\\x1b|\^\[)\]0;owned(\\x07|\^G)(\\x1b|\^\[)\[35mred(\\xc2\\x9b|\^)' typescript ||
    fail "not escaped: $(cat -v typescript)"
}

for version in 2 0; do
begin_test "progress of a server (version $version)"
(
  set -eu -o pipefail
  prepare
  hub_switch packing "{\"message\": \"$evil\"}"
  on_terminal 0 git -c protocol.version=$version clone "$HUB_URL/org/m" copy
  escaped
  assert_contains "verified: signed by alice"
)
end_test

begin_test "a server that gives up while it packs (version $version)"
(
  set -eu -o pipefail
  prepare
  hub_switch packing "{\"message\": \"$evil\", \"fail\": true}"
  assert_exit 128 git -c protocol.version=$version clone "$HUB_URL/org/m" copy
  assert_contains "fatal: "
  refute_contains $'\e'
  assert_missing copy
)
end_test

begin_test "the reason of a refused push (version $version)"
(
  set -eu -o pipefail
  prepare
  hub_switch decline-push "{\"message\": \"$evil\"}"
  as alice
  echo more >>work/README.md
  git -C work commit -qam "More"
  before=$(git -C work rev-parse main)
  on_terminal 1 git -c protocol.version=$version -C work push
  escaped
  assert_eq "$before" "$(git -C work rev-parse main)"
)
end_test
done

begin_test "an error in place of the refs, and in place of a pack"
(
  set -eu -o pipefail
  prepare
  for command in ls-refs fetch; do
    hub_switch error-packet "{\"command\": \"$command\", \"message\": \"$evil\"}"
    on_terminal 128 git clone "$HUB_URL/org/m" copy
    assert_contains 'fatal: remote error: \x1b]0;owned\x07\x1b[35mred\xc2\x9b35m'
    assert_missing copy
    hub_clear error-packet
  done
)
end_test

begin_test "names of files"
(
  set -eu -o pipefail
  prepare
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && echo x >"$(printf 'a\302\23335m\033[35mred\007')" && git add -A && git commit -qm Improve && git push -q)
  as bob
  on_terminal 128 git clone "$HUB_URL/org/m" copy
  assert_missing copy
  GIT_SIGSTORE_SKIP=1 git clone -q "$HUB_URL/org/m" copy
  on_terminal 1 git -C copy sigstore verify
  on_terminal 1 git -C copy sigstore verify --json
  assert_contains '\u009b35m'
)
end_test

begin_test "a pack that ends early is refused in one go, and leaves nothing"
(
  set -eu -o pipefail
  prepare
  git clone -q "$HUB_URL/org/m" copy
  as alice
  head -c 20000 /dev/urandom | base64 >>work/README.md
  git -C work commit -qam "More"
  git -C work push -q
  as bob
  refs=$(git -C copy for-each-ref)
  for clean in true false; do
    hub_switch truncate-pack "{\"after\": 900, \"clean\": $clean}"
    for version in 2 0; do
      assert_exit 128 timeout 60 git -C copy -c protocol.version=$version fetch
      assert_eq "$refs" "$(git -C copy for-each-ref)"
      assert_eq "" "$(find copy/.git/objects -name 'tmp_*')"
    done
    hub_clear truncate-pack
  done
  assert_exit 0 git -C copy pull -q
)
end_test
