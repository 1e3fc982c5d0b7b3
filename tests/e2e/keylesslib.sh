# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Helpers of the tests that sign with an identity. Source after testlib.sh.
#
# SIGSTORE_INSTANCE names the folder of a Sigstore that runs already, of
# Sigstore's own programs (scripts/interop sign); without it, each test starts
# a test double of its own, which has the same files in its folder.

for name in SIGSTORE_ID_TOKEN GITHUB_ACTIONS GITLAB_CI CIRCLECI BUILDKITE \
  GOOGLE_SERVICE_ACCOUNT_NAME CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR; do
  unset "$name"
done

# start_sigstore: an instance for one test; its files are in ./instance, the
# URL of what gives tokens in SIGSTORE_URL, the certificate authority in
# AUTHORITY_URL and the log in LOG_URL. It ends with the body of the test.
start_sigstore() {
  local -
  set +x
  local waited=0
  SIGSTORE_PID=""
  if [ -n "${SIGSTORE_INSTANCE:-}" ]; then
    ln -s "$SIGSTORE_INSTANCE" instance
  else
    mkdir instance
    test-sigstore instance </dev/null >instance.log 2>&1 3>&- 4>&- 5>&- &
    SIGSTORE_PID=$!
    until [ -s instance/url ]; do
      kill -0 "$SIGSTORE_PID" || fail "test-sigstore: $(cat instance.log)"
      [ "$waited" -lt 1000 ] || fail "test-sigstore takes too long to start"
      waited=$((waited + 1))
      sleep 0.02
    done
  fi
  SIGSTORE_URL=$(cat instance/url)
  AUTHORITY_URL=$(_service_origin caUrls)
  LOG_URL=$(_service_origin rekorTlogUrls)
}

# stop_sigstore: nobody answers any more; not one that others use too.
stop_sigstore() {
  [ -n "$SIGSTORE_PID" ] || return 0
  kill "$SIGSTORE_PID"
  wait "$SIGSTORE_PID" || true  # the signal is its exit code
}

_service_origin() {
  python3 - "$1" <<'PYTHON'
import json, sys, urllib.parse
with open("instance/signing_config.json") as config:
    url = urllib.parse.urlsplit(json.load(config)[sys.argv[1]][0]["url"])
print(f"{url.scheme}://{url.netloc}")
PYTHON
}

# get_token [QUERY]: into ./token.
get_token() {
  local -
  set +x
  curl -sSf "$SIGSTORE_URL/oidc/mint${1:+?$1}" >token
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

# no_fault NAME: from now on. This and what is above are of the test double.
no_fault() {
  local -
  set +x
  curl -sSf -X DELETE "$SIGSTORE_URL/_test/faults/$1" >/dev/null
}

# asked SERVICE: how often fulcio, tsa, rekor or tuf was asked, of the test double.
asked() {
  local -
  set +x
  curl -sSf "$SIGSTORE_URL/_test/requests/$1" | tr -dc 0-9
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

# verify [IDENTITY [ISSUER]]
verify() {
  hf-sigstore verify m --identity "${1:-alice@example.org}" \
    --issuer "${2:-$SIGSTORE_URL/oidc}" \
    --trusted-root instance/trusted_root.json
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
