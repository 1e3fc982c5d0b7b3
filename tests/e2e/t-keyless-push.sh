#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# git push and git sigstore sign with an identity, against a Sigstore of our
# own (git.md, section 10, tests 18, 22 and 23).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"
unset SIGSTORE_INSTANCE

# knows_instance: this person follows the instance.
knows_instance() {
  hf-sigstore trust-instance "$TEST_DIR/instance/root.json" \
    --instance "$SIGSTORE_URL/tuf" >/dev/null
  git config --global sigstore.instance "$SIGSTORE_URL/tuf"
}

# identity_signer NAME: signs with ./token from here on.
identity_signer() {
  as "$1"
  knows_instance
  git config --global sigstore.signWith identity
  git config --global sigstore.identityTokenFile "$TEST_DIR/token"
}

# begin: hub, instance, token; alice has a model in ./work, not pushed yet.
begin() {
  start_hub
  start_sigstore
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  get_token
  identity_signer alice
  make_model work
  git -C work remote add origin "$HUB_URL/org/m"
}

# reader NAME [IDENTITY]: trusts the identity.
reader() {
  as "$1"
  knows_instance
  git sigstore trust add "$HUB_URL/org/m" --identity "${2:-alice@example.org}" \
    --issuer "$SIGSTORE_URL/oidc" >/dev/null
}

edit() {
  date +%N >>work/README.md
  git -C work commit -qam "${1:-edit}"
}

agree() { # everywhere the same commit, and a clean tree
  assert_eq "$(git -C work rev-parse main)" "$(git -C "$bare" rev-parse main)"
  assert_eq "$(git -C work rev-parse main)" "$(git -C work rev-parse origin/main)"
  assert_eq "" "$(git -C work status --porcelain)"
  assert_missing work/.git/sigstore-kept
}

# state: all that a push could move.
state() {
  git -C work for-each-ref
  git -C work status --porcelain
  git -C "$bare" for-each-ref
}

# assert_asked FULCIO TSA REKOR: how often, since the start.
assert_asked() {
  assert_eq "$*" "$(asked fulcio) $(asked tsa) $(asked rekor)"
}

begin_test "a push signs with an identity, and a clone verifies by it"
(
  set -eu -o pipefail
  begin
  assert_exit 0 git -C work push -u origin main
  assert_contains "sigstore: signing 5 files as alice@example.org"
  assert_contains "(log index 3); local branch 'main' fast-forwarded"
  agree
  assert_asked 1 1 1
  assert_exit 0 git -C work sigstore verify
  assert_contains "verified: signed by alice@example.org ($SIGSTORE_URL/oidc)"
  assert_exit 0 git sigstore trust list --json
  assert_contains '"identity": "alice@example.org"'
  assert_contains "$(git -C work rev-parse main)"
  # By what is pinned, and by the keyring on first use.
  reader bob
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice@example.org ($SIGSTORE_URL/oidc), 5 files"
  as carol
  knows_instance
  git config --global sigstore.identity '*@example.org'
  git config --global sigstore.issuer "$SIGSTORE_URL/oidc"
  assert_exit 0 git clone "$HUB_URL/org/m" copy-2
  assert_contains "trusting alice@example.org ($SIGSTORE_URL/oidc) for"
  # Next version: readers follow.
  as alice
  sleep 1.1
  edit
  assert_exit 0 git -C work push
  agree
  as bob
  assert_exit 0 git -C copy pull
  # Another one, with push rights and a certificate.
  sleep 1.1
  get_token "email=mallory@example.org&sub=mallory"
  identity_signer mallory
  GIT_SIGSTORE_SKIP=1 git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/config.json
  git -C evil commit -qam "Improve"
  assert_exit 0 git -C evil push
  assert_contains "as mallory@example.org"
  as bob
  assert_refused "mallory@example.org" git clone "$HUB_URL/org/m" copy-3
  assert_exit 1 git -C copy pull
  assert_contains "expected 'alice@example.org'"
)
end_test

begin_test "git sigstore sign and tag, and what is signed already needs no token"
(
  set -eu -o pipefail
  begin
  assert_exit 0 git -C work sigstore sign
  assert_contains "signed: 5 files, commit "
  assert_contains ", alice@example.org ($SIGSTORE_URL/oidc) (log index 3)"
  assert_exit 0 git -C work sigstore sign --json
  assert_contains '"created": false'
  assert_contains '"identity": "alice@example.org"'
  assert_contains "\"issuer\": \"$SIGSTORE_URL/oidc\""
  assert_exit 0 git -C work push -u origin main
  refute_contains signing
  agree
  assert_asked 1 1 1
  rm token
  assert_exit 0 git -C work push
  assert_exit 0 git -C work sigstore sign
  assert_contains "already signed"
  # A signature is for one branch.
  assert_exit 1 git -C work push origin main:two
  assert_contains "cannot sign: cannot open $TEST_DIR/token"
  assert_exit 4 git -C work sigstore sign --key "$TEST_DIR/none.key"
  assert_contains "cannot open $TEST_DIR/none.key"
)
end_test

begin_test "one certificate serves the branches of a push"
(
  set -eu -o pipefail
  begin
  git -C work push -q -u origin main
  git -C work switch -qc two
  edit
  git -C work switch -qc three
  edit
  git -C work switch -q main
  edit
  assert_exit 0 git -C work push --atomic origin main two three
  assert_asked 2 4 4
  for branch in main two three; do
    assert_eq "$(git -C work rev-parse $branch)" "$(git -C "$bare" rev-parse $branch)"
    assert_exit 0 git -C work sigstore verify $branch
  done
)
end_test

begin_test "a key stays a key: nothing is asked, and libcurl stays on the disk"
(
  set -eu -o pipefail
  begin
  # "loaded" in a file of each process of ours.
  loads_curl() { grep -lE "libcurl.*dynamically loaded by [^ ]*sigstore" libs.* >/dev/null; }
  LD_DEBUG=files LD_DEBUG_OUTPUT=$TEST_DIR/libs git -C work push -q -u origin main
  loads_curl || fail "an identity signs without libcurl?"
  rm libs.*
  LD_DEBUG=files LD_DEBUG_OUTPUT=$TEST_DIR/libs git -C work push -q
  if loads_curl; then fail "nothing is signed, and libcurl is loaded"; fi
  rm libs.*
  hf-sigstore keygen --no-password alice
  edit
  assert_exit 0 env LD_DEBUG=files LD_DEBUG_OUTPUT="$TEST_DIR/libs" \
    git -C work -c sigstore.signWith=key -c sigstore.key="$TEST_DIR/alice.key" push
  assert_contains "signing 5 files with key "
  assert_contains "this repository was signed by alice@example.org"
  if loads_curl; then fail "a key signs with libcurl"; fi
  assert_asked 1 1 1
  assert_exit 128 git -C work -c sigstore.signWith=someone push origin main:other
  assert_contains "git config sigstore.signWith is 'someone'; it can be key or identity"
)
end_test

begin_test "23: a token that does not serve ends it before git-lfs uploads"
(
  set -eu -o pipefail
  begin
  git -C work push -q -u origin main
  make_shard work/model-00003.safetensors extra 5
  git -C work add -A
  git -C work commit -qm shard
  before=$(state)
  hub_forget_requests
  get_token "lifetime=-60"
  assert_exit 128 git -C work push
  assert_contains "sigstore: cannot sign: the identity token expired at"
  assert_contains "get a new one; nothing was pushed"
  assert_no_token
  get_token "aud=other"
  assert_exit 128 git -C work push
  assert_contains "cannot sign: the identity token is for 'other', and not for 'sigstore'"
  assert_no_token
  echo nonsense >token
  assert_exit 128 git -C work push
  assert_contains "cannot sign: $TEST_DIR/token: identity token: it does not have three parts"
  rm token
  assert_exit 128 git -C work push
  assert_contains "cannot sign: "
  refute_contains "/info/lfs/objects/batch" "$(hub_requests)"
  assert_eq "$before" "$(state)"
  # What needs no signature needs no token.
  assert_exit 0 git -C work -c sigstore.sign=never push origin HEAD~:refs/tags/before
  git config --global --unset sigstore.identityTokenFile
  assert_exit 1 git -C work push
  assert_contains "cannot sign: there is no key and no identity token to sign with"
  assert_contains "! [remote rejected] main -> main (sigstore: not signed)"
  get_token
  assert_exit 0 env SIGSTORE_ID_TOKEN="$(cat token)" git -C work push
  agree
  assert_no_token
)
end_test

begin_test "23: services that are down, out of order or lie: nothing moves"
(
  set -eu -o pipefail
  begin
  git -C work push -q -u origin main
  edit
  before=$(state)
  # fault, how, phrase
  while IFS='|' read -r name how phrase; do
    fault "$name" "$how"
    assert_exit 1 git -C work push
    assert_contains "sigstore: cannot sign: "
    assert_contains "$phrase"
    assert_contains "nothing was pushed"
    assert_contains "! [remote rejected] main -> main (sigstore: not signed)"
    [ "$(fault_hits "$name")" -gt 0 ] || fail "$name did not happen"
    no_fault "$name"
    assert_no_token
    assert_eq "$before" "$(state)"
    assert_missing work/.git/sigstore-kept
  done <<END
fulcio-status|{"status": 429, "retryAfter": 3600}|certificate authority $SIGSTORE_URL has too many requests: try again in 3600 seconds
tsa-status|{"status": 503, "retryAfter": 3600}|timestamp authority $SIGSTORE_URL is out of order, status 503
rekor-status|{"status": 500, "retryAfter": 3600}|transparency log $SIGSTORE_URL is out of order, status 500
rekor-status|{"status": 405}|transparency log $SIGSTORE_URL takes no more entries: get a newer signing config
fulcio-status|{"status": 403}|certificate authority $SIGSTORE_URL did not accept the identity token, status 403 (on demand): get a new one
expired-certificate|{}|and the clock here says
early-time|{}|checking our own signature: no trusted path at
wrong-identity|{}|the certificate is for mallory@example.org, the token for alice@example.org
wrong-sct|{}|certificate authority $SIGSTORE_URL gave a bad certificate
wrong-imprint|{}|timestamp authority $SIGSTORE_URL gave a bad timestamp
wrong-proof|{}|transparency log $SIGSTORE_URL gave a bad entry
rekor-garbage|{}|transparency log $SIGSTORE_URL
END
  # A token of an issuer that the authority does not know.
  sed -i 's/\.[^.]*$/.AAAA/' token
  assert_exit 1 git -C work push
  assert_contains "certificate authority $SIGSTORE_URL did not accept the identity token, status 400"
  assert_contains "get a new one from an issuer that it knows"
  assert_no_token
  assert_eq "$before" "$(state)"
  get_token
  # A slow one is waited for.
  fault rekor-slow '{"ms": 1500, "times": 1}'
  assert_exit 0 git -C work push
  agree
)
end_test

begin_test "23: a connection that is cut, and a service that is gone"
(
  set -eu -o pipefail
  begin
  before=$(state)
  # Takes every connection, and closes it.
  python3 -c '
import socket
server = socket.create_server(("127.0.0.1", 0))
with open("port.new", "w") as file: file.write(str(server.getsockname()[1]))
import os; os.rename("port.new", "port")
while True: server.accept()[0].close()' 3>&- 4>&- 5>&- &
  cutter=$!
  until [ -s port ]; do sleep 0.02; done
  cut=http://127.0.0.1:$(cat port)
  sed "s#$SIGSTORE_URL/rekor2#$cut#" instance/signing_config.json >cut.json
  assert_exit 1 git -C work -c sigstore.signingConfig="$TEST_DIR/cut.json" push origin main
  kill "$cutter"
  assert_contains "cannot sign: transparency log: $cut: "
  assert_contains "check the network, or try again later"
  assert_eq "$before" "$(state)"
  stop_sigstore
  assert_exit 1 git -C work push origin main
  assert_contains "cannot sign: certificate authority: $SIGSTORE_URL: "
  assert_eq "$before" "$(state)"
  git config --global sigstore.instance "$SIGSTORE_URL/other"
  assert_exit 128 git -C work push origin main
  assert_contains "cannot sign: the instance $SIGSTORE_URL/other is not known; hf-sigstore trust-instance"
)
end_test

begin_test "22: a failed upload by git-lfs gives no signature and no entry in the log"
(
  set -eu -o pipefail
  begin
  git -C work push -q -u origin main
  make_shard work/model-00003.safetensors extra 5
  git -C work add -A
  git -C work commit -qm shard
  before=$(state)
  hub_switch unauthorized '{"scope": "lfs"}'
  assert_exit 1 git -C work push
  refute_contains "signing"
  assert_eq "$before" "$(state)"
  assert_asked 1 1 1
  assert_missing work/.git/sigstore-kept
  hub_clear unauthorized
  git -C work config --unset-all "lfs.$HUB_URL/org/m.git/info/lfs.access"
  assert_exit 0 git -C work push
  assert_asked 2 2 2
  agree
)
end_test

begin_test "18: a declined push is tried again without a new signature"
(
  set -eu -o pipefail
  begin
  git -C work push -q -u origin main
  edit
  before=$(state)
  hub_switch decline-push '{"message": "no"}'
  assert_exit 1 git -C work push
  assert_contains "[remote rejected] main -> main (pre-receive hook declined)"
  assert_contains "sigstore: signature kept for the next push"
  assert_eq "$before" "$(state)"
  assert_asked 2 2 2
  # Again, with other words, and even when the token is gone by then.
  assert_exit 1 git -C work push
  git -C work commit -q --amend -m "Other words"
  get_token "lifetime=-60"
  hub_clear decline-push
  assert_exit 0 git -C work push
  assert_asked 2 2 2
  agree
  reader bob
  assert_exit 0 git clone -q "$HUB_URL/org/m" copy
  as alice
  get_token
  # Other content is signed anew, and so is a kept signature that was changed.
  edit
  hub_switch decline-push '{"message": "no"}'
  assert_exit 1 git -C work push
  assert_asked 3 3 3
  for kept in work/.git/sigstore-kept/*; do sed -i 's/"payload": *"..../&AAAA/' "$kept"; done
  hub_clear decline-push
  assert_exit 0 git -C work push
  assert_asked 4 4 4
  agree
)
end_test

begin_test "18: what git or the server refuses first is not signed"
(
  set -eu -o pipefail
  begin
  git -C work push -q -u origin main
  git clone -q "$HUB_URL/org/m" other
  echo other >>other/README.md
  git -C other commit -qam other
  git -C other push -q
  edit
  before=$(state)
  assert_asked 2 2 2
  assert_exit 1 git -C work push
  assert_contains "! [rejected]        main -> main (fetch first)"
  refute_contains "Broken pipe"
  git -C work branch two
  assert_exit 1 git -C work push --atomic origin main two
  assert_contains "fetch first"
  git -C work branch -qd two
  assert_exit 1 git -C work push --force-with-lease
  assert_contains "stale info"
  assert_eq "$before" "$(state)"
  assert_asked 2 2 2
  # Somebody is faster between our look and our push: the lease is lost there,
  # and the signature serves once it is taken anew.
  git -C work fetch -q
  git -C work merge -q -X ours --no-edit origin/main
  mkdir -p "$bare/hooks"
  cat >"$bare/hooks/pre-receive" <<END
#!/bin/sh
rm "$bare/hooks/pre-receive"
unset GIT_QUARANTINE_PATH
git update-ref refs/heads/main "$(git -C "$bare" rev-parse main~1)"
END
  chmod +x "$bare/hooks/pre-receive"
  assert_exit 1 git -C work push
  assert_contains "sigstore: signature kept for the next push"
  assert_missing "$bare/hooks/pre-receive"
  assert_asked 3 3 3
  assert_exit 0 git -C work push --force-with-lease="main:$(git -C "$bare" rev-parse main)"
  assert_asked 3 3 3
  agree
)
end_test

begin_test "without the helper: pre-push signs with an identity, in the same push"
(
  set -eu -o pipefail
  begin
  git sigstore uninstall >/dev/null
  git sigstore install --hooks-only --host "$HUB_URL" >/dev/null
  assert_exit 0 git -C work push -u origin main
  assert_contains "signed 5 files, "
  assert_contains " as alice@example.org (log index 3)"
  agree
  assert_missing work/.git/sigstore-signed-push
  assert_exit 0 git sigstore trust list --json
  assert_contains '"identity": "alice@example.org"'
  edit
  before=$(state)
  get_token "lifetime=-60"
  assert_exit 1 git -C work push
  assert_contains "cannot sign, nothing was pushed: the identity token expired at"
  assert_eq "$before" "$(state)"
  get_token
  assert_exit 0 git -C work push
  assert_asked 2 2 2
  agree
  reader bob
  assert_exit 0 git clone -q "$HUB_URL/org/m" copy
)
end_test
