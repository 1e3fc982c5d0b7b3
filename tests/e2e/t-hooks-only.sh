#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Without the helper: `git sigstore install --hooks-only` (git.md, sections 3
# and 4; section 10, tests 24 to 29).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/hooklib.sh
. "$(dirname "$0")/hooklib.sh"

# hooks_only NAME: this person has hooks and no helper.
hooks_only() {
  as "$1"
  git sigstore uninstall >/dev/null
  git sigstore install --hooks-only --host "$HUB_URL"
}

attack() {
  as_plain mallory
  rm -rf evil
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && echo evil >>config.json && git commit -qam "Improve" && git push -q)
}

begin_test "test 24: a clone, a fetch and a pull are vetoed"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  hooks_only bob
  # Whatever branch git would call the first here, the server's HEAD counts.
  git config --global init.defaultBranch other
  for options in "" "-n" "--bare" "--mirror" "--depth=1" "-o hub" "--single-branch"; do
    git sigstore trust remove "$HUB_URL/org/m" --history
    # shellcheck disable=SC2086
    assert_exit 0 git clone $options "$HUB_URL/org/m" new
    assert_contains "sigstore: org/m@main "
    assert_contains " verified: signed by alice"
    rm -rf new
  done
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_eq "" "$(git -C copy config remote.origin.vcs || true)"
  assert_same_file work/model-00001-of-00002.safetensors copy/model-00001-of-00002.safetensors
  attack
  as bob
  for options in "" "-n" "--bare" "--mirror" "--depth=1" "-o hub" "--filter=blob:limit=1m"; do
    # shellcheck disable=SC2086
    assert_exit 128 git clone $options "$HUB_URL/org/m" new
    assert_contains "does not match its signature: changed config.json"
    assert_contains "hook"
    assert_missing new
  done
  before=$(git -C copy for-each-ref)
  assert_exit 128 git -C copy fetch
  assert_contains "does not match its signature: changed config.json"
  assert_eq "" "$(cat copy/.git/FETCH_HEAD)"
  assert_exit 1 git -C copy pull
  assert_eq "$before" "$(git -C copy for-each-ref)"
  assert_eq "" "$(git -C copy status --porcelain)"
)
end_test

begin_test "test 24: clone -b does not let an unverified default branch in"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && git push -q origin main:side && echo evil >>config.json && git commit -qam "Improve" && git push -q)
  hooks_only bob
  assert_exit 128 git clone -b side "$HUB_URL/org/m" new
  assert_contains "org/m@main does not match its signature"
  assert_missing new
)
end_test

begin_test "test 25: pre-push signs in the same push over http"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  signer alice
  hooks_only alice
  make_model work
  cd work
  git remote add origin "$HUB_URL/org/m"
  first=$(git rev-parse HEAD)
  assert_exit 0 git push -u origin main
  assert_contains "sigstore: signed "
  tip=$(git rev-parse HEAD)
  assert_eq "$first" "$(git rev-parse HEAD~1)"
  assert_eq "$tip" "$(git -C "$bare" rev-parse main)"
  # git had stored the commit below the signature.
  assert_eq "$tip" "$(git rev-parse origin/main)"
  assert_eq "" "$(git status --porcelain)"
  assert_missing .git/sigstore-signed-push
  assert_contains "$tip" "$(git sigstore trust list --json)"
  # The weights are there, by git-lfs through our hook.
  for file in *.safetensors; do
    assert_same_file "$file" "$(hub_object "$(sha256sum "$file" | cut -d ' ' -f 1)")"
  done
  assert_exit 0 git push
  assert_contains "Everything up-to-date"
  # HEAD, and the name of the branch at a second push.
  echo two >>README.md
  git commit -qam "Two"
  assert_exit 0 git push origin HEAD
  assert_eq "$(git rev-parse HEAD)" "$(git -C "$bare" rev-parse main)"
  git cat-file -e "$(git -C "$bare" rev-parse main):model.sig"
  assert_eq "$(git rev-parse HEAD)" "$(git rev-parse origin/main)"
  cd ..
  trusting bob alice
  assert_exit 0 git clone -q "$HUB_URL/org/m" copy
)
end_test

begin_test "test 25: over ssh the push ends, and the next one takes the signature"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  signer alice
  hooks_only alice
  # A stand-in for ssh: runs the command here.
  cat >"$TEST_DIR/ssh" <<END
#!/bin/sh
while [ "\${1#-}" != "\$1" ]; do
  case \$1 in -o | -p) shift ;; esac
  shift
done
shift
exec sh -c "\$(echo "\$1" | sed "s#'/*org/m\(.git\)*'#'$bare'#")"
END
  chmod +x "$TEST_DIR/ssh"
  export GIT_SSH="$TEST_DIR/ssh" GIT_SSH_VARIANT=ssh
  make_model work
  cd work
  git remote add origin "git@127.0.0.1:org/m"
  # The include goes by URLs of http; this one is said by hand.
  git config include.path "$HOME/.config/hf-sigstore/gitconfig"
  git config remote.origin.lfsurl "$HUB_URL/org/m.git/info/lfs"
  assert_exit 1 git push origin main
  assert_contains "signature commit $(git rev-parse --short=7 HEAD) created; run 'git push' again"
  assert_eq "" "$(git -C "$bare" for-each-ref)"
  assert_exit 0 git push origin main
  assert_eq "$(git rev-parse HEAD)" "$(git -C "$bare" rev-parse main)"
  git cat-file -e HEAD:model.sig
)
end_test

begin_test "section 4: what cannot be signed is not pushed, and nothing is when LFS fails"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  signer alice
  hooks_only alice
  make_model work
  cd work
  git remote add origin "$HUB_URL/org/m"
  git branch other
  assert_exit 1 git push origin other
  assert_contains "only the branch that is checked out can be signed"
  assert_eq "" "$(git -C "$bare" for-each-ref)"
  echo dirty >model.sig
  assert_exit 1 git push origin main
  assert_contains "model.sig has local changes"
  rm model.sig
  make_shard model-00001-of-00002.safetensors embed.weight 50
  git commit -qam "Train on"
  before=$(git rev-parse HEAD)
  hub_switch unauthorized '{"scope": "lfs"}'
  assert_exit 1 git push origin main
  assert_eq "$before" "$(git rev-parse HEAD)"
  assert_eq "" "$(git -C "$bare" for-each-ref)"
)
end_test

begin_test "test 25: a signature that git-lfs keeps is uploaded in the same push"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  signer alice
  hooks_only alice
  make_model work
  echo '*.sig filter=lfs diff=lfs merge=lfs -text' >>work/.gitattributes
  git -C work commit -qam "All in git-lfs"
  git -C work remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C work push -u origin main
  sig=$(git -C "$bare" cat-file blob main:model.sig | sed -n 's/^oid sha256://p')
  assert_same_file work/model.sig "$(hub_object "$sig")"
  trusting bob alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_same_file work/model.sig copy/model.sig
)
end_test

begin_test "test 26: the repository's own hooks are called, with arguments, stdin and exit code"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  signer alice
  make_model work
  cd work
  git remote add origin "$HUB_URL/org/m"
  rm -f .git/hooks/*
  for event in pre-commit commit-msg post-commit post-checkout pre-push \
    reference-transaction post-merge prepare-commit-msg; do
    # shellcheck disable=SC2016
    printf '#!/bin/sh\n{ echo "%s $*"; case %s in pre-push|reference-*) cat ;; esac; } >>"%s/seen"\n[ ! -e "%s/veto-%s" ]\n' \
      "$event" "$event" "$TEST_DIR" "$TEST_DIR" "$event" >".git/hooks/$event"
    chmod +x ".git/hooks/$event"
  done
  assert_exit 0 git sigstore install --hooks-only --host "$HUB_URL"
  if ! has_configured_hooks; then
    assert_contains "called by ours: $PWD/.git/hooks/pre-push"
  fi
  echo two >>README.md
  git commit -qam "Two"
  git switch -qc topic
  git switch -q main
  tip=$(git rev-parse HEAD)
  git push -q origin main
  for line in "pre-commit " "commit-msg .git/COMMIT_EDITMSG" "post-commit " \
    "post-checkout $tip $tip 1" "reference-transaction prepared" \
    "reference-transaction committed" "pre-push origin $HUB_URL/org/m" \
    "refs/heads/main $tip refs/heads/main 0000000000000000000000000000000000000000"; do
    grep -qF "$line" "$TEST_DIR/seen" || fail "not seen: $line"
  done
  # git-lfs was called all the same.
  for file in *.safetensors; do
    assert_same_file "$file" "$(hub_object "$(sha256sum "$file" | cut -d ' ' -f 1)")"
  done
  touch "$TEST_DIR/veto-pre-commit"
  assert_exit 1 git commit -qm "No" --allow-empty
  rm "$TEST_DIR/veto-pre-commit"
  echo three >>README.md
  git commit -qam "Three"
  touch "$TEST_DIR/veto-pre-push"
  before=$(git rev-parse HEAD)
  assert_exit 1 git push origin main
  if has_configured_hooks; then
    # git runs them before those of files: it is signed, and pushed next time.
    assert_eq "$before" "$(git rev-parse HEAD~1)"
    assert_exit 0 git sigstore verify
    before=$(git rev-parse HEAD)
    rm "$TEST_DIR/veto-pre-push"
    assert_exit 0 git push -q origin main
  fi
  assert_eq "$before" "$(git rev-parse HEAD)"
)
end_test

begin_test "test 28: uninstall leaves the configuration byte for byte, and no folder"
(
  set -eu -o pipefail
  printf '# mine\n[user]\n  name   =  A ; b\n\temail = a@b\n[include]\n\tpath = ~/other' >"$HOME/.gitconfig"
  cp "$HOME/.gitconfig" saved
  touch "$HOME/other"
  assert_exit 0 git sigstore install --hooks-only
  git init -q here
  git -C here remote add origin https://huggingface.co/org/m
  assert_eq "" "$(git -C here config remote.origin.vcs || true)"
  if has_configured_hooks; then
    assert_eq pre-push "$(git -C here config hook.sigstore-pre-push.event)"
    assert_eq "" "$(git -C here config core.hooksPath || true)"
  else
    echo "# NOT APPLICABLE: configured hooks, below git 2.54" >&3
    assert_eq "$HOME/.config/hf-sigstore/hooks" "$(git -C here config core.hooksPath)"
    # Their mere presence would change what git does.
    assert_missing "$HOME/.config/hf-sigstore/hooks/push-to-checkout"
    assert_missing "$HOME/.config/hf-sigstore/hooks/proc-receive"
  fi
  # It stays so, with one more host.
  assert_exit 0 git sigstore install --host example.org
  assert_contains "hooks verify and sign, no helper"
  git sigstore uninstall
  assert_same_file saved "$HOME/.gitconfig"
  assert_missing "$HOME/.config/hf-sigstore/hooks"
  assert_missing "$HOME/.config/hf-sigstore/gitconfig"
)
end_test

begin_test "a commit that nobody signed is named after its checkout, and held back where required"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as_plain carol
  git clone -q "$HUB_URL/org/m" dev
  (cd dev && git switch -qc dev && echo dev >>README.md && git commit -qam Dev && git push -q origin dev)
  trusting bob alice
  hooks_only bob
  git clone -q "$HUB_URL/org/m" copy
  cd copy
  assert_exit 0 git switch dev
  assert_contains "checked out unverified commit $(git rev-parse --short=7 HEAD): org/m@dev does not match its signature"
  assert_exit 0 git switch main
  refute_contains "unverified"
  # One's own work is nobody's to verify.
  git switch -qc own
  echo own >>README.md
  git commit -qam Own
  git switch -q main
  assert_exit 0 git switch own
  refute_contains "unverified"
  git switch -q main
  git config --global sigstore.mode require
  assert_exit 1 git switch dev
  assert_contains "took the files of unverified commit"
  assert_contains "run 'git sigstore release' after review"
  assert_eq ".git" "$(ls -A)"
  assert_exit 4 git sigstore release
  assert_contains "was refused: org/m@dev does not match its signature"
  assert_contains "git sigstore release --yes"
  assert_eq ".git" "$(ls -A)"
  # A file that was written meanwhile is not overwritten.
  echo mine >config.json
  assert_exit 4 git sigstore release --yes
  assert_contains "Untracked working tree file 'config.json' would be overwritten"
  assert_eq mine "$(cat config.json)"
  rm config.json
  assert_exit 0 git sigstore release --yes
  assert_eq "" "$(git status --porcelain)"
  [ -s README.md ] || fail "no files"
  # Reviewed once: a warning, and no more.
  git switch -q main
  assert_exit 0 git switch dev
  assert_contains "warning: checked out unverified commit"
  assert_exit 4 git sigstore release --yes
  assert_contains "no files are held back here"
)
end_test

begin_test "files that were held back come back with a commit that verifies"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as_plain carol
  git clone -q "$HUB_URL/org/m" dev
  (cd dev && git switch -qc dev && echo dev >>README.md && git commit -qam Dev && git push -q origin dev)
  trusting bob alice
  hooks_only bob
  git clone -q "$HUB_URL/org/m" copy
  cd copy
  git config --global sigstore.mode require
  # What is changed here is nobody's to take away.
  echo mine >>tokenizer.json
  assert_exit 1 git switch dev
  assert_contains "the files stay, because some have local changes"
  grep -q mine tokenizer.json
  git checkout -q tokenizer.json
  git switch -q main
  assert_exit 1 git switch dev
  assert_eq ".git" "$(ls -A)"
  assert_exit 0 git switch -f main
  assert_eq "" "$(git status --porcelain)"
  assert_same_file ../work/config.json config.json
  assert_exit 4 git sigstore release
)
end_test

begin_test "pointers in the place of files are named"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  hooks_only bob
  git config --global --remove-section filter.lfs
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "warning: model-00001-of-00002.safetensors (+1 more) is a git-lfs pointer"
  rm -rf copy
  assert_exit 0 env GIT_LFS_SKIP_SMUDGE=1 git clone "$HUB_URL/org/m" copy
  refute_contains "is a git-lfs pointer"
)
end_test
