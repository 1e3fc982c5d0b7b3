#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# git sigstore trust: who may sign what.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# keys NAME...: key pairs in this folder.
keys() {
  local name
  for name in "$@"; do hf-sigstore keygen --no-password "$name" >/dev/null; done
}

print_of() { sha256sum "$1" | cut -d ' ' -f 1; }

trust_file() { echo "$HOME/.local/share/hf-sigstore/trust.json"; }

begin_test "keys are added, listed and removed"
(
  set -eu -o pipefail
  keys alice bob
  assert_exit 0 git sigstore trust list
  assert_eq "" "$out"
  assert_exit 0 git sigstore trust add org/m --key alice.pub --name alice
  assert_contains "trusting alice (key $(print_of alice.pub | head -c 16)) for huggingface.co/org/m"
  assert_exit 0 git sigstore trust add org/m --key bob.pub
  assert_exit 0 git sigstore trust add http://127.0.0.1:8080/org/m --key bob.pub --name "Bob B."
  assert_exit 0 git sigstore trust list
  assert_eq "127.0.0.1:8080/org/m
  key $(print_of bob.pub)  Bob B.
huggingface.co/org/m
  key $(print_of alice.pub)  alice
  key $(print_of bob.pub)  " "$out"
  assert_exit 0 git sigstore trust list org/m
  refute_contains 127.0.0.1
  assert_exit 0 git sigstore trust remove org/m --fingerprint "$(print_of alice.pub)"
  assert_contains "no longer trusting key $(print_of alice.pub) for huggingface.co/org/m"
  assert_exit 0 git sigstore trust list org/m
  refute_contains alice
  assert_contains "$(print_of bob.pub)"
  assert_exit 0 git sigstore trust remove org/m
  assert_contains "forgot all about huggingface.co/org/m"
  assert_exit 0 git sigstore trust list org/m
  assert_eq "" "$out"
  assert_eq 600 "$(stat -c %a "$(trust_file)")"
)
end_test

begin_test "the same in JSON"
(
  set -eu -o pipefail
  keys alice
  json() { # EXPRESSION COMMAND...
    local expression=$1 status=0
    shift
    "$@" --json >out.json || status=$?
    python3 -m json.tool out.json
    python3 -c 'import json, sys
a = json.load(open("out.json"))
sys.exit(not eval(sys.argv[1]))' "$expression" || fail "not so: $expression"
    return "$status"
  }
  print=$(print_of alice.pub)
  json "a == []" git sigstore trust list
  json "a['ok'] is True and a['done'].startswith('trusting alice')" \
    git sigstore trust add org/m --key alice.pub --name alice
  json "a[0]['repository'] == 'huggingface.co/org/m' and a[0]['refs'] == {}" git sigstore trust list
  json "[s['keyFingerprint'] for s in a[0]['signers']] == ['$print']" git sigstore trust list
  json "a[0]['signers'][0]['name'] == 'alice' and a[0]['signers'][0]['addedAt'][-1] == 'Z'" git sigstore trust list
  assert_exit 4 json "a['ok'] is False and a['kind'] == 'not_found'" git sigstore trust remove org/other
  assert_exit 1 json "a['kind'] == 'wrong_signer'" git sigstore trust add org/m --key alice.pub --fingerprint 00
  json "a['ok'] is True" git sigstore trust remove org/m
)
end_test

begin_test "a key with another fingerprint is refused, and nothing is kept"
(
  set -eu -o pipefail
  keys alice mallory
  assert_exit 0 git sigstore trust add org/m --key alice.pub --fingerprint "$(print_of alice.pub)"
  before=$(cat "$(trust_file)")
  assert_exit 1 git sigstore trust add org/m --key mallory.pub --fingerprint "$(print_of alice.pub)"
  assert_contains "mallory.pub is key $(print_of mallory.pub), not $(print_of alice.pub)"
  assert_exit 1 git sigstore trust add org/m --key alice.pub --fingerprint "$(print_of alice.pub | head -c 16)"
  assert_eq "$before" "$(cat "$(trust_file)")"
)
end_test

begin_test "what cannot be done says why: exit code 4, and 2 for usage"
(
  set -eu -o pipefail
  keys alice
  assert_exit 2 git sigstore trust
  assert_exit 2 git sigstore trust bogus
  assert_exit 2 git sigstore trust add org/m
  assert_exit 2 git sigstore trust add --key alice.pub
  assert_exit 2 git sigstore trust remove
  assert_exit 4 git sigstore trust add org/m --key absent.pub
  assert_contains "cannot open absent.pub"
  assert_exit 4 git sigstore trust add org/m --key alice.key
  assert_contains "no valid PEM block 'PUBLIC KEY'"
  assert_exit 4 git sigstore trust remove org/m
  assert_contains "nothing is known of huggingface.co/org/m"
  git sigstore trust add org/m --key alice.pub
  assert_exit 4 git sigstore trust remove org/m --fingerprint 00
  assert_contains "key 00 is not trusted"
)
end_test

begin_test "all spellings of a repository are one record, a key is one signer"
(
  set -eu -o pipefail
  keys alice
  for spelling in org/m huggingface.co/org/m hf.co/org/m https://huggingface.co/org/m \
    HTTPS://User:pass@HuggingFace.co:443/org/m.git/ sigstore::https://hf.co/org/m \
    http://hf.co/org/m https://www.huggingface.co/org/m; do
    assert_exit 0 git sigstore trust add "$spelling" --key alice.pub --name "as ${#spelling}"
    assert_contains "for huggingface.co/org/m"
    # The same key under a new name.
    assert_eq 2 "$(git sigstore trust list "$spelling" | wc -l)"
    assert_eq 2 "$(git sigstore trust list | wc -l)"
  done
  # Nobody's password is kept.
  ! grep -q pass "$(trust_file)"
  # Another case of the path, another port, another kind: others.
  for other in org/M hf.co:8443/org/m datasets/org/m; do
    git sigstore trust add "$other" --key alice.pub >/dev/null
  done
  assert_eq 8 "$(git sigstore trust list | wc -l)"
  assert_exit 0 git sigstore trust remove hf.co/org/m.git
  assert_exit 0 git sigstore trust list org/m
  assert_eq "" "$out"
)
end_test

begin_test "what names no repository is refused"
(
  set -eu -o pipefail
  keys alice
  for wrong in "" / https://huggingface.co https://huggingface.co/ org/../m org//m \
    "org/m?x" "org/m%2e" ssh://huggingface.co/org/m /srv/m $'org/\e[31m' "org/m m"; do
    assert_exit 4 git sigstore trust add "$wrong" --key alice.pub
    assert_eq 1 "$(wc -l <<<"$out")"
  done
  assert_missing "$(trust_file)"
)
end_test

begin_test "an address of ssh is refused, not taken for another host"
(
  set -eu -o pipefail
  keys alice
  assert_exit 4 git sigstore trust add git@hf.co:org/m --key alice.pub
  assert_missing "$(trust_file)"
)
end_test

begin_test "a name of any bytes is kept or refused, and no crash"
(
  set -eu -o pipefail
  keys alice
  git sigstore trust add org/m --key alice.pub --name $'a\e[31m\nb'
  assert_exit 0 git sigstore trust list
  assert_contains 'a\x1b[31m\x0ab'
  status=0
  git sigstore trust add org/other --key alice.pub --name $'\xff' || status=$?
  case $status in
    0 | 4) ;;
    *) fail "exit code $status" ;;
  esac
  assert_exit 0 git sigstore trust list
  assert_contains huggingface.co/org/m
)
end_test

begin_test "twenty at once: no key is lost"
(
  set -eu -o pipefail
  keys alice bob
  set +x
  pids=""
  for i in $(seq 10); do
    git sigstore trust add "org/m$i" --key alice.pub &
    pids="$pids $!"
    git sigstore trust add org/shared --key alice.pub --name "name$i" &
    pids="$pids $!"
  done
  git sigstore trust add org/shared --key bob.pub &
  pids="$pids $!"
  for pid in $pids; do wait "$pid" || fail "one could not add its key"; done
  set -x
  python3 -m json.tool "$(trust_file)" >/dev/null
  assert_eq 11 "$(git sigstore trust list | grep -c ^huggingface.co/)"
  assert_eq 2 "$(git sigstore trust list org/shared | grep -c '^  key')"
  assert_eq "trust.json trust.json.lock" "$(ls -A "$HOME/.local/share/hf-sigstore" | xargs)"
)
end_test

begin_test "XDG_DATA_HOME is heard, a relative one is not"
(
  set -eu -o pipefail
  keys alice
  XDG_DATA_HOME=$PWD/data git sigstore trust add org/m --key alice.pub
  [ -s data/hf-sigstore/trust.json ]
  assert_missing "$(trust_file)"
  XDG_DATA_HOME=data git sigstore trust add org/m --key alice.pub
  [ -s "$(trust_file)" ]
  # A trust file kept elsewhere stays a link.
  mv "$(trust_file)" kept.json
  ln -s "$PWD/kept.json" "$(trust_file)"
  git sigstore trust add org/n --key alice.pub
  [ -L "$(trust_file)" ]
  grep -q huggingface.co/org/n kept.json
  assert_exit 4 env -u HOME git-sigstore trust list
  assert_contains "HOME"
)
end_test

begin_test "--history accepts once that the publisher rewrote history"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git sigstore trust list "$HUB_URL/org/m"
  assert_contains "refs/heads/main last verified $(git -C copy rev-parse --short=7 HEAD) on "
  as alice
  git -C work commit -q --amend -m "Add a tiny model, anew"
  git -C work push -q --force
  as bob
  # The pushed state is good, but does not descend from what bob has.
  assert_exit 128 git -C copy fetch
  assert_contains "moved back from"
  assert_exit 0 git sigstore trust remove "$HUB_URL/org/m" --history
  assert_contains "forgot what was verified of"
  assert_exit 0 git sigstore trust list
  assert_contains "alice"
  refute_contains "last verified"
  assert_exit 0 git -C copy fetch
  assert_contains "verified: signed by alice"
  assert_exit 0 git sigstore trust list
  assert_contains "last verified"
)
end_test

begin_test "who is no longer trusted is refused"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git -C copy sigstore verify
  git sigstore trust remove "$HUB_URL/org/m" --fingerprint "$(print_of "$(public_key alice)")"
  assert_exit 4 git -C copy sigstore verify --exit-detail
  assert_contains unknown_signer
  assert_refused "which is not known here" git clone "$HUB_URL/org/m" again
  # What was seen signed is not forgotten with the key.
  as alice
  git -C work rm -q model.sig
  git -C work commit -qm unsigned
  git -C work -c sigstore.sign=never push -q
  as bob
  assert_refused "is not signed" git clone "$HUB_URL/org/m" again
  # But with all of it.
  git sigstore trust remove "$HUB_URL/org/m"
  assert_exit 0 git clone "$HUB_URL/org/m" again
  assert_contains "is not signed"
)
end_test
