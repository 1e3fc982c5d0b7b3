# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

kept=/var/kept # from one start of the machine to the next

# weigh_model: three weights, and a small file.
weigh_model() {
  mkdir m
  for name in a b c; do head -c 300000 /dev/urandom >"m/$name.safetensors"; done
  echo '{}' >m/config.json
  hf-sigstore keygen --no-password alice
  hf-sigstore sign m --key alice.key
}

# knows FILES COMMAND...: it says yes, and did not read so many files.
knows() {
  local -
  set +x
  "${@:2}" --json >out.json || fail "exit $?: ${*:2}"
  assert_eq "$1" "$(python3 -c 'import json
print(json.load(open("out.json"))["known"]["files"])')"
}
verify() { hf-sigstore verify m --key alice.pub "$@"; }
