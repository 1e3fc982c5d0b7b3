#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore push and publish: a folder becomes a signed repository of the Hub
# in one commit, and a signature comes to one that is there. The hub's second
# origin ends a test that shows it a token.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

shard=model-00001-of-00002.safetensors

# writer NAME: has a key, and may write everywhere on the hub.
writer() {
  signer "$1"
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf HF_TOKEN=hf_writer
}
# folder NAME: a model without git.
folder() {
  make_model "$1"
  rm -rf "$1/.git" "$1/.gitattributes"
}
# clone REPO: ./copy, by git and git-lfs alone.
clone() { (as_plain reader && rm -rf copy && git clone -q "$HUB_URL/$1" copy); }
commits() { git -C "$HUB_ROOT/$1.git" rev-list --count "${2:-main}"; }
# assert_signed REPO FOLDER: what git clones verifies, and is the folder.
assert_signed() {
  local file
  clone "$1"
  assert_exit 0 hf-sigstore verify copy --key "$(public_key alice)"
  for file in "$shard" config.json model.sig; do
    assert_same_file "$2/$file" "copy/$file"
  done
}

begin_test "a folder becomes a signed repository in one commit"
(
  set -eu -o pipefail
  start_hub
  writer alice
  folder work
  assert_exit 0 hf-sigstore push work org/new --key "$HOME/alice.key"
  assert_contains "signed: "
  assert_contains "pushed: org/new@main"
  assert_contains "url: "
  refute_contains hf_writer
  before=$(commits org/new)
  assert_signed org/new work
  # The same again: a new signature, and no weights.
  hub_forget_requests
  assert_exit 0 hf-sigstore push work org/new --key "$HOME/alice.key" --json
  assert_contains '"changed": 0'
  assert_contains '"sentBytes": 0'
  refute_contains "/info/lfs/" "$(hub_requests)"
  assert_eq $((before + 1)) "$(commits org/new)"
  assert_signed org/new work
  # One file changes.
  make_shard "work/$shard" embed.weight 40
  assert_exit 0 hf-sigstore push work org/new --key "$HOME/alice.key" --json
  assert_contains '"changed": 1'
  assert_contains "\"commit\": \"$(git -C "$HUB_ROOT/org/new.git" rev-parse main)\""
  assert_signed org/new work
)
end_test

begin_test "who pulled one state follows to the next, and not back"
(
  set -eu -o pipefail
  start_hub
  writer alice
  folder work
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key"
  old=$(git -C "$HUB_ROOT/org/m.git" rev-parse main)
  trusting bob alice
  export HF_HOME=$HOME/hf
  unset HF_TOKEN
  assert_exit 0 hf-sigstore pull org/m
  sleep 2 # a signature says its second
  as alice
  export HF_HOME=$HOME/hf HF_TOKEN=hf_writer
  echo more >>work/README.md
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key"
  as bob
  export HF_HOME=$HOME/hf
  unset HF_TOKEN
  assert_exit 0 hf-sigstore pull org/m
  assert_contains "verified: signed by alice"
  git -C "$HUB_ROOT/org/m.git" update-ref refs/heads/main "$old"
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "brings back an older signed state"
)
end_test

begin_test "files that the folder does not have are no part of what is signed"
(
  set -eu -o pipefail
  start_hub
  writer alice
  folder work
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key" -q
  assert_contains "$HUB_URL/org/m/commit/"
  rm work/config.json
  before=$(commits org/m)
  assert_exit 4 hf-sigstore push work org/m --key "$HOME/alice.key"
  assert_contains "has files that work has not: config.json"
  assert_eq "$before" "$(commits org/m)"
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key" --delete-extra
  assert_contains "1 deleted"
  clone org/m
  assert_missing copy/config.json
  assert_exit 0 hf-sigstore verify copy --key "$(public_key alice)"
)
end_test

begin_test "who may not write opens a pull request"
(
  set -eu -o pipefail
  start_hub
  writer alice
  folder work
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key"
  before=$(git -C "$HUB_ROOT/org/m.git" rev-parse main)
  signer bob
  echo hf_reader >token
  chmod 600 token
  unset HF_TOKEN
  assert_exit 0 hf-sigstore publish org/m --trust-hub-digests --key "$HOME/bob.key" --token-file token
  assert_contains "opening a pull request"
  assert_contains "digests of large files as the Hub lists them"
  assert_contains "published: model.sig for org/m@${before:0:7}"
  assert_eq "$before" "$(git -C "$HUB_ROOT/org/m.git" rev-parse main)"
  clone org/m
  as_plain reader
  git -C copy fetch -q origin refs/pr/1
  git -C copy checkout -q FETCH_HEAD
  assert_exit 0 hf-sigstore verify copy --key "$(public_key bob)"
)
end_test

begin_test "a signature that was made before is published, if it is for this commit"
(
  set -eu -o pipefail
  start_hub
  writer alice
  folder work
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key"
  signer bob
  assert_exit 0 hf-sigstore sign work --key "$HOME/bob.key" --signature bob.sig --ignore work/model.sig
  # No weights are asked for.
  hub_forget_requests
  assert_exit 0 hf-sigstore publish org/m --signature bob.sig
  refute_contains "$shard" "$(hub_requests)"
  clone org/m
  assert_same_file bob.sig copy/model.sig
  echo changed >>"work/$shard"
  assert_exit 0 hf-sigstore sign work --key "$HOME/bob.key" --signature bad.sig --ignore work/model.sig
  before=$(commits org/m)
  assert_exit 1 hf-sigstore publish org/m --signature bad.sig
  assert_contains "changed $shard"
  assert_exit 4 hf-sigstore publish org/m
  assert_contains "name a file with --signature"
  assert_eq "$before" "$(commits org/m)"
)
end_test

begin_test "who requires a binding does not take what push signed, and takes what git pushed"
(
  set -eu -o pipefail
  start_hub
  writer alice
  folder work
  assert_exit 0 hf-sigstore push work org/m --key "$HOME/alice.key"
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)" --name Alice
  git clone -q "$HUB_URL/org/m" bound
  rm bound/model.sig
  git -C bound commit -qam "Sign it for its state"
  git -C bound push -q origin main:bound
  as bob
  export HF_HOME=$HOME/hf
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)" --name Alice
  git config --global sigstore.requireBinding true
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "the signature does not say for which repository it was made"
  assert_exit 0 hf-sigstore pull org/m --revision bound
  assert_contains "verified: signed by Alice"
)
end_test

begin_test "git gets the token for the Hub, and for nobody else"
(
  set -eu -o pipefail
  start_hub
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf
  ask() { printf 'protocol=%s\nhost=%s\n\n' "$1" "$2" | git-credential-sigstore get; }
  host=${HUB_URL#http://}
  assert_exit 0 ask http "$host"
  assert_eq "" "$out"
  mkdir -p "$HF_HOME"
  echo hf_writer >"$HF_HOME/token"
  assert_exit 0 ask http "$host"
  assert_eq "protocol=http host=$host username=hf_user password=hf_writer" "$(paste -sd ' ' <<<"$out")"
  for other in "https $host" "http localhost:${host#*:}" "https huggingface.co" "http $host.evil.org"; do
    # shellcheck disable=SC2086
    assert_exit 0 ask $other
    assert_eq "" "$out"
  done
  assert_exit 0 git-credential-sigstore erase </dev/null
  assert_eq "" "$out"
  # As git calls it.
  git config --global credential.helper sigstore
  assert_contains "password=hf_writer" "$(printf 'url=%s/org/m\n\n' "$HUB_URL" | git credential fill)"
)
end_test
