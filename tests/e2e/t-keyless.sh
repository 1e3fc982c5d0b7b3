#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore signs with an identity, against a Sigstore of our own.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

for name in SIGSTORE_ID_TOKEN GITHUB_ACTIONS GITLAB_CI CIRCLECI BUILDKITE \
  GOOGLE_SERVICE_ACCOUNT_NAME CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR; do
  unset "$name"
done

# start_sigstore: an instance for one test; its files are in ./instance, its
# URL in SIGSTORE_URL. It ends with the body of the test.
start_sigstore() {
  local -
  set +x
  local waited=0
  mkdir instance
  test-sigstore instance </dev/null >instance.log 2>&1 3>&- 4>&- 5>&- &
  SIGSTORE_PID=$!
  trap 'kill "$SIGSTORE_PID"' EXIT
  until [ -s instance/url ]; do
    kill -0 "$SIGSTORE_PID" || fail "test-sigstore: $(cat instance.log)"
    [ "$waited" -lt 1000 ] || fail "test-sigstore takes too long to start"
    waited=$((waited + 1))
    sleep 0.02
  done
  SIGSTORE_URL=$(cat instance/url)
}

# fault NAME [JSON]: from now on.
fault() {
  local -
  set +x
  curl -sSf -X PUT "$SIGSTORE_URL/_test/faults/$1" \
    --data-binary "${2:-"{}"}" >/dev/null
}

# fault_hits NAME: how often it happened.
fault_hits() {
  local -
  set +x
  curl -sSf "$SIGSTORE_URL/_test/faults/$1" | tr -dc 0-9
}

# get_token [QUERY]: into ./token.
get_token() {
  local -
  set +x
  curl -sSf "$SIGSTORE_URL/oidc/mint${1:+?$1}" >token
}

# make_folder: a model, in m.
make_folder() {
  mkdir -p m/sub
  echo '{"model_type": "tiny"}' >m/config.json
  head -c 5000 /dev/urandom >m/sub/weights.bin
}

# sign [OPTION...]: the model with ./token, by the services in $CONFIG.
sign() {
  hf-sigstore sign m --identity-token-file token \
    --trusted-root instance/trusted_root.json \
    --signing-config "${CONFIG:-instance/signing_config.json}" "$@"
}

# verify [IDENTITY]
verify() {
  hf-sigstore verify m --identity "${1:-alice@example.org}" \
    --issuer "$SIGSTORE_URL/oidc" --trusted-root instance/trusted_root.json
}

# assert_nothing_left: no signature, whole or half, beside the model's files.
assert_nothing_left() {
  assert_eq "m/config.json m/sub/weights.bin" \
    "$(find m -type f | sort | tr '\n' ' ' | sed 's/ $//')"
}

# assert_no_token: no part of the token is in the last output.
assert_no_token() {
  local -
  set +x
  local part
  for part in $(tr . ' ' <token); do
    if grep -qF -- "${part:0:16}" <<<"$out"; then
      fail "the output shows the token"
    fi
  done
}

begin_test "a folder is signed with an identity, and verified by it"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  assert_exit 0 sign
  assert_contains "signed: 2 resources, 5.0 kB, alice@example.org ($SIGSTORE_URL/oidc)"
  assert_contains "signature: m/model.sig"
  assert_exit 0 verify
  assert_contains "signed by alice@example.org"
  assert_exit 1 verify mallory@example.org
  # Without the services: nothing is asked to verify.
  kill "$SIGSTORE_PID"
  assert_exit 0 verify
  echo x >>m/config.json
  assert_exit 1 verify
  assert_contains "changed config.json"
  trap - EXIT
)
end_test

begin_test "with a log of version 1, one file for both, the variable, and JSON"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  CONFIG=instance/signing_config_v1.json assert_exit 0 sign
  assert_exit 0 verify
  assert_exit 0 env SIGSTORE_ID_TOKEN="$(cat token)" hf-sigstore sign m \
    --trust-config instance/trust_config.json --json
  assert_contains '"identity": "alice@example.org"'
  assert_contains "\"issuer\": \"$SIGSTORE_URL/oidc\""
  assert_exit 0 verify
)
end_test

begin_test "a machine signs by its subject"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token "email=&sub=https://ci.example.org/job"
  assert_exit 0 sign
  assert_exit 0 verify https://ci.example.org/job
)
end_test

begin_test "GitHub Actions gives the token"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  assert_exit 4 env GITHUB_ACTIONS=true hf-sigstore sign m \
    --trust-config instance/trust_config.json
  assert_contains "GitHub Actions gives no identity token: add 'permissions: id-token: write' to the job"
  assert_nothing_left
  assert_exit 0 env GITHUB_ACTIONS=true ACTIONS_ID_TOKEN_REQUEST_TOKEN=x \
    ACTIONS_ID_TOKEN_REQUEST_URL="$SIGSTORE_URL/oidc/github" \
    hf-sigstore sign m --trust-config instance/trust_config.json
  assert_exit 0 verify
)
end_test

begin_test "a token that nobody would accept is not sent"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token "lifetime=-60"
  assert_exit 4 sign
  assert_contains "hf-sigstore: the identity token expired at"
  assert_contains "get a new one"
  get_token "aud=other"
  assert_exit 4 sign
  assert_contains "hf-sigstore: the identity token is for 'other', and not for 'sigstore'"
  assert_no_token
  echo nonsense >token
  assert_exit 4 sign
  assert_contains "hf-sigstore: token: identity token: it does not have three parts"
  refute_contains nonsense
  rm token
  assert_exit 4 sign
  assert_contains "token"
  assert_exit 4 hf-sigstore sign m --trust-config instance/trust_config.json
  assert_contains "there is no key and no identity token to sign with"
  assert_nothing_left
)
end_test

begin_test "a token of another issuer is refused by the authority"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  # Another signature: of nobody that the authority knows.
  sed -i 's/\.[^.]*$/.AAAA/' token
  assert_exit 4 sign
  assert_contains "certificate authority $SIGSTORE_URL did not accept the identity token, status 401"
  assert_contains "get a new one from an issuer that it knows"
  assert_no_token
  assert_nothing_left
)
end_test

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
  kill "$SIGSTORE_PID"
  wait "$SIGSTORE_PID" || true
  assert_exit 4 sign
  assert_contains "certificate authority: $SIGSTORE_URL: "
  assert_nothing_left
  trap - EXIT
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

begin_test "which services is the user's to say"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  assert_exit 4 hf-sigstore sign m --identity-token-file token
  assert_contains "nothing to sign with: name a private key (--key), or, to sign with an identity, a signing config"
  assert_exit 4 sign --trust-config instance/trust_config.json
  assert_contains "a trust config holds trusted root and signing config"
  hf-sigstore keygen --no-password alice
  assert_exit 4 sign --key alice.key
  assert_contains "are two signers, name one"
  # http only on this machine: a token does not travel in the clear.
  sed "s#$SIGSTORE_URL/fulcio#http://fulcio.invalid#" \
    instance/signing_config.json >plain.json
  CONFIG=plain.json assert_exit 4 sign
  assert_contains "http://fulcio.invalid: http is only for services on this machine"
  assert_nothing_left
)
end_test

begin_test "what becomes public is said on a terminal, before it is sent"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  script -qec "hf-sigstore sign m --identity-token-file token --trust-config instance/trust_config.json" screen </dev/null >/dev/null
  out=$(tr -d '\r' <screen)
  assert_contains "this becomes public, and stays so: alice@example.org (by $SIGSTORE_URL/oidc) signed"
  assert_contains "in the log $SIGSTORE_URL"
  # Not where nobody looks.
  assert_exit 0 sign
  refute_contains "this becomes public"
)
end_test

begin_test "the conformance suite's command line signs"
(
  set -eu -o pipefail
  start_sigstore
  echo hello >a.txt
  get_token
  assert_exit 0 hf-sigstore sign-bundle --identity-token "$(cat token)" \
    --bundle b.json --trusted-root instance/trusted_root.json \
    --signing-config instance/signing_config.json a.txt
  assert_contains "a token on a command line is there for every user of this machine to read"
  assert_no_token
  assert_exit 0 hf-sigstore verify-bundle --bundle b.json \
    --certificate-identity alice@example.org \
    --certificate-oidc-issuer "$SIGSTORE_URL/oidc" \
    --trusted-root instance/trusted_root.json a.txt
  cat >statement.json <<END
{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "a.txt",
"digest": {"sha256": "$(sha256sum a.txt | cut -d ' ' -f 1)"}}],
"predicateType": "https://example.org/x", "predicate": {}}
END
  for config in signing_config signing_config_v1; do
    assert_exit 0 hf-sigstore sign-bundle --in-toto \
      --identity-token "$(cat token)" --bundle b.json \
      --trusted-root instance/trusted_root.json \
      --signing-config "instance/$config.json" statement.json
    assert_exit 0 hf-sigstore verify-bundle --bundle b.json \
      --certificate-identity alice@example.org \
      --certificate-oidc-issuer "$SIGSTORE_URL/oidc" \
      --trusted-root instance/trusted_root.json a.txt
  done
  echo bye >a.txt
  assert_exit 1 hf-sigstore verify-bundle --bundle b.json \
    --certificate-identity alice@example.org \
    --certificate-oidc-issuer "$SIGSTORE_URL/oidc" \
    --trusted-root instance/trusted_root.json a.txt
)
end_test
