#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Commits that are not signed, and the signed ones around them: the state
# before a web edit, the child that signs a tag.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/attacklib.sh
. "$(dirname "$0")/attacklib.sh"

begin_test "after a web edit the last signed state is named, and can be used"
(
  set -eu -o pipefail
  prepare
  attack "echo a >>README.md"
  (cd evil && echo b >note.txt && git add -A && git commit -qm "A note" && git push -q)
  tip=$(git -C "$bare" rev-parse main)
  as bob
  git config --global sigstore.mode require
  assert_refused "2 commits since the signed ${good:0:7} are not signed (change README.md, note.txt)" \
    git clone "$HUB_URL/org/m" fresh
  refute_contains "git fetch origin"
  git config --global sigstore.fallback signed-ancestor
  assert_refused "for the signed state: git fetch origin $good" git clone "$HUB_URL/org/m" fresh
  # What the manual says to do.
  git init -q fresh
  git -C fresh remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C fresh fetch origin "$good"
  git -C fresh checkout -q FETCH_HEAD
  assert_same_file work/README.md fresh/README.md
  # The unsigned tip is no more welcome by its id.
  git init -q other
  git -C other remote add origin "$HUB_URL/org/m"
  assert_exit 128 git -C other fetch origin "$tip"
  assert_contains "does not match its signature"
  # In a clone that has the tip, the state is found again.
  GIT_SIGSTORE_SKIP=1 git -C copy pull -q
  assert_exit 0 git -C copy sigstore verify --last-signed
  assert_contains "$good"
  assert_contains "verified: signed by alice"
  assert_eq "$good" "$(git -C copy sigstore verify --last-signed 2>/dev/null)"
  # Signing mends it.
  as alice
  git -C work pull -q "$TEST_DIR/evil" main
  assert_exit 0 git -C work sigstore sign
  git -C work push -q
  as bob
  assert_exit 0 git clone "$HUB_URL/org/m" mended
)
end_test

begin_test "where an unsigned tip passes, the signed state before it is named as well"
(
  set -eu -o pipefail
  prepare
  attack "git rm -q model.sig"
  # Never seen by this person: the mode tofu lets it in.
  as carol
  git config --global sigstore.publicKey "$(public_key alice)"
  for mode in tofu warn; do
    git config --global sigstore.mode $mode
    assert_exit 0 git clone "$HUB_URL/org/m" plain-$mode
    assert_contains "org/m@main is not signed"
    refute_contains "git fetch origin"
    git config --global sigstore.fallback signed-ancestor
    assert_exit 0 git clone "$HUB_URL/org/m" told-$mode
    assert_contains "org/m@main is not signed"
    assert_contains "for the signed state: git fetch origin $good"
    git config --global --unset sigstore.fallback
  done
  # Seen before, the mode warn says of a refusal what the others do.
  as bob
  git config --global sigstore.mode warn
  git config --global sigstore.fallback signed-ancestor
  assert_exit 0 git -C copy fetch
  assert_contains "warning: org/m@main is not signed (it was signed on "
  assert_contains "for the signed state: git fetch origin $good"
)
end_test

begin_test "no state that is older than the last verified one is offered"
(
  set -eu -o pipefail
  prepare
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  new=$(git -C "$bare" rev-parse main)
  as bob
  git -C copy pull -q
  # A line of history that goes on from the old state.
  git -C "$bare" update-ref refs/heads/main "$good"
  attack "echo evil >>README.md"
  as bob
  git config --global sigstore.fallback signed-ancestor
  assert_exit 128 git -C copy fetch
  assert_contains "does not match its signature"
  refute_contains "$good"
  GIT_SIGSTORE_SKIP=1 git -C copy fetch -q
  assert_exit 1 git -C copy sigstore verify --last-signed origin/main
  assert_contains "has no signed state that verifies"
  assert_eq "$new" "$(git -C copy sigstore verify --last-signed 2>/dev/null)"
)
end_test

begin_test "a tag that was set before signing verifies through the child that signs"
(
  set -eu -o pipefail
  start_hub
  publish alice
  unsigned=$(git -C "$bare" rev-parse main~1)
  git -C "$bare" tag v1 "$unsigned"
  git -C "$bare" -c user.name=a -c user.email=a@example.org tag -a -m v2 v2 "$unsigned"
  trusting bob alice
  git config --global sigstore.refs 'refs/tags/*'
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "org/m@refs/tags/v1 ${unsigned:0:7} verified through $(git -C "$bare" rev-parse --short=7 main): signed by alice"
  assert_contains "org/m@refs/tags/v2 ${unsigned:0:7} verified through"
  assert_exit 0 git -C copy sigstore verify v1
  assert_contains "verified through"
  # A child that changes more does not count, whatever it carries.
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  git -C evil checkout -q -b side "$unsigned"
  echo evil >>evil/README.md
  git -C evil commit -qam evil
  evil=$(git -C evil rev-parse HEAD)
  git -C evil checkout -q main -- model.sig
  echo good >>evil/config.json
  git -C evil commit -qam "Carry a signature"
  git -C evil tag v3 "$evil"
  git -C evil push -q origin side v3
  as bob
  assert_exit 128 git -C copy fetch --tags
  assert_contains "org/m@refs/tags/v3 is not signed"
)
end_test
