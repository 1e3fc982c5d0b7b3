#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a clone shows when all is well, and what is remembered of it.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

begin_test "a plain clone of a protected host is verified, weights arrive after"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "sigstore: org/m@main $(git -C copy rev-parse --short=7 HEAD) verified: signed by alice (key "
  assert_contains "5 files"
  for file in work/*.safetensors; do
    assert_same_file "$file" "copy/${file#work/}"
  done
  assert_eq "" "$(git -C copy status --porcelain)"
  assert_eq "$HUB_URL/org/m" "$(git -C copy config remote.origin.url)"
  assert_eq "" "$(ls "$(git -C copy rev-parse --git-path objects)" | grep tmp_ || true)"
)
end_test

begin_test "the refs listing is judged, so every state that comes in is a verified one"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by alice"
  assert_exit 0 git -C copy fetch
  refute_contains "verified"
  assert_exit 0 git -C copy sigstore verify
  assert_exit 0 git -C copy sigstore verify --worktree
)
end_test

begin_test "sigstore:: in front of a URL does the same, and leaves a plain URL"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git sigstore uninstall >/dev/null
  assert_exit 0 git clone "sigstore::$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_eq "$HUB_URL/org/m" "$(git -C copy config remote.origin.url)"
  assert_eq sigstore "$(git -C copy config remote.origin.vcs)"
  assert_same_file work/model-00001-of-00002.safetensors copy/model-00001-of-00002.safetensors
  assert_exit 0 git -C copy fetch
)
end_test

begin_test "a key we do not hold is no no: the line to type is in the message"
(
  set -eu -o pipefail
  start_hub
  publish alice
  print=$(fingerprint work)
  as bob
  assert_refused "$print, which is not known here" git clone "$HUB_URL/org/m" copy
  assert_contains "git sigstore trust add ${HUB_URL#http://}/org/m --key PUBLIC_KEY.pem --fingerprint $print"
  assert_missing copy
  git sigstore trust add "${HUB_URL#http://}/org/m" --key "$(public_key alice)" --fingerprint "$print"
  assert_exit 0 git clone -q "$HUB_URL/org/m" copy
)
end_test

begin_test "an unsigned repository passes with a line, and is refused under require"
(
  set -eu -o pipefail
  start_hub
  as bob
  hub_create org/m
  make_model work
  git -C work remote add origin "$HUB_URL/org/m"
  git -C work push -q origin main
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "sigstore: org/m@main is not signed"
  assert_exit 3 git -C copy sigstore verify
  git config --global "sigstore.$HUB_URL.mode" require
  assert_refused "sigstore.mode is require" git clone "$HUB_URL/org/m" again
  assert_missing again
)
end_test

begin_test "shallow, bare and mirror clones are verified"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  for how in "--depth 1" "--bare" "--mirror" "--single-branch" "--no-checkout"; do
    # shellcheck disable=SC2086
    assert_exit 0 git clone $how "$HUB_URL/org/m" "copy$how"
    assert_contains "verified: signed by alice"
  done
  # What is here is judged again when it is deepened.
  assert_exit 0 git -C "copy--depth 1" fetch --unshallow
)
end_test

begin_test "any of several signers counts"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  signer carol
  git clone -q -c sigstore.mode=warn "$HUB_URL/org/m" carols
  echo carol >>carols/README.md
  git -C carols commit -qam carol
  git -C carols push -q
  as bob
  assert_exit 1 git -C copy pull
  assert_contains "expected alice (key "
  trusting bob carol
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by carol"
  as alice
  assert_exit 1 git -C work pull
)
end_test

begin_test "GIT_SIGSTORE_SKIP goes around, with a warning; mode off is silent"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as bob
  assert_exit 0 env GIT_SIGSTORE_SKIP=1 git clone "$HUB_URL/org/m" copy
  assert_contains "GIT_SIGSTORE_SKIP is set"
  git config --global sigstore.mode off
  assert_exit 0 git clone "$HUB_URL/org/m" again
  refute_contains "sigstore:"
)
end_test

begin_test "an origin elsewhere keeps working beside a protected remote"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git init -q --bare "elsewhere dir.git"
  git -C work remote rename origin hub
  git -C work remote add origin "$PWD/elsewhere dir.git"
  assert_eq sigstore "$(git -C work config remote.origin.vcs)"
  assert_exit 0 git -C work push origin main
  assert_exit 0 git -C work fetch origin
  assert_eq "$(git -C work rev-parse main)" "$(git -C "elsewhere dir.git" rev-parse main)"
  # ssh: what git would run, with a program that records it.
  printf '#!/bin/sh\nprintf "%%s|" "$@" >%s/ssh-args\nwhile [ "$1" = -o ]; do shift 2; done\nshift\nexec sh -c "$*"\n' "$PWD" >ssh
  chmod +x ssh
  git -C work remote set-url origin "me@example.org:$PWD/elsewhere dir.git"
  assert_exit 0 env GIT_SSH="$PWD/ssh" git -C work fetch origin
  assert_eq "-o|SendEnv=GIT_PROTOCOL|me@example.org|git-upload-pack|'$PWD/elsewhere dir.git'|" "$(cat ssh-args)"
  assert_exit 0 env GIT_SSH_COMMAND="$PWD/ssh" git -C work ls-remote origin
)
end_test

begin_test "an empty repository, and a repository outside of which git asks"
(
  set -eu -o pipefail
  start_hub
  as bob
  hub_create org/m
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "empty repository"
  assert_eq refs/heads/main "$(git -C copy symbolic-ref HEAD)"
  assert_exit 0 git ls-remote "sigstore::$HUB_URL/org/m"
)
end_test
