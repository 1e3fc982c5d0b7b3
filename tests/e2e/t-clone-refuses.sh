#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What an attacker with the server or with push rights can do, and what a
# clone and a fetch say to it. Nothing moves: no ref, no file, no weight.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/attacklib.sh
. "$(dirname "$0")/attacklib.sh"

# expect_refusal PHRASE: bob, who cloned before, and a new reader are refused.
expect_refusal() {
  as bob
  head=$(git -C copy rev-parse HEAD)
  before=$(cd copy && git for-each-ref && ls -A)
  assert_refused "$1" git clone "$HUB_URL/org/m" fresh
  assert_missing fresh
  assert_exit 128 git -C copy fetch
  assert_contains "$1"
  assert_exit 1 git -C copy pull
  assert_contains "$1"
  assert_eq "$head" "$(git -C copy rev-parse HEAD)"
  assert_eq "$before" "$(cd copy && git for-each-ref && ls -A)"
  assert_eq "" "$(find copy/.git/objects -name 'tmp_*')"
}

prepare() {
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
}

begin_test "a pointer swapped by somebody with push rights"
(
  set -eu -o pipefail
  prepare
  attack "head -c 5000 /dev/urandom >model-00001-of-00002.safetensors"
  expect_refusal "does not match its signature: changed model-00001-of-00002.safetensors"
)
end_test

begin_test "an extra file, a missing file"
(
  set -eu -o pipefail
  prepare
  attack "echo import os >modeling_evil.py; git rm -q tokenizer.json"
  expect_refusal "missing tokenizer.json, extra modeling_evil.py"
)
end_test

begin_test "model.sig removed"
(
  set -eu -o pipefail
  prepare
  attack "git rm -q model.sig"
  expect_refusal "is not signed (it was signed on"
)
end_test

begin_test "valid signature by another key"
(
  set -eu -o pipefail
  prepare
  as_plain mallory
  hf-sigstore keygen --no-password "$HOME/evil" >/dev/null
  attack "rm model.sig; hf-sigstore sign . --key $HOME/evil.key"
  expect_refusal "expected alice (key "
)
end_test

begin_test "an older signed state served again, and one brought back on top"
(
  set -eu -o pipefail
  prepare
  old=$(git -C "$bare" rev-parse main)
  sleep 1.1 # signing times have whole seconds
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  as bob
  git -C copy pull -q
  git -C "$bare" update-ref refs/heads/main "$old"
  expect_refusal "moved back from"
  git -C "$bare" update-ref refs/heads/main "$(git -C work rev-parse main)"
  attack "git checkout -q $old -- ."
  expect_refusal "older signed state"
)
end_test

begin_test "a signed model of the same signer under another name"
(
  set -eu -o pipefail
  prepare
  as alice
  hub_create org/other
  git clone -q "$HUB_URL/org/m" other
  git -C other remote set-url origin "$HUB_URL/org/other"
  echo other >other/README.md
  git -C other commit -qam other
  git -C other push -q origin main
  # The server answers with the other repository.
  rm -rf "$bare"
  cp -R "$HUB_ROOT/org/other.git" "$bare"
  expect_refusal "signature was made for ${HUB_URL#http://}/org/other"
)
end_test

begin_test ".gitattributes that would change bytes, or turn git-lfs off"
(
  set -eu -o pipefail
  prepare
  attack "echo '*.json text eol=crlf' >>.gitattributes"
  expect_refusal "unsafe .gitattributes"
  as_plain mallory
  git -C "$bare" update-ref refs/heads/main "$(git -C copy rev-parse HEAD)"
  attack_raw "echo '# nothing' >.gitattributes && git commit -qm x .gitattributes"
  expect_refusal "no filter=lfs attribute covers"
)
end_test

begin_test "a git-lfs configuration that would leave pointers behind"
(
  set -eu -o pipefail
  prepare
  attack "git config -f .lfsconfig lfs.fetchexclude '*'"
  expect_refusal "'fetchexclude' would leave pointers"
)
end_test

begin_test ".gitignore and mode bits, which the model signature itself leaves out"
(
  set -eu -o pipefail
  prepare
  attack "echo '*.sig' >.gitignore"
  expect_refusal "changed .gitignore"
  as_plain mallory
  git -C "$bare" update-ref refs/heads/main "$(git -C copy rev-parse HEAD)"
  attack "chmod +x config.json"
  expect_refusal "file modes"
)
end_test

begin_test "symbolic links, submodules, case twins, odd pointers"
(
  set -eu -o pipefail
  prepare
  good=$(git -C "$bare" rev-parse main)
  again() { git -C "$bare" update-ref refs/heads/main "$good"; }
  attack "ln -s /etc/passwd link"
  expect_refusal "link is a symbolic link"
  again
  attack_raw "git update-index --add --cacheinfo 160000,$good,sub && git commit -qm x"
  expect_refusal "sub is a submodule"
  again
  attack "echo {} >CONFIG.json"
  expect_refusal "differ only in case"
  again
  attack_raw 'git show HEAD:model-00001-of-00002.safetensors | sed "s/^size .*/size 0/" >.git/p && git update-index --cacheinfo 100644,$(git hash-object -w .git/p),model-00001-of-00002.safetensors && git commit -qm x'
  expect_refusal "not in canonical form"
)
end_test

begin_test "malformed signatures: garbage, nested deep, duplicate members, huge"
(
  set -eu -o pipefail
  prepare
  good=$(git -C "$bare" rev-parse main)
  again() { git -C "$bare" update-ref refs/heads/main "$good"; }
  attack "echo '{\"mediaType\": 3' >model.sig"
  expect_refusal "malformed bundle: JSON: syntax error"
  again
  attack "python3 -c 'print(\"[\"*10000 + \"]\"*10000)' >model.sig"
  expect_refusal "nested deeper than"
  again
  attack "sed -i 's/^{/{\"mediaType\":\"x\",/' model.sig"
  expect_refusal "duplicate member 'mediaType'"
  again
  attack "head -c 100000000 /dev/zero >model.sig"
  expect_refusal "model.sig"
  assert_contains "more than the limit"
)
end_test

begin_test "objects that are here already, by a prefetch, are judged from the listing"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  as bob
  # The commit arrives on a side way, without us.
  GIT_SIGSTORE_SKIP=1 git -C copy fetch -q origin main:refs/prefetch/main
  git -C copy update-ref refs/remotes/origin/main HEAD
  assert_exit 1 git -C copy pull
  assert_contains "does not match its signature: changed README.md"
)
end_test

begin_test "a refused state is refused the second time, and leaves no object behind"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  as bob
  objects() { git -C copy count-objects -v | grep -E '^(count|in-pack)'; }
  before=$(objects)
  assert_exit 1 git -C copy pull
  assert_exit 1 git -C copy pull
  assert_eq "$before" "$(objects)"
)
end_test

begin_test "weights swapped on the server are caught by git-lfs"
(
  set -eu -o pipefail
  prepare
  oid=$(sha256sum work/model-00001-of-00002.safetensors | cut -d' ' -f1)
  head -c 5000 /dev/urandom >swapped
  hub_switch replace-object "{\"oid\": \"$oid\", \"path\": \"$PWD/swapped\"}"
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "verified: signed by alice"
  assert_contains "checkout failed"
)
end_test

begin_test "a truncated pack, an error of the server"
(
  set -eu -o pipefail
  prepare
  hub_switch truncate-pack '{"after": 300, "clean": true}'
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_missing fresh
  hub_clear truncate-pack
  hub_switch not-found '{"scope": "git"}'
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_missing fresh
)
end_test

begin_test "2: a refused clone into an empty folder leaves the folder, empty"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  as bob
  mkdir empty
  assert_refused "changed README.md" git clone "$HUB_URL/org/m" empty
  assert_eq 1 "$(printf '%s\n' "$out" | grep -vc '^Cloning into ')"
  [ -d empty ] || fail "the folder is gone"
  assert_eq "" "$(ls -A empty)"
  for options in --bare --mirror "--depth 1" "--filter=blob:none" "-n"; do
    # shellcheck disable=SC2086
    assert_refused "changed README.md" git clone $options "$HUB_URL/org/m" fresh
    assert_missing fresh
  done
)
end_test

begin_test "3: a refused fetch is refused again, and FETCH_HEAD is empty"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  as bob
  state() { git -C copy count-objects -v && git -C copy for-each-ref && git -C copy status --porcelain; }
  before=$(state)
  for command in fetch fetch pull pull "fetch --all" "remote update"; do
    # shellcheck disable=SC2086
    if git -C copy $command >log 2>&1; then fail "$command"; fi
    assert_contains "changed README.md" "$(cat log)"
    assert_eq "" "$(cat copy/.git/FETCH_HEAD 2>/dev/null)"
    assert_eq "$before" "$(state)"
  done
)
end_test

# git lists what it asks about only: HEAD for the first, newer versions HEAD
# and the tags for the second.
begin_test "25: the tip by the name HEAD, or by its id, is judged as the branch that it is"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  evil=$(git -C evil rev-parse HEAD)
  as bob
  for what in HEAD HEAD:refs/heads/new "$evil" "$evil:refs/heads/new"; do
    for how in "" --no-tags; do
      # shellcheck disable=SC2086
      assert_exit 128 git -C copy fetch $how origin "$what"
      assert_contains "does not match its signature: changed README.md"
    done
  done
  assert_exit 1 git -C copy pull origin HEAD
  git -C copy fetch -q origin 'refs/heads/*:refs/other/*' && fail "fetched"
  assert_exit 1 git -C copy cat-file -e "$evil"
)
end_test

# What git leaves when it is killed while it unpacks: a commit without what is
# in it, under no name.
begin_test "9: a commit of a killed fetch, without its tree or files, is fetched again"
(
  set -eu -o pipefail
  prepare
  as alice
  for edit in tree file; do
    echo "$edit" >>work/README.md
    git -C work commit -qam "Edit the $edit"
    git -C work push -q
    tip=$(git -C work rev-parse HEAD)
    as bob
    put() { git -C work cat-file "$1" "$2" | git -C copy hash-object -w -t "$1" --stdin; }
    put commit "$tip"
    put commit "$tip~1"
    if [ "$edit" = file ]; then put tree "$tip^{tree}"; fi
    assert_exit 0 git -C copy fetch -q
    assert_eq "$tip" "$(git -C copy rev-parse origin/main)"
    as alice
  done
  # The same of an attacker's commit: it is fetched, judged, and has no name.
  attack "echo evil >>README.md"
  tip=$(git -C evil rev-parse HEAD)
  git -C evil cat-file commit "$tip" | git -C copy hash-object -w -t commit --stdin
  as bob
  for again in 1 2; do
    assert_exit 128 git -C copy fetch -q
    assert_contains "does not match its signature: changed README.md"
  done
)
end_test
