# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Helpers of the tests against other people's programs. To be sourced before
# anything else: it ends the script when the programs are not there, and
# brings the helpers of the end-to-end tests.
#
# SIGSTORE_PEERS names the folder that tests/interop/install filled.

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SIGSTORE_PEERS=${SIGSTORE_PEERS:-$(cd "$interop/../.." && pwd)/build/interop}

# Not running is a failure where a machine counts on it.
not_run() {
  echo "NOT RUN: $1"
  [ -z "${CI:-}" ] || exit 1
  exit 0
}

[ -x "$SIGSTORE_PEERS/bin/model_signing" ] ||
  not_run "no model_signing in $SIGSTORE_PEERS; run tests/interop/install"
sha256sum --status -c "$SIGSTORE_PEERS/requirements.sha256" \
  <"$interop/requirements.txt" 2>/dev/null ||
  not_run "$SIGSTORE_PEERS is not up to date; run tests/interop/install"
SIGSTORE_PEERS=$(cd "$SIGSTORE_PEERS" && pwd)

# shellcheck source=tests/e2e/testlib.sh
. "$interop/../e2e/testlib.sh"

# their_sign KEY FOLDER [OPTION...], writes FOLDER/model.sig
their_sign() {
  "$SIGSTORE_PEERS/bin/model_signing" sign key --private_key "$1" \
    --signature "$2/model.sig" "${@:3}" "$2"
}

# their_verify KEY FOLDER [OPTION...]
their_verify() {
  "$SIGSTORE_PEERS/bin/model_signing" verify key --public_key "$1" \
    --signature "$2/model.sig" "${@:3}" "$2"
}

# stated_root SIGNATURE: the root digest it states, read without our code.
stated_root() {
  "$SIGSTORE_PEERS/bin/python" - "$1" <<'END'
import base64, json, sys
bundle = json.load(open(sys.argv[1]))
payload = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
print("sha256:" + payload["subject"][0]["digest"]["sha256"])
END
}

# protect_hub: git verifies and signs there, with this key.
protect_hub() {
  git sigstore install --host "$HUB_URL"
  git config --global sigstore.key "$(realpath "$1")"
}
