# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# People of the end-to-end tests: each has a HOME with our install in it.
# Source after testlib.sh, within a test after start_hub.

# as NAME: from here on commands are run by this person.
as() {
  local -
  set +x
  export HOME=$TEST_DIR/people/$1
  if [ -d "$HOME" ]; then return; fi
  mkdir -p "$TEST_DIR/people"
  cp -R "$TEST_ROOT/home" "$HOME"
  git config --global user.name "$1"
  git config --global user.email "$1@example.org"
  git sigstore install --host "$HUB_URL" >/dev/null
}

# signer NAME: makes a key, once, and signs with it from here on.
signer() {
  as "$1"
  [ ! -e "$HOME/$1.key" ] || return 0
  hf-sigstore keygen --no-password "$HOME/$1" >/dev/null
  git config --global sigstore.key "$HOME/$1.key"
}

public_key() { echo "$TEST_DIR/people/$1/$1.pub"; }
fingerprint() {
  hf-sigstore inspect --json "$1" |
    sed -n 's/.*"keyFingerprint": "\([0-9a-f]*\)".*/\1/p'
}

# sign_again MODEL.SIG KEY PATTERN REPLACEMENT: the same statement but for the
# one place where PATTERN was, with a good signature.
sign_again() {
  python3 - "$@" <<'PYTHON'
import base64, json, re, subprocess, sys
path, key, pattern, replacement = sys.argv[1:]
bundle = json.load(open(path))
envelope = bundle["dsseEnvelope"]
payload = base64.b64decode(envelope["payload"])
payload, places = re.subn(pattern.encode(), replacement.encode(), payload)
assert places == 1, places
kind = envelope["payloadType"].encode()
pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=pae, capture_output=True, check=True).stdout
envelope["payload"] = base64.b64encode(payload).decode()
envelope["signatures"][0]["sig"] = base64.b64encode(signature).decode()
json.dump(bundle, open(path, "w"))
PYTHON
}

# backdate MODEL.SIG KEY TIME: as if it had been signed then.
backdate() { sign_again "$1" "$2" '"signedAt":"[^"]*"' "\"signedAt\":\"$3\""; }

# undate MODEL.SIG KEY: as another program signs, which says nothing of a time.
undate() { sign_again "$1" "$2" ',"annotations":\{"hf-sigstore/v1":\{[^}]*\}\}' ''; }

# publish [NAME]: NAME (alice) pushes a model to org/m, signed; the work tree
# is ./work, the hub's repository $bare.
publish() {
  signer "${1:-alice}"
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  make_model work
  git -C work remote add origin "$HUB_URL/org/m"
  git -C work push -q -u origin main
}

# trusting NAME SIGNER: NAME installs and trusts SIGNER's key.
trusting() {
  as "$1"
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key "$2")" \
    --name "$2" >/dev/null
}

# Without us: by the person NAME, who has git and git-lfs only.
as_plain() {
  export HOME=$TEST_DIR/people/$1
  if [ -d "$HOME" ]; then return; fi
  mkdir -p "$TEST_DIR/people"
  cp -R "$TEST_ROOT/home" "$HOME"
}

# assert_refused PHRASE CMD...: git's own exit code and message for a remote
# error, and no weights asked for meanwhile.
assert_refused() {
  local phrase=$1
  shift
  hub_forget_requests
  assert_exit 128 "$@"
  assert_contains "fatal: remote error: sigstore: "
  assert_contains "$phrase"
  refute_contains "/info/lfs/" "$(hub_requests)"
}
