#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# An instance of Sigstore's own programs that hf-sigstore, sigstore-python and
# cosign follow by its TUF repository. Run by scripts/interop sign.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/../peers.sh"
[ -n "${SIGSTORE_INSTANCE:-}" ] || not_run "no SIGSTORE_INSTANCE"
# shellcheck source=tests/e2e/keylesslib.sh
. "$interop/../e2e/keylesslib.sh"

# start: the instance, a token and its TUF repository's $URL.
start() {
  start_sigstore
  get_token
  URL=$(cat instance/tuf_url)
}

begin_test "a folder verifies by what the TUF repository says"
(
  set -eu -o pipefail
  start
  make_folder
  assert_exit 0 sign
  assert_exit 4 hf-sigstore verify m --identity alice@example.org \
    --issuer "$SIGSTORE_URL/oidc" --instance "$URL"
  assert_exit 0 hf-sigstore trust-instance instance/root.json --instance "$URL"
  assert_contains "trusted root, signing config"
  assert_exit 0 hf-sigstore verify m --identity alice@example.org \
    --issuer "$SIGSTORE_URL/oidc" --instance "$URL"
  assert_exit 1 hf-sigstore verify m --identity mallory@example.org \
    --issuer "$SIGSTORE_URL/oidc" --instance "$URL"
)
end_test

begin_test "the other clients follow the same repository"
(
  set -eu -o pipefail
  start
  echo hello >a.txt
  hf-sigstore sign-bundle --identity-token "$(cat token)" --bundle b.json \
    --trusted-root instance/trusted_root.json \
    --signing-config instance/signing_config.json a.txt
  cosign() { "$SIGSTORE_PEERS/bin/cosign" "$@"; }
  sigstore() { "$SIGSTORE_PEERS/bin/sigstore" --instance "$URL" "$@"; }
  assert_exit 0 cosign initialize --mirror "$URL" --root instance/root.json
  assert_exit 0 cosign verify-blob --bundle b.json \
    --certificate-identity alice@example.org \
    --certificate-oidc-issuer "$SIGSTORE_URL/oidc" a.txt
  assert_exit 0 sigstore trust-instance instance/root.json
  assert_exit 0 sigstore verify identity --bundle b.json \
    --cert-identity alice@example.org \
    --cert-oidc-issuer "$SIGSTORE_URL/oidc" a.txt
  # They sign by the services that it names, and we verify that.
  assert_exit 0 sigstore sign --identity-token "$(cat token)" \
    --bundle theirs.json a.txt
  hf-sigstore trust-instance instance/root.json --instance "$URL"
  assert_exit 0 hf-sigstore verify-bundle --bundle theirs.json \
    --certificate-identity alice@example.org \
    --certificate-oidc-issuer "$SIGSTORE_URL/oidc" \
    --trusted-root instance/trusted_root.json a.txt
)
end_test
