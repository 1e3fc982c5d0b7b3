#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Repositories whose objects are named by SHA-256: the whole way, through
# `git cat-file`, since libgit2 cannot read them (test 8 of the transport
# list).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# alice pushes a model to org/m, signed, with SHA-256 names.
publish_sha256() {
  signer alice
  hub_create org/m object-format=sha256
  bare=$HUB_ROOT/org/m.git
  export GIT_DEFAULT_HASH=sha256
  make_model work
  unset GIT_DEFAULT_HASH
  git -C work remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C work push -u origin main
}

begin_test "a push signs, and the signature names the object format"
(
  set -eu -o pipefail
  start_hub
  publish_sha256
  assert_contains "local branch 'main' fast-forwarded"
  tip=$(git -C work rev-parse main)
  assert_eq 64 "${#tip}"
  assert_eq "$tip" "$(git -C "$bare" rev-parse main)"
  assert_eq "" "$(git -C work status --porcelain)"
  statement=$(python3 -c 'import base64, json
bundle = json.load(open("work/model.sig"))
print(base64.b64decode(bundle["dsseEnvelope"]["payload"]).decode())')
  assert_contains '"objectFormat":"sha256"' "$statement"
  tree=$(git -C work rev-parse "main~:")
  assert_contains "\"tree\":\"$tree\"" "$statement"
  # Nothing to sign the second time.
  assert_exit 0 git -C work push
  assert_eq "$tip" "$(git -C "$bare" rev-parse main)"
)
end_test

begin_test "a clone verifies, fetches follow, shallow and bare ones as well"
(
  set -eu -o pipefail
  start_hub
  publish_sha256
  trusting bob alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice (key "
  assert_same_file work/model-00001-of-00002.safetensors copy/model-00001-of-00002.safetensors
  for how in "--depth 1" "--bare"; do
    # shellcheck disable=SC2086
    assert_exit 0 git clone $how "$HUB_URL/org/m" "copy$how"
    assert_contains "verified: signed by alice"
  done
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  as bob
  assert_exit 0 git -C copy pull
  assert_contains "verified: signed by alice"
  assert_exit 0 git -C copy sigstore verify
  assert_eq "$(git -C work rev-parse main)" "$(git -C copy rev-parse main)"
)
end_test

begin_test "a tampered state is refused, by clone, fetch and pull"
(
  set -eu -o pipefail
  start_hub
  publish_sha256
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/README.md
  git -C evil commit -qam "Improve the model"
  git -C evil push -q
  as bob
  objects() { git -C copy count-objects -v | grep -E '^(count|in-pack)'; }
  before=$(objects && git -C copy for-each-ref)
  assert_refused "does not match its signature: changed README.md" git clone "$HUB_URL/org/m" fresh
  assert_missing fresh
  assert_exit 128 git -C copy fetch
  assert_contains "does not match its signature: changed README.md"
  assert_exit 1 git -C copy pull
  assert_contains "does not match its signature: changed README.md"
  assert_eq "$before" "$(objects && git -C copy for-each-ref)"
)
end_test

begin_test "a rollback is refused, and a file that only changed its mode"
(
  set -eu -o pipefail
  start_hub
  publish_sha256
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  old=$(git -C "$bare" rev-parse main)
  sleep 1.1 # signing times have whole seconds
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  as bob
  git -C copy pull -q
  git -C "$bare" update-ref refs/heads/main "$old"
  assert_exit 128 git -C copy fetch
  assert_contains "moved back from"
  as_plain mallory
  git -C "$bare" update-ref refs/heads/main "$(git -C work rev-parse main)"
  git clone -q "$HUB_URL/org/m" evil
  chmod +x evil/config.json
  git -C evil commit -qam "Improve the model"
  git -C evil push -q
  as bob
  assert_exit 128 git -C copy fetch
  assert_contains "changed file modes or other unlisted entries"
)
end_test
