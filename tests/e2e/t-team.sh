#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Several people on one model: two maintainers, merges, tags, edits on the
# website, and a look at a repository that is not here.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# maintainer NAME: signs too, and knows alice; their clone is ./NAME.
maintainer() {
  signer "$1"
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)" \
    --name alice >/dev/null
  git clone -q "$HUB_URL/org/m" "$1"
}

# knows NAME SIGNER: one more key.
knows() {
  as "$1"
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key "$2")" \
    --name "$2" >/dev/null
}

prepare() {
  start_hub
  publish alice
}

begin_test "two maintainers sign in turn, and a reader trusts both"
(
  set -eu -o pipefail
  prepare
  maintainer carol
  knows alice carol
  trusting bob alice
  knows bob carol
  as bob
  git clone -q "$HUB_URL/org/m" copy
  sleep 1.1 # signing times have whole seconds
  as carol
  echo carol >>carol/README.md
  git -C carol commit -qam carol
  git -C carol push -q
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by carol"
  sleep 1.1
  as alice
  git -C work pull -q
  echo alice >>work/README.md
  git -C work commit -qam alice
  git -C work push -q
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by alice"
  # Who knows only one of them is told of the other.
  trusting dave alice
  as carol
  sleep 1.1
  git -C carol pull -q
  echo more >>carol/README.md
  git -C carol commit -qam more
  git -C carol push -q
  as dave
  assert_refused "expected alice" git clone "$HUB_URL/org/m" fresh
)
end_test

begin_test "merging two signed branches does not stop at model.sig"
(
  set -eu -o pipefail
  prepare
  maintainer carol
  knows alice carol
  trusting bob alice
  knows bob carol
  sleep 1.1
  as alice
  echo alice >work/alice.txt
  git -C work add .
  git -C work commit -qm alice
  git -C work push -q
  sleep 1.1
  # Carol signs her branch too, and merges.
  as carol
  echo carol >carol/carol.txt
  git -C carol add .
  git -C carol commit -qm carol
  assert_exit 0 git -C carol sigstore sign
  git -C carol fetch -q
  cp carol/model.sig before
  # Git alone would stop here.
  git -C carol worktree add -q "$PWD/alone" HEAD
  assert_exit 1 git -C alone -c merge.sigstore.driver=false merge -q origin/main
  assert_contains "model.sig"
  git -C carol worktree remove --force "$PWD/alone"
  assert_exit 0 git -C carol merge -q --no-edit origin/main
  assert_same_file before carol/model.sig
  assert_exit 0 git -C carol push
  assert_contains "signed "
  assert_eq "" "$(git -C carol status --porcelain)"
  as bob
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by carol"
  [ -e copy/alice.txt ] && [ -e copy/carol.txt ] || fail "a file is missing"
  # Readers' repositories are not touched, other attributes stay.
  assert_missing copy/.git/info/attributes
  assert_eq 1 "$(grep -c model.sig carol/.git/info/attributes)"
  git -C carol push -q
  assert_eq 1 "$(grep -c model.sig carol/.git/info/attributes)"
)
end_test

begin_test "an attribute that somebody set for model.sig is theirs"
(
  set -eu -o pipefail
  prepare
  rm work/.git/info/attributes
  printf '*.txt -diff\n/model.sig merge=binary' >work/.git/info/attributes
  cp work/.git/info/attributes before
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  assert_same_file before work/.git/info/attributes
  printf '*.txt -diff' >work/.git/info/attributes
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  assert_eq "$(printf '*.txt -diff\n/model.sig merge=sigstore')" \
    "$(cat work/.git/info/attributes)"
)
end_test

begin_test "git sigstore tag signs first, then tags"
(
  set -eu -o pipefail
  prepare
  unsigned=$(git -C work rev-parse HEAD~)
  # The tip is signed: nothing is made.
  tip=$(git -C work rev-parse HEAD)
  assert_exit 0 git -C work sigstore tag v1
  assert_contains "tagged: v1, already signed commit ${tip:0:7}"
  assert_eq "$tip" "$(git -C work rev-parse v1)"
  # A new commit is signed, and the branch goes along.
  echo more >>work/README.md
  git -C work commit -qam more
  assert_exit 0 git -C work sigstore tag -a -m "Version two" v2
  assert_eq "$(git -C work rev-parse HEAD)" "$(git -C work rev-parse 'v2^{commit}')"
  assert_eq tag "$(git -C work cat-file -t v2)"
  assert_eq "Version two" "$(git -C work tag -l --format='%(contents:subject)' v2)"
  assert_exit 0 git -C work sigstore verify v2
  # An older commit without a signature gets one, in no branch.
  head=$(git -C work rev-parse HEAD)
  assert_exit 0 git -C work sigstore tag v0 "$unsigned" --json
  assert_contains '"created": true'
  assert_eq "$unsigned" "$(git -C work rev-parse v0~)"
  assert_eq "$head" "$(git -C work rev-parse HEAD)"
  # Names that are taken or none: nothing is signed for them.
  echo more >>work/README.md
  git -C work commit -qam more
  head=$(git -C work rev-parse HEAD)
  assert_exit 4 git -C work sigstore tag v1
  assert_contains "tag 'v1' exists already"
  assert_exit 4 git -C work sigstore tag 'bad..name'
  assert_eq "$head" "$(git -C work rev-parse HEAD)"
  assert_exit 0 git -C work sigstore tag -f v1
  assert_eq "$(git -C work rev-parse HEAD)" "$(git -C work rev-parse v1)"
  # Pushed: only the tag on an unsigned commit is spoken of.
  git -C work push -q
  assert_exit 0 git -C work push origin v0 v1 v2
  refute_contains "is on a commit that is not signed"
  git -C work tag plain "$unsigned"
  assert_exit 0 git -C work push origin plain
  assert_contains "sigstore: tag plain is on a commit that is not signed; 'git sigstore tag plain --force'"
  assert_eq "$unsigned" "$(git -C "$bare" rev-parse plain)"
)
end_test

begin_test "an edit on the website: readers hear what changed, a maintainer signs"
(
  set -eu -o pipefail
  prepare
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  as_plain website
  git clone -q "$HUB_URL/org/m" web
  echo edited >>web/README.md
  git -C web commit -qam "Update README.md"
  git -C web push -q
  as bob
  assert_exit 1 git -C copy pull
  assert_contains "org/m@main does not match its signature: changed README.md"
  assert_refused "changed README.md" git clone "$HUB_URL/org/m" fresh
  sleep 1.1
  as alice
  GIT_SIGSTORE_SKIP=1 git -C work pull -q
  assert_exit 0 git -C work sigstore sign
  git -C work push -q
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by alice"
)
end_test

begin_test "the tip of a repository that is not here, without its weights"
(
  set -eu -o pipefail
  prepare
  trusting bob alice
  mkdir tmp
  hub_forget_requests
  out=$(TMPDIR=$PWD/tmp git sigstore verify --remote "$HUB_URL/org/m" 2>&1)
  assert_contains "org/m@main "
  assert_contains "verified: signed by alice"
  refute_contains "/info/lfs/" "$(hub_requests)"
  assert_eq "" "$(ls -A tmp)"
  assert_exit 0 git sigstore verify main --remote "$HUB_URL/org/m" --json
  assert_contains '"ref": "refs/heads/main"'
  assert_exit 4 git sigstore verify gone --remote "$HUB_URL/org/m"
  assert_contains "git fetch ended with exit code 128"
  assert_exit 4 git sigstore verify --worktree --remote "$HUB_URL/org/m"
  # From within another repository, and its GIT_DIR.
  GIT_DIR=$PWD/work/.git git sigstore verify --remote "$HUB_URL/org/m"
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/README.md
  git -C evil commit -qam evil
  git -C evil push -q
  as bob
  assert_exit 1 git sigstore verify --remote "$HUB_URL/org/m" --exit-detail
  assert_contains "changed README.md"
  assert_contains "content_differs"
  hub_create org/plain
  as alice
  git -C work -c sigstore.sign=never push -q "$HUB_URL/org/plain" HEAD~:refs/heads/main
  as bob
  assert_exit 3 git sigstore verify --remote "$HUB_URL/org/plain"
  assert_contains "org/plain@main is not signed"
)
end_test

begin_test "status knows verdicts and pointers, verify names pointers on disk"
(
  set -eu -o pipefail
  prepare
  trusting bob alice
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git -C copy sigstore status
  assert_contains "HEAD:          $(git -C copy rev-parse HEAD | cut -c -7) verified: signed by alice"
  assert_contains "upstream:      $(git -C copy rev-parse HEAD | cut -c -7) verified"
  assert_contains "pointers:      model-00001-of-00002.safetensors, model-00002-of-00002.safetensors (git sigstore pull)"
  assert_exit 1 git -C copy sigstore verify --worktree
  assert_contains "still pointers, see 'git sigstore pull': model-00001"
  git -C copy sigstore pull
  assert_exit 0 git -C copy sigstore verify --worktree
  assert_exit 0 git -C copy sigstore status --json
  assert_contains '"pointers": []'
  echo mine >>copy/README.md
  git -C copy commit -qam mine
  assert_exit 0 git -C copy sigstore status
  assert_contains "not known to be verified (git sigstore verify)"
)
end_test
