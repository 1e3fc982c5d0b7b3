#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore signs with an identity, against our test double of a Sigstore or
# against a real one (SIGSTORE_INSTANCE, see keylesslib.sh).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"

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
  stop_sigstore
  assert_exit 0 verify
  echo x >>m/config.json
  assert_exit 1 verify
  assert_contains "changed config.json"
)
end_test

begin_test "with a log of version 1"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  if [ -e instance/signing_config_v1.json ]; then
    CONFIG=instance/signing_config_v1.json assert_exit 0 sign
    assert_exit 0 verify
  else
    echo "# NOT APPLICABLE: $SIGSTORE_INSTANCE has no such log" >&3
  fi
)
end_test

begin_test "with one file for both, the variable, and JSON"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
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
  # Whoever vouches for machines gives no e-mail addresses.
  get_token "email=&sub=http://127.0.0.1/job"
  assert_exit 0 sign
  assert_exit 0 verify http://127.0.0.1/job "$SIGSTORE_URL/oidc/ci"
  assert_exit 1 verify http://127.0.0.1/job
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
  assert_contains "signing with an identity, as there is no --key: there is no key and no identity token to sign with"
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
  assert_contains "certificate authority $AUTHORITY_URL did not accept the identity token, status 400"
  assert_contains "get a new one from an issuer that it knows"
  assert_no_token
  assert_nothing_left
)
end_test

begin_test "which services is the user's to say"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  get_token
  assert_exit 4 hf-sigstore sign m --identity-token-file token \
    --trusted-root instance/trusted_root.json
  assert_contains "hf-sigstore: instance/trusted_root.json does not say which services sign: name a signing config"
  assert_exit 4 sign --trust-config instance/trust_config.json
  assert_contains "a trust config holds trusted root and signing config"
  hf-sigstore keygen --no-password alice
  assert_exit 4 sign --key alice.key
  assert_contains "are two signers, name one"
  # http only on this machine: a token does not travel in the clear.
  sed "s#$AUTHORITY_URL#http://authority.invalid#" \
    instance/signing_config.json >plain.json
  CONFIG=plain.json assert_exit 4 sign
  assert_contains "http://authority.invalid"
  assert_contains "http is only for services on this machine"
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
  assert_contains "in the log $LOG_URL"
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
  for config in instance/signing_config*.json; do
    assert_exit 0 hf-sigstore sign-bundle --in-toto \
      --identity-token "$(cat token)" --bundle b.json \
      --trusted-root instance/trusted_root.json \
      --signing-config "$config" statement.json
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
