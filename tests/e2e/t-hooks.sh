#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The net below the helper: the hook reference-transaction that the helper
# leaves in a repository, and what does not come through the helper (git.md,
# section 10, tests 24 to 29; section 6, row 25).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/hooklib.sh
. "$(dirname "$0")/hooklib.sh"

# prepare: alice has published; bob trusts her and has ./copy; then mallory
# with push rights swaps weights.
prepare() {
  start_hub
  publish alice
  by_file
  trusting bob alice
  by_file
  git clone -q "$HUB_URL/org/m" copy
}
attack() {
  as_plain mallory
  rm -rf evil
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && echo evil >>config.json && git commit -qam "Improve" && git push -q)
  evil=$(git -C evil rev-parse HEAD)
  as bob
}
# without_helper FOLDER: the include has it for remotes called origin only.
without_helper() { git -C "$1" remote rename origin hub; }
refs_of() { git -C "$1" for-each-ref; }

# assert_vetoed CODE CMD...: by the hook, not by the helper.
assert_vetoed() {
  local before code=$1
  shift
  before=$(refs_of copy)
  assert_exit "$code" "$@"
  assert_contains "sigstore: "
  assert_contains "does not match its signature: changed config.json"
  assert_contains "hook"
  refute_contains "remote error"
  assert_eq "$before" "$(refs_of copy)"
}

begin_test "the helper leaves the hook in the repository that is being cloned"
(
  set -eu -o pipefail
  prepare
  hook=copy/.git/hooks/reference-transaction
  [ -x "$hook" ] || fail "no hook"
  grep -q "git sigstore uninstall" "$hook"
  assert_eq "$PWD/$hook" "$(cat "$HOME/.local/share/hf-sigstore/hook-files")"
  # git-lfs has its own four, undisturbed, and can install them again.
  assert_exit 0 git -C copy lfs install
  assert_exit 0 git -C copy lfs update
  assert_exit 0 git -C copy lfs track '*.bin'
  for event in pre-push post-checkout post-commit post-merge; do
    grep -q "git lfs $event" "copy/.git/hooks/$event"
  done
  assert_exit 0 git -C copy fetch
  assert_eq "" "$out"
  git sigstore uninstall
  assert_missing "$hook"
)
end_test

begin_test "row 25: a fetch that does not come through the helper is vetoed"
(
  set -eu -o pipefail
  prepare
  attack
  without_helper copy
  assert_vetoed 128 git -C copy fetch
  assert_eq "" "$(cat copy/.git/FETCH_HEAD)"
  # Once more: the objects are here already.
  git -C copy cat-file -e "$evil"
  assert_vetoed 128 git -C copy fetch
  assert_vetoed 1 git -C copy pull
  # By URL, to any name.
  assert_vetoed 128 git -C copy fetch "$HUB_URL/org/m" main:refs/remotes/hub/main
  assert_vetoed 128 git -C copy fetch "$HUB_URL/org/m" main:topic
  assert_vetoed 128 git -C copy fetch "$HUB_URL/org/m" "+refs/*:refs/mirror/*"
  # Under another remote's name.
  git -C copy remote add second "$HUB_URL/org/m.git"
  assert_vetoed 128 git -C copy fetch second
  assert_vetoed 1 git -C copy fetch --multiple hub second
  # In the background, as git-maintenance(1) calls it.
  assert_vetoed 128 git -C copy fetch hub --prefetch --prune --no-tags \
    --no-write-fetch-head --recurse-submodules=no
  # From a bundle.
  git -C evil bundle create -q ../evil.bundle main
  assert_vetoed 128 git -C copy fetch ../evil.bundle main:refs/remotes/hub/main
)
end_test

begin_test "row 25: FETCH_HEAD of a URL without a refspec does not get in"
(
  set -eu -o pipefail
  prepare
  attack
  assert_exit 0 git -C copy fetch "$HUB_URL/org/m" main
  before=$(git -C copy rev-parse main)
  assert_exit 128 git -C copy merge FETCH_HEAD
  assert_contains "does not match its signature"
  assert_eq "$before" "$(git -C copy rev-parse main)"
)
end_test

begin_test "row 25: clone -o, bare and mirror"
(
  set -eu -o pipefail
  prepare
  attack
  for options in "-o hub" "-o hub --bare" "-o hub --mirror" "-o hub --depth 1"; do
    # shellcheck disable=SC2086
    assert_exit 0 env HOME="$TEST_DIR/people/mallory" git clone -q $options "$HUB_URL/org/m" plain
    rm -rf plain
  done
  # The include's helper stands only for "origin"; a hook that the user put
  # into every clone (init.templateDir) sees the others.
  mkdir -p template/hooks
  cp copy/.git/hooks/reference-transaction template/hooks/
  git config --global init.templateDir "$PWD/template"
  for options in "-o hub" "-o hub --bare" "-o hub --mirror" "-o hub --depth 1" \
    "-o hub -n" "-o hub --single-branch" "-o hub --no-tags"; do
    # shellcheck disable=SC2086
    assert_exit 128 git clone $options "$HUB_URL/org/m" new
    assert_contains "does not match its signature"
    assert_missing new
  done
)
end_test

begin_test "clone -o, bare and mirror of a good repository, verified"
(
  set -eu -o pipefail
  prepare
  mkdir -p template/hooks
  cp copy/.git/hooks/reference-transaction template/hooks/
  git config --global init.templateDir "$PWD/template"
  for options in "-o hub" "-o hub --bare" "-o hub --mirror" "-o hub --depth 1"; do
    git sigstore trust remove "$HUB_URL/org/m" --history
    # shellcheck disable=SC2086
    assert_exit 0 git clone $options "$HUB_URL/org/m" new
    assert_contains "sigstore: org/m@main "
    assert_contains " verified: signed by alice"
    rm -rf new
  done
)
end_test

begin_test "test 28: hooks by configuration beside those of files"
(
  set -eu -o pipefail
  need_configured_hooks || exit 0
  start_hub
  publish alice
  trusting bob alice
  assert_exit 0 git clone -o hub "$HUB_URL/org/m" copy
  assert_contains " verified: signed by alice"
  assert_missing copy/.git/hooks/reference-transaction
  for event in pre-push post-checkout post-commit post-merge; do
    grep -q "git lfs $event" "copy/.git/hooks/$event"
  done
  attack
  assert_vetoed 128 git -C copy fetch
  # A repository's own core.hooksPath, as husky sets it, leaves them alone.
  mkdir own
  git -C copy config core.hooksPath "$PWD/own"
  assert_vetoed 128 git -C copy fetch
  assert_exit 128 git clone -o hub "$HUB_URL/org/m" new
  assert_missing new
  # The helper writes no file beside them.
  assert_exit 128 git clone "$HUB_URL/org/m" new
  git -C copy remote rename hub origin
  assert_exit 128 git -C copy fetch
  assert_contains "remote error: sigstore: "
  assert_missing copy/.git/hooks/reference-transaction
)
end_test

begin_test "test 27: our own pushes pass, signed or not"
(
  set -eu -o pipefail
  prepare
  as alice
  cd work
  echo more >>README.md
  git commit -qam "More"
  assert_exit 0 git push
  assert_eq "$(git rev-parse main)" "$(git rev-parse origin/main)"
  assert_eq "$(git rev-parse main)" "$(git -C "$bare" rev-parse main)"
  echo again >>README.md
  git commit -qam "Again"
  assert_exit 0 git -c sigstore.sign=never push
  assert_eq "$(git rev-parse main)" "$(git rev-parse origin/main)"
  # No helper, so no signature, and no objection of the hook.
  echo third >>README.md
  git commit -qam "Third"
  without_helper .
  assert_exit 0 git push
  assert_eq "$(git rev-parse main)" "$(git rev-parse hub/main)"
)
end_test

begin_test "what is no remote's goes on without us: commit, rebase, stash, tag"
(
  set -eu -o pipefail
  prepare
  cd copy
  # Nothing of this may need our main program.
  mkdir ../bin
  cp "$SIGSTORE_BIN_DIR/git-sigstore-hook" ../bin/
  printf '#!/bin/sh\ntouch "%s/called"\nexit 1\n' "$TEST_DIR" >../bin/git-sigstore
  chmod +x ../bin/git-sigstore
  sed -i "s#^hook=.*#hook='$TEST_DIR/bin/git-sigstore-hook'#" .git/hooks/reference-transaction
  echo own >>README.md
  git commit -qam "Own"
  git commit -q --amend -m "Own work"
  git branch topic
  git switch -q topic
  git tag v1
  git tag -d v1
  echo own >>config.json
  git stash -q
  git stash pop -q
  git checkout -q -- config.json
  git rebase -q --onto HEAD~1 HEAD~1
  git cherry-pick -x main >/dev/null 2>&1 || git cherry-pick --skip
  git reset -q --hard HEAD~1
  git switch -q main
  git branch -qD topic
  git worktree add -q ../other -b other
  git -C ../other commit -q --allow-empty -m "There"
  git gc -q
  assert_missing "$TEST_DIR/called"
  # And it would be seen if it were called.
  assert_exit 128 git update-ref refs/remotes/origin/main HEAD
  [ -e "$TEST_DIR/called" ] || fail "not called for a remote's ref"
)
end_test

begin_test "test 26: a hook that was there before is called, and comes back"
(
  set -eu -o pipefail
  prepare
  cd copy
  hook=.git/hooks/reference-transaction
  rm "$hook"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "$1: $(cat)" >>"%s/seen"\n[ ! -e "%s/veto" ]\n' \
    "$TEST_DIR" "$TEST_DIR" >"$hook"
  chmod 750 "$hook"
  cp -p "$hook" "$TEST_DIR/mine"
  git fetch -q
  cmp "$TEST_DIR/mine" "$hook.before-sigstore"
  grep -q git-sigstore-hook "$hook"
  git tag v1
  grep -q "^prepared: 0000.* $(git rev-parse HEAD) refs/tags/v1" "$TEST_DIR/seen"
  grep -q "^committed: " "$TEST_DIR/seen"
  # Its exit code counts.
  touch "$TEST_DIR/veto"
  assert_exit 128 git tag v2
  rm "$TEST_DIR/veto"
  git fetch -q
  git sigstore uninstall
  cmp "$TEST_DIR/mine" "$hook"
  assert_eq 750 "$(stat -c %a "$hook")"
  assert_missing "$hook.before-sigstore"
)
end_test

begin_test "test 29: no HOME, a bare repository, and our own runs"
(
  set -eu -o pipefail
  prepare
  attack
  # Without HOME it cannot be told who may sign.
  assert_exit 128 env -u HOME git -C copy fetch "$HUB_URL/org/m" main:refs/remotes/origin/main
  assert_contains "the environment has no HOME"
  # Nothing of a remote: no need to know.
  assert_exit 0 env -u HOME git -C copy tag here
  git clone -q --bare "$HUB_URL/org/m" bare.git 2>/dev/null && fail "cloned"
  as_plain mallory
  git -C evil push -qf origin HEAD~1:main
  as bob
  git clone -q --bare "$HUB_URL/org/m" bare.git
  [ -x bare.git/hooks/reference-transaction ] || fail "no hook"
  as_plain mallory
  git -C evil push -qf origin HEAD:main
  as bob
  assert_exit 128 git -C bare.git fetch "$HUB_URL/org/m" main:main
  assert_contains "does not match its signature"
  # A variable alone switches nothing off; only a process of ours does.
  without_helper copy
  assert_exit 128 env GIT_SIGSTORE_INTERNAL=1 git -C copy fetch
  assert_exit 128 env GIT_SIGSTORE_INTERNAL=999999 git -C copy fetch
  assert_contains "does not match its signature"
)
end_test

begin_test "a hook whose program is gone refuses what is remote, and says so"
(
  set -eu -o pipefail
  prepare
  attack
  cd copy
  sed -i "s#^hook=.*#hook=/gone#" .git/hooks/reference-transaction
  # shellcheck disable=SC2123
  plain=$(printf '%s' "$PATH" | tr ':' '\n' | grep -vxF "$SIGSTORE_BIN_DIR" | paste -sd:)
  assert_exit 0 env PATH="$plain" git tag here
  without_helper .
  assert_exit 128 env PATH="$plain" git fetch
  assert_contains "git-sigstore-hook is gone"
)
end_test

begin_test "a verdict is remembered until key or setting change"
(
  set -eu -o pipefail
  prepare
  verdicts=$HOME/.local/share/hf-sigstore/verdicts
  assert_eq 1 "$(find "$verdicts" -name '*.json' | wc -l)"
  cd copy
  # Found: nothing is read of the commit, whose signature is not here any more.
  sig=$(git rev-parse HEAD:model.sig)
  git repack -qAd
  git unpack-objects -q <.git/objects/pack/*.pack || true
  mkdir ../packs
  mv .git/objects/pack/* ../packs/
  for pack in ../packs/*.pack; do git unpack-objects -q <"$pack"; done
  mv ".git/objects/${sig:0:2}/${sig:2}" ../sig
  assert_exit 0 git fetch
  # Not found: the commit is judged again, and cannot be.
  assert_exit 128 git -c sigstore.requireBinding=false fetch
  mv ../sig ".git/objects/${sig:0:2}/${sig:2}"
  assert_exit 0 git -c sigstore.requireBinding=false fetch
  for file in "$verdicts"/*.json; do echo damaged >"$file"; done
  assert_exit 0 git fetch
  grep -q '"commit"' "$verdicts"/*.json
)
end_test
