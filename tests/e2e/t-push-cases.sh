#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Pushes of many refs, and from repositories in an unusual state.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

edit() {
  date +%N >>"${1:-work}/README.md"
  git -C "${1:-work}" commit -qam edit
}

same() { # BRANCH: here and there, signed
  assert_eq "$(git -C work rev-parse "$1")" "$(git -C "$bare" rev-parse "$1")"
  assert_exit 0 git -C work sigstore verify "$1"
}

begin_test "17: --all, --mirror and --follow-tags"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git -C work switch -qc two
  edit
  git -C work switch -q main
  edit
  assert_exit 0 git -C work push --all origin
  same main
  git -C work switch -q two
  same two
  git -C work switch -q main
  # The tag is on the commit that the user made.
  edit
  tagged=$(git -C work rev-parse main)
  git -C work tag -am "Version 1" v1
  assert_exit 0 git -C work push --follow-tags origin main
  same main
  assert_eq "$tagged" "$(git -C "$bare" rev-parse 'v1^{commit}')"
  assert_eq "$tagged" "$(git -C work rev-parse main~1)"
  edit
  git -C work branch -qD two
  assert_exit 0 git -C work push --mirror origin
  same main
  assert_exit 128 git -C "$bare" rev-parse --verify refs/heads/two
)
end_test

begin_test "17: a push option arrives"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git -C "$bare" config receive.advertisePushOptions true
  mkdir -p "$bare/hooks"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0" >options\n' >"$bare/hooks/post-receive"
  chmod +x "$bare/hooks/post-receive"
  edit
  assert_exit 0 git -C work push -o some=option
  assert_contains "signing"
  assert_eq "1 some=option" "$(cat "$bare/options")"
  same main
)
end_test

begin_test "19: what is staged or changed stays as it is"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  echo staged >work/tokenizer.json
  git -C work add tokenizer.json
  echo changed >work/config.json
  echo new >work/untracked
  before=$(git -C work status --porcelain)
  assert_exit 0 git -C work push
  same main
  assert_eq "$before" "$(git -C work status --porcelain)"
  assert_eq staged "$(git -C work show :tokenizer.json)"
)
end_test

begin_test "19: a locked index: it is pushed, and the branch comes after with git pull"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  tip=$(git -C work rev-parse main)
  touch work/.git/index.lock
  assert_exit 0 git -C work push
  assert_contains "remote is now one commit ahead (signature); run 'git pull'"
  rm work/.git/index.lock
  assert_eq "$tip" "$(git -C work rev-parse main)"
  assert_eq "" "$(git -C work status --porcelain)"
  assert_exit 0 git -C work pull
  same main
  assert_eq "" "$(git -C work status --porcelain)"
)
end_test

begin_test "19: in the middle of a merge the branch waits as well"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  git -C work switch -qc side main~1
  echo other >>work/config.json
  git -C work commit -qam side
  git -C work switch -q main
  git -C work merge -q --no-commit --no-ff side
  tip=$(git -C work rev-parse main)
  assert_exit 0 git -C work push origin main
  assert_contains "run 'git pull'"
  assert_eq "$tip" "$(git -C work rev-parse main)"
  assert_eq "M  config.json" "$(git -C work status --porcelain)"
  git -C work commit -qm "Merge side"
  # The signature of before is on the server, and now a side of a merge.
  assert_exit 0 git -C work pull -q --no-rebase --no-edit
  assert_exit 0 git -C work push
  same main
)
end_test

begin_test "19: a branch of another work tree is refused here and pushed from there"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git -C work worktree add -q -b side ../side
  edit side
  before=$(git -C work for-each-ref)
  assert_exit 1 git -C work push origin side
  assert_contains "side is checked out in another work tree; push from there"
  assert_eq "$before" "$(git -C work for-each-ref)"
  assert_exit 0 git -C side push origin side
  assert_eq "$(git -C work rev-parse side)" "$(git -C "$bare" rev-parse side)"
  assert_eq "" "$(git -C side status --porcelain)"
  assert_eq "" "$(git -C work status --porcelain)"
)
end_test

begin_test "19: a detached HEAD is signed on its way, and says how to get it"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git -C work switch -q --detach
  edit
  tip=$(git -C work rev-parse HEAD)
  assert_exit 0 git -C work push origin HEAD:main
  assert_contains "remote is now one commit ahead (signature); run 'git pull'"
  assert_eq "$tip" "$(git -C work rev-parse HEAD)"
  assert_eq "$tip" "$(git -C "$bare" rev-parse main~1)"
  trusting bob alice
  assert_exit 0 git clone -q "$HUB_URL/org/m" copy
)
end_test

begin_test "20: --no-verify leaves out the hooks, and not the signature"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  printf '#!/bin/sh\nexit 1\n' >work/.git/hooks/pre-push
  chmod +x work/.git/hooks/pre-push
  tip=$(git -C work rev-parse main)
  assert_exit 1 git -C work push
  assert_eq "$tip" "$(git -C work rev-parse main)"
  assert_exit 0 git -C work push --no-verify
  assert_contains "signing"
  same main
)
end_test
