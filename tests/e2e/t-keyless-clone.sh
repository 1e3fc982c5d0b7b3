#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# git push signs with an identity and git clone verifies by it, against our
# test double of a Sigstore or against a real one (SIGSTORE_INSTANCE, see
# keylesslib.sh), which both follow by its TUF repository.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"

# follows NAME: this person knows the instance.
follows() {
  as "$1"
  local tuf=$SIGSTORE_URL/tuf
  [ ! -e "$TEST_DIR/instance/tuf_url" ] || tuf=$(cat "$TEST_DIR/instance/tuf_url")
  hf-sigstore trust-instance "$TEST_DIR/instance/root.json" --instance "$tuf" \
    >/dev/null
  git config --global sigstore.instance "$tuf"
}

# signs_as NAME: with a token of their own from here on.
signs_as() {
  follows "$1"
  get_token "email=$1@example.org&sub=$1@example.org"
  mv token "$HOME/token"
  git config --global sigstore.signWith identity
  git config --global sigstore.identityTokenFile "$HOME/token"
}

# expects NAME IDENTITY: as signer of org/m.
expects() {
  follows "$1"
  git sigstore trust add "$HUB_URL/org/m" --identity "$2" \
    --issuer "$SIGSTORE_URL/oidc" >/dev/null
}

# begin: alice has pushed a model, signed.
begin() {
  start_hub
  start_sigstore
  hub_create org/m
  signs_as alice
  "$demo/make_model.py" work 4 >/dev/null
  git init --quiet work
  git -C work lfs track '*.safetensors' >/dev/null
  git -C work add --all
  git -C work commit --quiet --message "Add a model"
  git -C work remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C work push -u origin main
  assert_contains "as alice@example.org"
}

demo=$(cd "$(dirname "$0")/../support" && pwd)

begin_test "a push is signed by who pushes, and a clone verifies that"
(
  set -eu -o pipefail
  begin
  assert_eq "$(git -C work rev-parse main)" \
    "$(git -C "$HUB_ROOT/org/m.git" rev-parse main)"
  expects bob alice@example.org
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice@example.org ($SIGSTORE_URL/oidc)"
  for shard in work/*.safetensors; do
    assert_same_file "$shard" "copy/$(basename "$shard")"
  done
  expects carol carol@example.org
  assert_refused "alice@example.org" git clone "$HUB_URL/org/m" refused
)
end_test

begin_test "the next version is for the same signer, and for nobody else"
(
  set -eu -o pipefail
  begin
  expects bob alice@example.org
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  as alice
  sleep 1.1 # a state is newer by the second
  echo more >>work/README.md
  git -C work commit --quiet --all --message "Say more"
  assert_exit 0 git -C work push
  as bob
  assert_exit 0 git -C copy pull
  assert_same_file work/README.md copy/README.md
  # Another one, with push rights and a certificate.
  signs_as mallory
  sleep 1.1
  GIT_SIGSTORE_SKIP=1 git clone --quiet "$HUB_URL/org/m" evil
  echo evil >>evil/README.md
  git -C evil commit --quiet --all --message "Improve"
  assert_exit 0 git -C evil push
  assert_contains "as mallory@example.org"
  as bob
  before=$(git -C copy rev-parse main)
  assert_exit 1 git -C copy pull
  assert_contains "expected 'alice@example.org'"
  assert_eq "$before" "$(git -C copy rev-parse main)"
)
end_test
