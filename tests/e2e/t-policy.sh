#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Whom a reader believes, and what a state must be like: the keys of the
# configuration, one after the other.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# resign NAME: NAME takes the model over: clones without checks, signs the
# next state with an own key and pushes it.
resign() {
  signer "$1"
  rm -rf "work-$1"
  GIT_SIGSTORE_SKIP=1 git clone -q "$HUB_URL/org/m" "work-$1"
  echo "by $1" >>"work-$1/README.md"
  git -C "work-$1" commit -qam "By $1"
  git -C "work-$1" push -q
}

# keyring NAME SIGNER...: NAME believes these keys in general.
keyring() {
  as "$1"
  shift
  for name in "$@"; do
    git config --global --add sigstore.publicKey "$(public_key "$name")"
  done
}

begin_test "first use pins a key of the keyring, and keeps the others out"
(
  set -eu -o pipefail
  start_hub
  publish alice
  signer bob
  keyring carol alice bob
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice (key "
  assert_contains "sigstore: trusting alice (key "
  assert_contains "for ${HUB_URL#http://}/org/m from now on (first use; see 'git sigstore trust')"
  assert_exit 0 git sigstore trust list
  assert_contains "alice  (first use)"
  # The second time it is known.
  assert_exit 0 git clone "$HUB_URL/org/m" again
  refute_contains "first use"
  resign bob
  as carol
  assert_refused "of your keyring, expected alice (key " git clone "$HUB_URL/org/m" third
  assert_contains "git sigstore trust add ${HUB_URL#http://}/org/m"
  assert_exit 128 git -C copy fetch
  refute_contains bob "$(git sigstore trust list)"
  assert_exit 0 git sigstore trust replace "$HUB_URL/org/m" --key "$(public_key bob)" --name bob
  assert_contains "in place of alice"
  assert_exit 0 git -C copy fetch
  assert_contains "verified: signed by bob"
  # Alice is out now, and what bob signed is remembered.
  as alice
  GIT_SIGSTORE_SKIP=1 git -C work pull -q
  echo back >>work/README.md
  git -C work commit -qam back
  git -C work push -q
  as carol
  assert_exit 128 git -C copy fetch
  assert_contains "of your keyring, expected bob"
  assert_exit 0 git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)"
  assert_exit 0 git -C copy fetch
)
end_test

begin_test "a verdict that cannot be remembered is none"
(
  set -eu -o pipefail
  start_hub
  publish alice
  keyring carol alice
  # Nothing can be locked under a name that a folder has.
  lock=$HOME/.local/share/hf-sigstore/trust.json.lock
  rm -f "$lock"
  mkdir -p "$lock"
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "trust.json.lock"
  assert_missing copy
  rmdir "$lock"
  assert_exit 0 git clone "$HUB_URL/org/m" copy
)
end_test

begin_test "a key that is not in the keyring is nobody we know"
(
  set -eu -o pipefail
  start_hub
  publish alice
  signer bob
  keyring carol bob
  assert_refused "which is not in your keyring" git clone "$HUB_URL/org/m" copy
  assert_eq "" "$(git sigstore trust list)"
  git config --global --add sigstore.publicKey "$HOME/nothing.pub"
  assert_refused "git config sigstore.publicKey: " git clone "$HUB_URL/org/m" copy
)
end_test

begin_test "verify pins nobody"
(
  set -eu -o pipefail
  start_hub
  publish alice
  keyring carol alice
  GIT_SIGSTORE_SKIP=1 git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git -C copy sigstore verify
  assert_contains "signed by alice"
  assert_eq "" "$(git sigstore trust list)"
)
end_test

begin_test "verify --explain prints every decision, and a refusal last"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as carol
  GIT_SIGSTORE_SKIP=1 git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git -C copy sigstore verify --key "$(public_key alice)" --explain
  assert_contains "  1. ok  the bundle is well formed"
  assert_contains "         by: binding annotation git-sigstore/v1"
  assert_contains "signed by $(public_key alice)"
  refute_contains ". NO  "
  assert_exit 0 git -C copy sigstore verify --key "$(public_key alice)" --explain --json
  python3 -c 'import json, sys
trace = json.load(sys.stdin)["trace"]
assert [step["step"] for step in trace] == list(range(1, len(trace) + 1))
assert len(trace) >= 6 and all(step["passed"] for step in trace)' <<<"$out"
  steps() { git -C copy sigstore verify "$@" | grep -E '^ *[0-9]+\. '; }
  # The files on disk are a second check.
  steps --key "$(public_key alice)" --worktree --explain >all
  steps --key "$(public_key alice)" --explain >one
  assert_eq 2 "$(grep -c 'the files are those' all)"
  assert_eq 1 "$(grep -c 'the files are those' one)"
  assert_exit 0 git -C copy sigstore verify --key "$(public_key alice)" --last-signed --explain
  assert_contains "ok  the files are those that were signed"
  # The commit that alice made is verified by the one that signs it.
  assert_exit 0 git -C copy sigstore verify HEAD~1 --key "$(public_key alice)" --explain
  assert_contains "verified through"
  refute_contains ". NO  "
  # Nobody is trusted; somebody else is; the commit is not signed.
  assert_exit 4 git -C copy sigstore verify --explain
  assert_eq 1 "$(grep -c '^ *[0-9]*\. NO  ' <<<"$out")"
  signer bob
  as carol
  assert_exit 1 git -C copy sigstore verify --key "$(public_key bob)" --explain --json
  python3 -c 'import json, sys
answer = json.load(sys.stdin)
assert answer["kind"] == "wrong_signer"
assert [step["passed"] for step in answer["trace"]].index(False) == len(answer["trace"]) - 1' <<<"$out"
  echo more >>copy/README.md
  git -C copy commit -qam change
  assert_exit 1 git -C copy sigstore verify --key "$(public_key alice)" --explain
  assert_contains "NO  the files are those that were signed"
  assert_exit 0 git -C copy sigstore verify --key "$(public_key alice)" --last-signed --explain
  refute_contains ". NO  "
  git -C copy rm -q model.sig
  git -C copy commit -qm "No signature"
  assert_exit 3 git -C copy sigstore verify --explain
  assert_contains "  1. ok  what is not signed may pass"
  git config --global sigstore.mode require
  assert_exit 1 git -C copy sigstore verify --explain
  assert_contains "  1. NO  what is not signed may pass"
)
end_test

begin_test "require goes by the keyring alone, and pins nobody"
(
  set -eu -o pipefail
  start_hub
  publish alice
  signer bob
  as carol
  # First use of alice, before the mode was set.
  keyring carol alice
  git clone -q "$HUB_URL/org/m" copy
  git config --global --unset-all sigstore.publicKey
  git config --global sigstore.mode require
  assert_refused "which is not known here" git clone "$HUB_URL/org/m" again
  git config --global "sigstore.$HUB_URL/org.publicKey" "$(public_key bob)"
  assert_refused "expected bob (key " git clone "$HUB_URL/org/m" again
  git config --global --add "sigstore.$HUB_URL/org.publicKey" "$(public_key alice)"
  assert_exit 0 git clone "$HUB_URL/org/m" again
  refute_contains "first use"
  resign bob
  as carol
  assert_exit 0 git -C copy fetch
  assert_contains "verified: signed by bob"
  assert_eq 1 "$(git sigstore trust list | grep -c '  key ')"
  # Unsigned, of a repository that nobody saw before.
  as alice
  hub_create org/plain
  git clone -q "$HUB_URL/org/plain" plain
  echo hello >plain/README.md
  git -C plain add .
  git -C plain commit -qm plain
  git -C plain -c sigstore.sign=never push -q origin main
  as carol
  assert_refused "is not signed, and sigstore.mode is require" git clone "$HUB_URL/org/plain" plain2
)
end_test

begin_test "the four modes on an unsigned, a good and a changed model"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  good=$(git -C evil rev-parse HEAD)
  echo evil >>evil/README.md
  git -C evil commit -qam evil
  trusting bob alice
  for mode in require tofu warn off; do
    git config --global sigstore.mode $mode
    git -C "$bare" update-ref refs/heads/main "$good"
    rm -rf copy
    assert_exit 0 git clone "$HUB_URL/org/m" copy
    case $mode in
      off) refute_contains sigstore: ;;
      *) assert_contains "verified: signed by alice" ;;
    esac
    (as_plain mallory && git -C evil push -q origin HEAD:main)
    rm -rf copy
    case $mode in
      require | tofu)
        assert_refused "does not match its signature: changed README.md" git clone "$HUB_URL/org/m" copy
        assert_missing copy
        ;;
      warn)
        assert_exit 0 git clone "$HUB_URL/org/m" copy
        assert_contains "warning: org/m@main does not match its signature: changed README.md"
        ;;
      off)
        assert_exit 0 git clone "$HUB_URL/org/m" copy
        refute_contains sigstore:
        ;;
    esac
  done
)
end_test

begin_test "a state that was signed too long ago is refused"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git config --global "sigstore.$HUB_URL.maxAge" 1h
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  as alice
  backdate work/model.sig "$HOME/alice.key" "$(date -u -d "2 hours ago" +%FT%TZ)"
  git -C work commit -q --amend -m "Signed two hours ago" model.sig
  git -C work -c sigstore.sign=never push -q --force
  as carol
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)"
  assert_exit 0 git clone "$HUB_URL/org/m" old
  git config --global "sigstore.$HUB_URL.maxAge" 1h
  assert_refused "which is too long ago: sigstore.maxAge is 1h" git clone "$HUB_URL/org/m" again
  assert_exit 1 git -C old sigstore verify --exit-detail
  assert_contains rollback
)
end_test

begin_test "a signature without a binding: a note, or a refusal when asked"
(
  set -eu -o pipefail
  start_hub
  publish alice
  # What another program would push: model.sig says nothing of a repository,
  # and nothing of a time.
  rm work/model.sig
  hf-sigstore sign work --key "$HOME/alice.key"
  undate work/model.sig "$HOME/alice.key"
  git -C work commit -qam "Signed by another program"
  git -C work -c sigstore.sign=never push -q
  trusting bob alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "does not say for which repository it was made"
  git config --global sigstore.requireBinding true
  assert_refused "does not say for which repository it was made" git clone "$HUB_URL/org/m" again
  assert_exit 1 git -C copy sigstore verify --exit-detail
  assert_contains wrong_repository
  git config --global --unset sigstore.requireBinding
  git config --global sigstore.maxAge 1d
  assert_refused "does not say when it was made" git clone "$HUB_URL/org/m" again
)
end_test

begin_test "a mirror is the same repository when the user says so, and only then"
(
  set -eu -o pipefail
  start_hub
  publish alice
  hub_create mirror/m
  rm -rf "$HUB_ROOT/mirror/m.git"
  cp -R "$bare" "$HUB_ROOT/mirror/m.git"
  trusting bob alice
  git sigstore trust add "$HUB_URL/mirror/m" --key "$(public_key alice)" --name alice
  assert_refused "signature was made for ${HUB_URL#http://}/org/m, not for ${HUB_URL#http://}/mirror/m" \
    git clone "$HUB_URL/mirror/m" copy
  git sigstore trust remove "$HUB_URL/mirror/m"
  git config --global "sigstore.$HUB_URL/mirror.repository" "${HUB_URL#http://}/org"
  assert_exit 0 git clone "$HUB_URL/mirror/m" copy
  assert_contains "org/m@main"
  assert_contains "verified: signed by alice"
  # One record of trust: what the mirror had, the original must go on from.
  assert_eq 1 "$(git sigstore trust list | grep -c '^[^ ]')"
  as alice
  git -C work commit -q --amend -m "Anew"
  git -C work push -q --force
  as bob
  assert_refused "moved back from" git clone "$HUB_URL/org/m" again
  assert_contains "git sigstore trust remove ${HUB_URL#http://}/org/m --history"
)
end_test

begin_test "a key of the configuration that is not known refuses"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git config --global "sigstore.$HUB_URL.mdoe" require
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "git config sigstore.mdoe is not known"
  assert_missing copy
)
end_test
