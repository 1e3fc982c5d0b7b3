#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# husky and pre-commit, as their authors publish them, in repositories under
# our install (git.md, section 10, tests 26 and 28).

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"

husky=$SIGSTORE_PEERS/node_modules/husky/bin.js
[ -e "$husky" ] || not_run "no husky in $SIGSTORE_PEERS; run tests/interop/install"
[ -x "$SIGSTORE_PEERS/bin/pre-commit" ] ||
  not_run "no pre-commit in $SIGSTORE_PEERS; run tests/interop/install"

# team ROUTE: a model at the hub, its maintainer under our install.
team() {
  start_hub
  hub_create org/m
  hf-sigstore keygen --no-password "$HOME/alice" >/dev/null
  git config --global sigstore.key "$HOME/alice.key"
  # shellcheck disable=SC2086
  git sigstore install $1 --host "$HUB_URL"
  make_model work
  cd work
  git remote add origin "$HUB_URL/org/m"
}

# use_husky: its hooks tell what they saw; the one for pushes has git-lfs.
use_husky() {
  node "$husky"
  assert_eq .husky/_ "$(git config core.hooksPath)"
  # shellcheck disable=SC2016
  echo 'echo "husky commits" >>"$HOME/seen"; [ ! -e "$HOME/veto" ]' >.husky/pre-commit
  # shellcheck disable=SC2016
  printf 'git lfs pre-push "$@"\necho "husky pushes" >>"$HOME/seen"\n' >.husky/pre-push
  git add -A
  git commit -qm "Use husky"
  grep -q "husky commits" "$HOME/seen"
}

use_pre_commit() {
  cat >.pre-commit-config.yaml <<'END'
repos:
  - repo: local
    hooks:
      - id: seen
        name: seen
        entry: sh -c 'echo "pre-commit commits" >>"$HOME/seen"; [ ! -e "$HOME/veto" ]'
        language: system
        always_run: true
        pass_filenames: false
END
  git add -A
  assert_exit 0 "$SIGSTORE_PEERS/bin/pre-commit" install
  git commit -qm "Use pre-commit"
  grep -q "pre-commit commits" "$HOME/seen"
}

weights_are_there() {
  local file
  for file in *.safetensors; do
    assert_same_file "$file" "$(hub_object "$(sha256sum "$file" | cut -d ' ' -f 1)")"
  done
}

begin_test "husky beside the helper: its hooks run, the push is signed"
(
  set -eu -o pipefail
  team ""
  use_husky
  assert_exit 0 git push -u origin main
  grep -q "husky pushes" "$HOME/seen"
  git cat-file -e origin/main:model.sig
  weights_are_there
  touch "$HOME/veto"
  assert_exit 1 git commit --allow-empty -m "No"
  rm "$HOME/veto"
  assert_exit 0 git clone "$HUB_URL/org/m" ../copy
  assert_contains " verified: signed by "
)
end_test

begin_test "pre-commit beside the helper: it installs, runs and vetoes"
(
  set -eu -o pipefail
  team ""
  use_pre_commit
  assert_exit 0 git push -u origin main
  git cat-file -e origin/main:model.sig
  weights_are_there
  touch "$HOME/veto"
  assert_exit 1 git commit --allow-empty -m "No"
  rm "$HOME/veto"
  assert_exit 0 "$SIGSTORE_PEERS/bin/pre-commit" run
  assert_exit 0 "$SIGSTORE_PEERS/bin/pre-commit" uninstall
  assert_missing .git/hooks/pre-commit
)
end_test

begin_test "pre-commit that was there before install --hooks-only is called by ours"
(
  set -eu -o pipefail
  team ""
  git sigstore uninstall >/dev/null
  use_pre_commit
  git sigstore install --hooks-only --host "$HUB_URL"
  rm "$HOME/seen"
  git commit -q --allow-empty -m "More"
  grep -q "pre-commit commits" "$HOME/seen"
  touch "$HOME/veto"
  assert_exit 1 git commit --allow-empty -m "No"
  rm "$HOME/veto"
  assert_exit 0 git push -u origin main
  assert_contains "sigstore: signed "
  weights_are_there
  git cat-file -e origin/main:model.sig
)
end_test

begin_test "husky with install --hooks-only: it goes on as if we were not there"
(
  set -eu -o pipefail
  team --hooks-only
  use_husky
  assert_exit 0 git push -u origin main
  grep -q "husky pushes" "$HOME/seen"
  weights_are_there
  if [ -d "$HOME/.config/hf-sigstore/hooks" ]; then
    # Its core.hooksPath is nearer than ours.
    assert_exit 128 git cat-file -e origin/main:model.sig
  else
    # Configured hooks run whatever core.hooksPath says.
    git cat-file -e origin/main:model.sig
  fi
)
end_test
