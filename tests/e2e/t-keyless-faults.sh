#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore signs with an identity while services lie, or are out of order:
# only our test double does so on demand.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"
unset SIGSTORE_INSTANCE

begin_test "a service that lies is found out, and nothing is written"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  # fault, phrase
  while IFS='|' read -r name phrase; do
    fault "$name" '{"times": 1}'
    assert_exit 1 sign
    assert_contains "$phrase"
    assert_eq 1 "$(fault_hits "$name")"
    assert_no_token
    assert_nothing_left
  done <<END
wrong-sct|certificate authority $SIGSTORE_URL gave a bad certificate: certificate transparency log
no-sct|gave a bad certificate:
wrong-ca|gave a bad certificate: no trusted path at
wrong-key|gave a bad certificate: the certificate is for another key
wrong-identity|the certificate is for mallory@example.org, the token for alice@example.org
wrong-root-hash|transparency log $SIGSTORE_URL gave a bad entry:
wrong-proof|transparency log $SIGSTORE_URL gave a bad entry:
wrong-checkpoint|transparency log $SIGSTORE_URL gave a bad entry:
wrong-entry|transparency log $SIGSTORE_URL gave a bad entry:
wrong-nonce|timestamp authority $SIGSTORE_URL gave a bad timestamp: the answer is to another request (nonce)
wrong-imprint|timestamp authority $SIGSTORE_URL gave a bad timestamp:
wrong-tsa|timestamp authority $SIGSTORE_URL gave a bad timestamp:
early-time|checking our own signature: no trusted path at
END
  # A signature that was there before stays.
  assert_exit 0 sign
  cp m/model.sig before
  fault wrong-proof '{"times": 1}'
  assert_exit 1 sign
  assert_same_file before m/model.sig
)
end_test

begin_test "a clock that is wrong is named"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  fault expired-certificate
  assert_exit 4 sign
  assert_contains "and the clock here says"
  assert_contains "set the clock"
  assert_nothing_left
)
end_test

begin_test "a service that is out of order for a while is asked again"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  for name in fulcio tsa rekor; do
    fault "$name-status" '{"status": 503, "times": 1}'
    assert_exit 0 sign
    assert_eq 1 "$(fault_hits "$name-status")"
  done
  fault rekor-status '{"status": 429, "retryAfter": 1, "times": 2}'
  assert_exit 0 sign
  assert_exit 0 verify
)
end_test

begin_test "a service that stays out of order, or asks for an hour, is named"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  fault rekor-status '{"status": 429, "retryAfter": 3600}'
  assert_exit 4 sign
  assert_contains "transparency log $SIGSTORE_URL has too many requests: try again in 3600 seconds"
  # Nobody is asked again who wants to be left alone for an hour.
  assert_eq 1 "$(fault_hits rekor-status)"
  fault rekor-status '{"times": 0}'
  fault fulcio-status '{"status": 503}'
  assert_exit 4 sign
  assert_contains "certificate authority $SIGSTORE_URL is out of order, status 503 (on demand): try again later"
  assert_eq 4 "$(fault_hits fulcio-status)"
  fault fulcio-status '{"times": 0}'
  fault tsa-garbage
  assert_exit 1 sign
  assert_contains "timestamp authority $SIGSTORE_URL gave a bad timestamp"
  stop_sigstore
  assert_exit 4 sign
  assert_contains "certificate authority: $SIGSTORE_URL: "
  assert_nothing_left
)
end_test

begin_test "a slow service is waited for, both of them at once"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  fault tsa-slow '{"ms": 300}'
  fault rekor-slow '{"ms": 300}'
  assert_exit 0 sign
  assert_eq 1 "$(fault_hits tsa-slow)"
  assert_eq 1 "$(fault_hits rekor-slow)"
)
end_test

begin_test "the services are those of an instance that was fetched"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  assert_exit 4 hf-sigstore sign m --identity-token-file token \
    --instance "$SIGSTORE_URL/tuf"
  assert_contains "the instance $SIGSTORE_URL/tuf is not known; hf-sigstore trust-instance ROOT.json"
  assert_exit 0 hf-sigstore trust-instance instance/root.json \
    --instance "$SIGSTORE_URL/tuf"
  assert_contains "trusted root, signing config"
  assert_exit 0 hf-sigstore sign m --identity-token-file token \
    --instance "$SIGSTORE_URL/tuf"
  assert_eq 1 "$(asked rekor)"
  stop_sigstore
  assert_exit 0 hf-sigstore verify m --identity alice@example.org \
    --issuer "$SIGSTORE_URL/oidc" --instance "$SIGSTORE_URL/tuf"
)
end_test

begin_test "what was fetched is looked after once a day, without a network too"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  instance=(--instance "$SIGSTORE_URL/tuf")
  hf-sigstore trust-instance instance/root.json "${instance[@]}"
  stamp=$(echo "$HOME"/.local/share/hf-sigstore/tuf/*.refreshed)
  check() {
    hf-sigstore verify m --identity alice@example.org \
      --issuer "$SIGSTORE_URL/oidc" "${instance[@]}"
  }
  assert_exit 0 hf-sigstore sign m --identity-token-file token "${instance[@]}"
  before=$(asked tuf)
  assert_exit 0 check
  assert_eq "$before" "$(asked tuf)"
  touch -d "23 hours ago" "$stamp"
  assert_exit 0 check
  assert_eq "$before" "$(asked tuf)"
  touch -d "25 hours ago" "$stamp"
  assert_exit 0 check
  again=$(asked tuf)
  [ "$again" -gt "$before" ] || fail "nobody looked for a newer root"
  assert_exit 0 check
  assert_eq "$again" "$(asked tuf)"
  # What does not verify is not passed over, tomorrow neither.
  touch -d "25 hours ago" "$stamp"
  fault tuf-garbage
  for i in 1 2; do
    assert_exit 4 check
    assert_contains "the daily look for a newer trusted root: $SIGSTORE_URL/tuf: "
  done
  # Nor by git.
  git init -q -b main m
  git -C m remote add origin http://127.0.0.1:1/org/m
  git -C m add -A
  git -C m -c user.name=alice -c user.email=alice@example.org commit -qm Model
  git config --global sigstore.instance "$SIGSTORE_URL/tuf"
  git config --global sigstore.identity alice@example.org
  git config --global sigstore.issuer "$SIGSTORE_URL/oidc"
  assert_exit 4 git -C m sigstore verify
  assert_contains "the daily look for a newer trusted root: $SIGSTORE_URL/tuf: "
  no_fault tuf-garbage
  assert_exit 0 git -C m sigstore verify
  assert_exit 0 check
  # Out of order, or not there: what is stored counts, and once is enough.
  touch -d "25 hours ago" "$stamp"
  fault tuf-status '{"status": 403}'
  assert_exit 0 check
  [ "$(fault_hits tuf-status)" -gt 0 ] || fail "nobody looked"
  stop_sigstore
  touch -d "25 hours ago" "$stamp"
  assert_exit 0 check
  # Who never fetched anything is not made to.
  assert_exit 4 env XDG_DATA_HOME="$PWD/other" hf-sigstore verify m \
    --identity alice@example.org --issuer "$SIGSTORE_URL/oidc" "${instance[@]}"
  assert_contains "is not known"
  assert_missing other
)
end_test
