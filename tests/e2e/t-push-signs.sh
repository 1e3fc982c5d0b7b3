#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A push signs with a follow-up commit. Local branch, tracking ref and server
# agree afterwards, or nothing has moved.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

agree() { # BRANCH: everywhere the same commit, and a clean tree
  assert_eq "$(git -C work rev-parse "$1")" "$(git -C "$bare" rev-parse "$1")"
  assert_eq "$(git -C work rev-parse "$1")" "$(git -C work rev-parse "origin/$1")"
  assert_eq "" "$(git -C work status --porcelain)"
}

edit() {
  date +%N >>work/README.md
  git -C work commit -qam "${1:-edit}"
}

begin_test "a follow-up commit, reported and fast-forwarded; the next push just works"
(
  set -eu -o pipefail
  start_hub
  publish alice
  agree main
  assert_eq "Sign the model" "$(git -C work log -1 --format=%s)"
  assert_eq model.sig "$(git -C work diff --name-only HEAD~ HEAD)"
  first=$(git -C work rev-parse --short=7 main)
  edit
  assert_exit 0 git -C work push
  assert_contains "$first..$(git -C work rev-parse --short=7 main)  main -> main"
  assert_contains "local branch 'main' fast-forwarded"
  agree main
  assert_exit 0 git -C work push
  assert_contains "Everything up-to-date"
  assert_exit 0 git -C work sigstore verify
)
end_test

begin_test "a push of an edited README reads no weights: there are none"
(
  set -eu -o pipefail
  start_hub
  publish alice
  rm -r work/.git/lfs/objects work/*.safetensors
  date +%N >>work/README.md
  git -C work commit -qm "Edit the README" README.md
  assert_exit 0 git -C work push
  assert_contains "signing 5 files"
  assert_eq "$(git -C work rev-parse main)" "$(git -C "$bare" rev-parse main)"
  assert_missing work/.git/lfs/objects
  git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git -C copy sigstore verify
)
end_test

begin_test "a tip that is signed already is pushed as it is"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  assert_exit 0 git -C work sigstore sign
  assert_contains "signed: 5 files"
  signed=$(git -C work rev-parse main)
  assert_exit 0 git -C work sigstore sign
  assert_contains "already signed"
  assert_exit 0 git -C work push
  refute_contains "signing"
  assert_eq "$signed" "$(git -C "$bare" rev-parse main)"
  agree main
)
end_test

begin_test "HEAD, an id, a new branch, two branches at once, tags, deletions"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  assert_exit 0 git -C work push origin HEAD
  agree main
  git -C work branch two
  git -C work switch -qc three
  edit
  assert_exit 0 git -C work push --atomic origin two three
  agree two
  agree three
  git -C work switch -q main
  edit
  edited=$(git -C work rev-parse main)
  assert_exit 0 git -C work push origin "$edited:refs/heads/four"
  assert_contains "run 'git pull'"
  assert_eq "$edited" "$(git -C work rev-parse main)"
  assert_eq "$edited" "$(git -C "$bare" rev-parse four~)"
  git -C work tag v1
  assert_exit 0 git -C work push origin v1
  assert_eq "$edited" "$(git -C "$bare" rev-parse v1)"
  assert_exit 0 git -C work push origin --delete four
  assert_exit 128 git -C "$bare" rev-parse --verify four
)
end_test

begin_test "a dry run signs nothing; sign=never pushes unsigned"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  tip=$(git -C work rev-parse main)
  assert_exit 0 git -C work push --dry-run
  assert_contains "would sign 5 files"
  assert_eq "$tip" "$(git -C work rev-parse main)"
  assert_exit 0 git -C work -c sigstore.sign=never push
  assert_eq "$tip" "$(git -C "$bare" rev-parse main)"
  trusting bob alice
  assert_refused "does not match its signature: changed README.md" \
    git clone "$HUB_URL/org/m" copy
)
end_test

begin_test "a push that cannot sign pushes nothing"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  before=$(git -C work rev-parse main; git -C "$bare" rev-parse main)
  unmoved() {
    assert_eq "$before" "$(git -C work rev-parse main; git -C "$bare" rev-parse main)"
  }
  assert_exit 1 git -C work -c sigstore.key=/absent.key push
  assert_contains "cannot sign: cannot open /absent.key"
  assert_contains "! [remote rejected] main -> main (sigstore: not signed)"
  unmoved
  git config --global --unset sigstore.key
  assert_exit 1 git -C work push
  assert_contains "no signing key is set"
  unmoved
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
    -aes256 -pass pass:right -out locked.key 2>/dev/null
  git config --global sigstore.key "$PWD/locked.key"
  assert_exit 1 git -C work push
  assert_contains "the key has a password"
  HF_SIGSTORE_PASSWORD=wrong-secret assert_exit 1 git -C work push
  assert_contains "wrong password"
  refute_contains "wrong-secret"
  unmoved
  echo right >password
  git config --global sigstore.passwordFile "$PWD/password"
  assert_exit 0 git -C work push
  agree main
)
end_test

begin_test "local changes to model.sig stop the push"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  echo '{}' >work/model.sig
  assert_exit 1 git -C work push
  assert_contains "model.sig has local changes; commit or discard them first"
  git -C work add model.sig
  assert_exit 1 git -C work push
  git -C work restore --staged --worktree model.sig
  assert_exit 0 git -C work push
  agree main
)
end_test

begin_test "a push the server declines leaves all as it was, and can be tried again"
(
  set -eu -o pipefail
  start_hub
  publish alice
  edit
  before=$(git -C work for-each-ref)
  hub_switch decline-push '{"message": "no"}'
  assert_exit 1 git -C work push
  assert_contains "[remote rejected] main -> main (pre-receive hook declined)"
  assert_eq "$before" "$(git -C work for-each-ref)"
  assert_eq "" "$(git -C work status --porcelain)"
  hub_clear decline-push
  assert_exit 0 git -C work push
  agree main
)
end_test

begin_test "somebody was faster: fetch first, forced and leased pushes"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git clone -q "$HUB_URL/org/m" other
  echo other >>other/README.md
  git -C other commit -qam other
  git -C other push -q
  edit
  tip=$(git -C work rev-parse main)
  assert_exit 1 git -C work push
  assert_contains "fetch first"
  assert_eq "$tip" "$(git -C work rev-parse main)"
  assert_exit 1 git -C work push --force-with-lease
  assert_contains "stale info"
  assert_exit 0 git -C work push --force
  assert_contains "(forced update)"
  agree main
)
end_test

begin_test "unsafe states are not signed"
(
  set -eu -o pipefail
  start_hub
  publish alice
  ln -s README.md work/link
  git -C work add link
  git -C work commit -qm link
  assert_exit 1 git -C work push
  assert_contains "cannot sign: link is a symbolic link"
  git -C work reset -q --hard HEAD~
  echo '*.sig filter=other' >>work/.gitattributes
  git -C work commit -qam lfs
  assert_exit 1 git -C work push
  assert_contains "model.sig -filter"
)
end_test

begin_test "going back to an older state is signed anew, and readers accept it"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  as alice
  sleep 1.1
  edit one
  git -C work push -q
  as bob
  git -C copy pull -q
  as alice
  sleep 1.1
  git -C work revert --no-edit HEAD HEAD~1 >/dev/null
  assert_exit 0 git -C work push
  assert_contains "signing"
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by alice"
)
end_test

begin_test "git-lfs uploads before we sign; a failed upload signs nothing"
(
  set -eu -o pipefail
  start_hub
  publish alice
  make_shard work/model-00003.safetensors extra 5
  git -C work add -A
  git -C work commit -qm shard
  before=$(git -C work rev-parse main; git -C "$bare" rev-parse main)
  hub_switch unauthorized '{"scope": "lfs"}'
  assert_exit 1 git -C work push
  refute_contains "signing"
  assert_eq "$before" "$(git -C work rev-parse main; git -C "$bare" rev-parse main)"
  hub_clear unauthorized
  # git-lfs remembers that this server asked for a password.
  git -C work config --unset-all "lfs.$HUB_URL/org/m.git/info/lfs.access"
  assert_exit 0 git -C work push
  agree main
)
end_test
