#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a tree may hold beside regular files when the user allows it: links
# that stay inside, submodules, a git-lfs configuration.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# alter COMMAND: alice changes her work tree by COMMAND and pushes, signed.
alter() {
  as alice
  (cd work && eval "$1" && git add -A && git commit -qm "Alter the model")
  assert_exit 0 git -C work push
}

begin_test "links that stay inside are signed and verified where both allow them"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git config --global sigstore.allowSymlinks true
  alter "mkdir d; ln -s ../config.json d/link; ln -s README.md LIES"
  assert_contains "signing 7 files"
  trusting bob alice
  assert_refused "is a symbolic link" git clone "$HUB_URL/org/m" copy
  git config --global sigstore.allowSymlinks true
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "7 files"
  assert_exit 0 git -C copy sigstore verify --worktree
  # Others see the same signature.
  assert_exit 0 hf-sigstore verify copy --key "$(public_key alice)" --allow-symlinks
  # The link is turned to another file that is signed as well.
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && ln -sfn ../tokenizer.json d/link && git commit -qam evil && git push -q)
  as bob
  assert_refused "does not match its signature: changed d/link" git clone "$HUB_URL/org/m" again
)
end_test

begin_test "links that lead elsewhere cannot be signed nor cloned"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git config --global sigstore.allowSymlinks true
  for target in /etc/passwd ../outside .git/config .gitattributes nothing; do
    (cd work && ln -sfn "$target" link && git add -A && git commit -qm "$target")
    assert_exit 1 git -C work push
    assert_contains "link is a symbolic link "
    (as_plain mallory && git -C work push -q "$HUB_URL/org/m" main --force)
    trusting bob alice
    git config --global sigstore.allowSymlinks true
    assert_refused "link is a symbolic link" git clone "$HUB_URL/org/m" copy
    as alice
  done
)
end_test

begin_test "a submodule is pinned by the signature where the user allows it"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git config --global sigstore.allowSubmodules true
  pinned=$(git -C work rev-parse HEAD)
  alter "git update-index --add --cacheinfo 160000,$pinned,sub; mkdir sub; git config -f .gitmodules submodule.sub.path sub; git config -f .gitmodules submodule.sub.url ./other"
  trusting bob alice
  assert_refused "sub is a submodule" git clone "$HUB_URL/org/m" copy
  git config --global sigstore.allowSubmodules true
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "sub is a submodule: the commit it is pinned to is signed, its files have to verify themselves"
  assert_exit 0 git -C copy sigstore verify --worktree
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && git update-index --cacheinfo 160000,"$(git rev-parse HEAD)",sub && git commit -qm evil && git push -q)
  as bob
  assert_refused "does not match its signature: changed file modes or other unlisted entries" git clone "$HUB_URL/org/m" again
  # A signature without a tree in it pins nothing.
  as alice
  (cd work && rm model.sig && hf-sigstore sign . --key "$HOME/alice.key" && git commit -qam "Sign by hand" && git -c sigstore.sign=never push -q --force)
  as bob
  git sigstore trust remove "$HUB_URL/org/m" --history
  assert_refused "sub is a submodule, and the signature does not say which commit it is pinned to" git clone "$HUB_URL/org/m" again
)
end_test

begin_test "another server in .lfsconfig is named, an include in it refused"
(
  set -eu -o pipefail
  start_hub
  publish alice
  alter "git config -f .lfsconfig lfs.url $HUB_URL/org/m.git/info/lfs"
  trusting bob alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  refute_contains "another server"
  alter "git config -f .lfsconfig remote.origin.lfsurl https://tracker.example/x"
  as bob
  assert_exit 0 git -C copy fetch
  assert_contains "warning: .lfsconfig sends git-lfs to another server: https://tracker.example/x"
  as alice
  (cd work && git config -f .lfsconfig include.path lfs-extra && git commit -qam include)
  assert_exit 1 git -C work push
  assert_contains ".lfsconfig: it includes other files"
)
end_test

begin_test "names that are one file elsewhere are refused, in any script"
(
  set -eu -o pipefail
  start_hub
  publish alice
  # Decomposed and composed, and in another case.
  printf a >"work/$(printf 'mode\314\200le')"
  printf b >"work/$(printf 'MOD\303\210LE')"
  git -C work add -A
  git -C work commit -qm twins
  assert_exit 1 git -C work push
  assert_contains "two names differ only in case or composition"
  trusting bob alice
  (as_plain mallory && git -C work push -q "$HUB_URL/org/m" main)
  assert_refused "two names differ only in case or composition" git clone "$HUB_URL/org/m" copy
)
end_test
