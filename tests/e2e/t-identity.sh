#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A repository whose model.sig is by an identity of Sigstore's public instance:
# one that model-signing's own project published (historical test vectors).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

readonly IDENTITY=stefanb@us.ibm.com
readonly ISSUER=https://sigstore.verify.ibm.com/oauth2
vectors=${SIGSTORE_VECTORS:-$(cd "$(dirname "$0")/../.." && pwd)/../shared/vectors}
published=$vectors/oms/historical/v1.0.0-sigstore
root=$vectors/sigstore/roots/production/trusted_root.json

# Mallory, who has nobody's key, brings it to org/m; bob reads.
prepare() {
  start_hub
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  as_plain mallory
  git config --global user.name mallory
  git config --global user.email mallory@example.org
  mkdir work
  cp "$published"/* work/
  git -C work init -q -b main
  git -C work add -A
  git -C work commit -qm "Model"
  git -C work push -q "$HUB_URL/org/m" main
  as bob
}

if [ ! -d "$published" ]; then
  not_run "no test vectors at $vectors"
  exit
fi

begin_test "an identity that is trusted for the repository"
(
  set -eu -o pipefail
  prepare
  git sigstore trust add "$HUB_URL/org/m" --identity "$IDENTITY" --issuer "$ISSUER"
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by $IDENTITY ($ISSUER), 2 files"
  assert_exit 0 git -C copy sigstore verify
  assert_exit 0 git -C copy sigstore verify --worktree
  assert_exit 0 git -C copy sigstore verify --explain
  assert_contains "by: RFC 6962 3.2, 3.3"
  assert_contains "ok  the trusted root is not too old"
  assert_exit 0 git sigstore trust list
  assert_contains "$IDENTITY ($ISSUER)"
  # The time is the log's, not the signer's.
  assert_contains "2025-" "$(git -C copy sigstore verify)"
  git sigstore trust remove "$HUB_URL/org/m" --identity "$IDENTITY" --issuer "$ISSUER"
  refute_contains "$IDENTITY" "$(git sigstore trust list)"
)
end_test

begin_test "nobody is trusted: it says who signed, and how to trust them"
(
  set -eu -o pipefail
  prepare
  assert_refused "signed by $IDENTITY ($ISSUER), of whom nothing is known here" \
    git clone "$HUB_URL/org/m" copy
  assert_contains "git sigstore trust add"
  assert_contains "--identity NAME --issuer URL"
  assert_missing copy
)
end_test

begin_test "another identity, another issuer, a key"
(
  set -eu -o pipefail
  prepare
  git sigstore trust add "$HUB_URL/org/m" --identity mallory@us.ibm.com --issuer "$ISSUER"
  assert_refused "signed by '$IDENTITY', expected 'mallory@us.ibm.com'" \
    git clone "$HUB_URL/org/m" copy
  git sigstore trust replace "$HUB_URL/org/m" --identity "$IDENTITY" \
    --issuer "${ISSUER%2}"
  assert_refused "with the issuer '$ISSUER', expected '${ISSUER%2}'" \
    git clone "$HUB_URL/org/m" copy
  signer alice
  as bob
  git sigstore trust replace "$HUB_URL/org/m" --key "$(public_key alice)"
  assert_refused "signed with a Sigstore identity, expected a key" \
    git clone "$HUB_URL/org/m" copy
)
end_test

begin_test "a pattern of the keyring, and the first one seen is the only one"
(
  set -eu -o pipefail
  prepare
  git config --global sigstore.identity '*@us.ibm.com'
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "come in pairs"
  git config --global sigstore.issuer "$ISSUER"
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "trusting $IDENTITY"
  assert_exit 0 git sigstore trust list
  assert_contains "$IDENTITY ($ISSUER)"
  assert_contains "(first use)"
  refute_contains '*@us'
  git config --global sigstore.identity '*@example.org'
  git sigstore trust remove "$HUB_URL/org/m"
  assert_refused "expected '*@example.org'" git clone "$HUB_URL/org/m" other
)
end_test

begin_test "the trusted root of another instance, and one that is none"
(
  set -eu -o pipefail
  prepare
  git sigstore trust add "$HUB_URL/org/m" --identity "$IDENTITY" --issuer "$ISSUER"
  git config --global sigstore.mode require
  git config --global sigstore.trustedRoot "$root"
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  git config --global sigstore.trustedRoot "$vectors/sigstore/roots/staging/trusted_root.json"
  assert_refused "is not in the trusted root" git clone "$HUB_URL/org/m" other
  git config --global sigstore.trustedRoot "$HOME/none.json"
  assert_refused "none.json" git clone "$HUB_URL/org/m" other
  echo '{}' >"$HOME/none.json"
  assert_refused "none.json" git clone "$HUB_URL/org/m" other
)
end_test

begin_test "without git: verify says who and when, inspect what is claimed"
(
  set -eu -o pipefail
  who=(--identity "$IDENTITY" --issuer "$ISSUER")
  assert_exit 0 hf-sigstore verify "$published" "${who[@]}" --explain
  assert_contains "signed by $IDENTITY ($ISSUER)"
  assert_contains "  1. ok  the trusted root holds together"
  assert_contains "by: RFC 6962 3.2, 3.3"
  assert_exit 0 hf-sigstore verify "$published" "${who[@]}" --json
  assert_contains "\"identity\": \"$IDENTITY\""
  assert_contains '"log": "https://rekor.sigstore.dev"'
  assert_exit 1 hf-sigstore verify "$published" --identity '*@us.ibm.com' --issuer "$ISSUER"
  assert_exit 0 hf-sigstore verify "$published" --identity-pattern '*@us.ibm.com' --issuer "$ISSUER"
  assert_exit 1 hf-sigstore verify "$published" "${who[@]}" --claim build-trigger=push
  assert_contains "states no build-trigger"
  assert_exit 4 hf-sigstore verify "$published" "${who[@]}" --claim nonsense=1
  assert_contains "with a name of: build-signer-uri"
  assert_exit 4 hf-sigstore verify "$published" --identity "$IDENTITY"
  assert_contains "together with --issuer"
  # A refusal is the last decision.
  assert_exit 1 hf-sigstore verify "$published" --identity x --issuer "$ISSUER" --explain
  assert_contains "NO  the identity is one that is expected"
  assert_exit 0 hf-sigstore inspect "$published"
  assert_contains "NOT VERIFIED"
  assert_contains "certificate identity: $IDENTITY"
  assert_contains '"kind":"dsse 0.0.1"'
)
end_test

begin_test "any bundle of the staging instance verifies by the root of that instance"
(
  set -eu -o pipefail
  case=$vectors/sigstore/bundle-verify/rekor2-timestamp-with-embedded-cert
  beacon=https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon
  verify=(hf-sigstore verify-bundle --bundle "$case/bundle.sigstore.json"
    --certificate-identity "$beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
    --certificate-oidc-issuer https://token.actions.githubusercontent.com)
  assert_exit 0 "${verify[@]}" --staging "$vectors/sigstore/a.txt"
  assert_contains "verified: signed by $beacon"
  assert_exit 1 "${verify[@]}" "$vectors/sigstore/a.txt"
  assert_contains "is not in the trusted root"
  # A root that is named counts more.
  assert_exit 1 "${verify[@]}" --staging --trusted-root "$root" "$vectors/sigstore/a.txt"
  assert_contains "is not in the trusted root"
)
end_test

begin_test "changed after it was signed"
(
  set -eu -o pipefail
  prepare
  git sigstore trust add "$HUB_URL/org/m" --identity "$IDENTITY" --issuer "$ISSUER"
  as_plain mallory
  echo more >>work/signme-1
  git -C work commit -qam "Improve"
  git -C work push -q "$HUB_URL/org/m" main
  as bob
  assert_refused "does not match its signature: changed signme-1" \
    git clone "$HUB_URL/org/m" copy
)
end_test
