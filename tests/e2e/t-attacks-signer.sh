#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Attacks on who signed, what for and when; docs/attacks.md has the table, by
# the same numbers.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/attacklib.sh
. "$(dirname "$0")/attacklib.sh"

begin_test "1: model.sig removed"
(
  set -eu -o pipefail
  prepare
  attack "git rm -q model.sig; echo evil >>README.md"
  works_without "cloned as any unsigned model"
  grep -q evil victim/README.md
  refused "org/m@main is not signed (it was signed on"
  record 1 "remove model.sig"
)
end_test

begin_test "2: a valid signature by somebody else"
(
  set -eu -o pipefail
  prepare
  as_plain mallory
  hf-sigstore keygen --no-password "$HOME/evil" >/dev/null
  attack "echo evil >>README.md; rm model.sig; hf-sigstore sign . --key $HOME/evil.key"
  works_without "cloned; the signature is a good one"
  hf-sigstore verify victim --key "$TEST_DIR/people/mallory/evil.pub"
  refused "expected alice (key "
  assert_contains "if this change is intended: git sigstore trust add"
  refute_contains evil "$(git sigstore trust list)"
  record 2 "sign with another key"
)
end_test

begin_test "3: another signed model of the same signer under this name"
(
  set -eu -o pipefail
  prepare
  as alice
  hub_create org/other
  git clone -q "$HUB_URL/org/m" other
  git -C other remote set-url origin "$HUB_URL/org/other"
  echo "the other one" >other/README.md
  git -C other commit -qam other
  git -C other push -q origin main
  rm -rf "$bare"
  cp -R "$HUB_ROOT/org/other.git" "$bare"
  works_without "cloned, with the files of another model"
  grep -q "the other one" victim/README.md
  refused "signature was made for ${HUB_URL#http://}/org/other, not for ${HUB_URL#http://}/org/m"
  record 3 "swap two models of one signer"
)
end_test

begin_test "4: an older signed state"
(
  set -eu -o pipefail
  prepare
  sleep 1.1 # signing times have whole seconds
  as alice
  echo "the defect is mended" >>work/README.md
  git -C work commit -qam mended
  git -C work push -q
  new=$(git -C "$bare" rev-parse main)
  as bob
  git -C copy pull -q
  git -C "$bare" update-ref refs/heads/main "$good"
  works_without "cloned, with the defect"
  refute_contains mended "$(cat victim/README.md)"
  refused "main moved back from ${new:0:7}"
  assert_contains "git sigstore trust remove ${HUB_URL#http://}/org/m --history"
  record 4 "serve an older signed commit"
  # The same on top of the history, as a commit that descends.
  git -C "$bare" update-ref refs/heads/main "$new"
  attack "git checkout -q $good -- ."
  works_without "cloned, with the defect"
  refused "brings back an older signed state"
  record 4 "bring an older signed state back on top"
  # The publisher may mean it: accepted once, by hand.
  git -C "$bare" update-ref refs/heads/main "$good"
  git sigstore trust remove "$HUB_URL/org/m" --history
  assert_exit 0 git clone "$HUB_URL/org/m" fresh
)
end_test

begin_test "5: the current state for ever"
(
  set -eu -o pipefail
  start_hub
  publish alice
  backdate work/model.sig "$HOME/alice.key" 2020-01-01T00:00:00Z
  (as_plain alice && git -C work commit -q --amend -m "Signed long ago" model.sig &&
    git -C work push -q --force "$HUB_URL/org/m" main)
  good=$(git -C "$bare" rev-parse main)
  works_without "cloned, years old"
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  # A newer state exists, and the server does not show it: nothing can tell.
  assert_exit 0 git -C copy fetch
  git config --global sigstore.maxAge 90d
  assert_refused "was signed on 2020-01-01, which is too long ago: sigstore.maxAge is 90d" \
    git clone "$HUB_URL/org/m" fresh
  message=$(printf '%s\n' "$out" | sed -n 's/^fatal: remote error: sigstore: //p')
  with="refused under sigstore.maxAge, exit 128; else not noticed"
  record 5 "hold newer states back"
)
end_test

begin_test "6: one branch served as another"
(
  set -eu -o pipefail
  prepare
  as alice
  git -C work switch -q -c dev
  echo "not ready" >>work/README.md
  git -C work commit -qam "Try something"
  git -C work push -q origin dev
  git -C "$bare" update-ref refs/heads/main refs/heads/dev
  works_without "cloned, as if it were released"
  as bob
  assert_exit 0 git clone "$HUB_URL/org/m" fresh
  # Merges move trees between branches: named, not refused.
  assert_contains "warning: signed for refs/heads/dev, found at refs/heads/main"
  with="passes with a warning"
  message="signed for refs/heads/dev, found at refs/heads/main"
  record 6 "serve dev as main"
)
end_test

begin_test "14: a signer that signs almost nothing"
(
  set -eu -o pipefail
  start_hub
  publish alice
  (cd work && rm model.sig &&
    hf-sigstore sign . --key "$HOME/alice.key" --ignore model-00001-of-00002.safetensors &&
    git commit -qam "Sign the rest" && git -c sigstore.sign=never push -q)
  works_without "cloned, and model-signing calls it good"
  trusting bob alice
  assert_refused "extra model-00001-of-00002.safetensors; the signer left out model-00001-of-00002.safetensors, which counts only if you ignore it too" \
    git clone "$HUB_URL/org/m" fresh
  message=$(printf '%s\n' "$out" | sed -n 's/^fatal: remote error: sigstore: //p')
  with="refused, exit 128"
  record 14 "ignore_paths that hide weights"
)
end_test

begin_test "28: somebody pushes in between"
(
  set -eu -o pipefail
  prepare
  attack "echo first >>README.md"
  without="push rejected by the server"
  as alice
  head=$(git -C work rev-parse HEAD)
  echo second >>work/README.md
  git -C work commit -qam second
  mine=$(git -C work rev-parse HEAD)
  assert_exit 1 git -C work push
  assert_contains "(fetch first)"
  assert_eq "$mine" "$(git -C work rev-parse HEAD)"
  assert_eq "$(git -C evil rev-parse HEAD)" "$(git -C "$bare" rev-parse main)"
  [ "$head" != "$mine" ]
  with="push rejected, exit 1; nothing local changed"
  message="(fetch first)"
  record 28 "race a push"
)
end_test

begin_test "29: signatures that attack the parser"
(
  set -eu -o pipefail
  prepare
  again() { git -C "$bare" update-ref refs/heads/main "$good"; }
  attack "python3 -c 'print(\"[\"*100000 + \"]\"*100000)' >model.sig"
  works_without "cloned; other parsers run out of stack"
  refused "nested deeper than"
  record 29 "model.sig nested 100,000 deep"
  again
  attack "head -c 100000000 /dev/zero >model.sig"
  works_without "cloned; other parsers run out of memory"
  refused "more than the limit"
  record 29 "model.sig of 100 MB"
  again
  attack "sed -i 's/^{/{\"mediaType\":\"x\",/' model.sig"
  works_without "cloned; parsers differ in what they read"
  refused "duplicate member 'mediaType'"
  record 29 "model.sig with a member twice"
)
end_test

begin_test "33: a web edit on the Hub"
(
  set -eu -o pipefail
  prepare
  attack "echo 'A typo less.' >>README.md"
  works_without "cloned; the signature is stale"
  refused "org/m@main does not match its signature: changed README.md"
  assert_contains "1 commit since the signed ${good:0:7} is not signed (changes README.md)"
  assert_contains "git sigstore sign"
  record 33 "edit on the web without signing"
)
end_test

print_table
