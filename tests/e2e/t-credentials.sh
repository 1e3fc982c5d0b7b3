#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Who has to say who they are: git's own transport asks, with all of git's
# ways to answer, and we neither see nor keep the answer (git.md, test 12).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

shard=model-00001-of-00002.safetensors

# From here on the server wants a user and a password.
lock() { hub_switch unauthorized '{"user": "ada", "password": "pass-word"}'; }

# bob trusts alice, and has a program that answers for him.
prepare() {
  start_hub
  publish alice
  trusting bob alice
  printf '%s\n' '#!/bin/sh' '[ "$1" = get ] || exit 0' 'echo username=ada' \
    'echo password=pass-word' >helper
  # shellcheck disable=SC2016
  printf '%s\n' '#!/bin/sh' 'case $1 in Username*) echo ada ;; *) echo pass-word ;; esac' >askpass
  chmod +x helper askpass
  lock
}

# Nothing that we keep has the password in it.
not_kept() {
  if grep -rqs pass-word "$HOME/.local" "$HOME/.config"; then fail "kept the password"; fi
}

begin_test "12: a 401 goes to the credential helper, for clone, fetch and a push that signs"
(
  set -eu -o pipefail
  prepare
  git config --global credential.helper "$PWD/helper"
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_same_file "work/$shard" "copy/$shard"
  as alice
  git config --global credential.helper "$PWD/helper"
  echo more >>work/README.md
  make_shard "work/$shard" embed.weight 40
  git -C work commit -qam "More"
  assert_exit 0 git -C work push
  assert_contains "signing"
  assert_eq "$(git -C work rev-parse main)" "$(git -C "$bare" rev-parse main)"
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by alice"
  assert_same_file "work/$shard" "copy/$shard"
  not_kept
)
end_test

begin_test "12: a user and password in the URL are used, and not repeated by us"
(
  set -eu -o pipefail
  prepare
  # git-lfs asks the credential helper for its own endpoint.
  git config --global credential.helper "$PWD/helper"
  url=http://ada:pass-word@${HUB_URL#http://}/org/m
  assert_exit 0 git clone "$url" copy
  assert_contains "org/m@main"
  assert_contains "verified: signed by alice"
  refute_contains pass-word
  not_kept
  # The same repository under either spelling: what it was signed for.
  assert_exit 0 git -C copy sigstore verify
  assert_exit 0 git -C copy fetch
  # A refusal does not repeat it either.
  as_plain mallory
  git config --global credential.helper "$PWD/helper"
  git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/README.md
  git -C evil commit -qam "Improve"
  git -C evil push -q
  as bob
  assert_exit 128 git -C copy fetch
  assert_contains "does not match its signature: changed README.md"
  refute_contains pass-word
)
end_test

begin_test "12: askpass is asked"
(
  set -eu -o pipefail
  prepare
  assert_exit 0 env GIT_ASKPASS="$PWD/askpass" git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_same_file "work/$shard" "copy/$shard"
)
end_test

begin_test "12: without a terminal, or with a wrong password, it ends and leaves nothing"
(
  set -eu -o pipefail
  prepare
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "could not read Username"
  assert_contains "terminal prompts disabled"
  assert_missing copy
  assert_exit 128 env GIT_TERMINAL_PROMPT=1 setsid --wait git clone "$HUB_URL/org/m" copy
  assert_contains "could not read Username"
  assert_missing copy
  sed -i 's/pass-word/wrong-word/' helper
  git config --global credential.helper "$PWD/helper"
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "Authentication failed"
  assert_missing copy
)
end_test
