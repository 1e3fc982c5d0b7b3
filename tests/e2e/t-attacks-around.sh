#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Attacks around what is verified: caches, other ways in, and the time between
# the verdict and the checkout; docs/attacks.md has the table, by the same
# numbers.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/attacklib.sh
. "$(dirname "$0")/attacklib.sh"

shard=model-00001-of-00002.safetensors

# poison REPOSITORY: what git-lfs has cached of the shard becomes something
# else, of the same size.
poison() {
  local oid object
  oid=$(sha256sum "work/$shard" | cut -d ' ' -f 1)
  object=$1/.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid
  chmod u+w "$object"
  head -c "$(stat -c %s "work/$shard")" /dev/zero >"$object"
  rm -f "$1/$shard"
}
is_poisoned() { cmp "$1/$shard" <(head -c "$(stat -c %s "work/$shard")" /dev/zero); }
says() { printf '%s\n' "$out" | sed -n 's/^sigstore: //p' | grep -m 1 "$1"; }

begin_test "12: a poisoned cache of git-lfs"
(
  set -eu -o pipefail
  prepare
  as_plain victim
  git clone -q "$HUB_URL/org/m" victim
  poison victim
  assert_exit 0 git -C victim checkout -- "$shard"
  is_poisoned victim
  without="checked out: git-lfs compares the size"
  as bob
  poison copy
  git -C copy checkout -q -- "$shard"
  assert_exit 1 git -C copy sigstore verify --worktree
  assert_contains "changed $shard"
  with="git sigstore verify --worktree: exit 1"
  message="changed $shard"
  record 12 "poison the cache of git-lfs"
  git sigstore install --host "$HUB_URL" --strict >/dev/null
  poison copy
  assert_exit 128 git -C copy checkout -- "$shard"
  assert_missing "copy/$shard"
  with="refused with install --strict, exit 128, no file made"
  message=$(says "$shard")
  record 12 "poison the cache of git-lfs, strict reader"
)
end_test

begin_test "24: objects from a bundle or another server"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  git -C evil bundle create -q ../evil.bundle main
  as_plain victim
  assert_exit 0 git clone --bundle-uri="$PWD/evil.bundle" "$HUB_URL/org/m" victim
  without="cloned, the objects came beside the stream"
  as bob
  # By the helper, or before that by the hook, where the configuration has it.
  hub_forget_requests
  assert_exit 128 git clone --bundle-uri="$PWD/evil.bundle" "$HUB_URL/org/m" fresh
  assert_contains "sigstore: org/m@main does not match its signature: changed README.md"
  refute_contains "/info/lfs/" "$(hub_requests)"
  assert_missing fresh
  with="refused, exit 128"
  message="org/m@main does not match its signature: changed README.md"
  record 24 "bundle-uri"
  # packfile-uris: offered to git, and not by the helper.
  again=$(git -C "$bare" rev-parse "main:README.md")
  git -C "$bare" config uploadpack.blobPackfileUri "$again $again http://127.0.0.1:9/x"
  for person in victim bob; do
    # The state is a tampered one: the victim takes it, bob is refused.
    if [ $person = bob ]; then
      as bob
      code=128
    else
      as_plain victim
      code=0
    fi
    export GIT_TRACE_PACKET=$PWD/trace.$person
    assert_exit "$code" git -c fetch.uriprotocols=http clone "$HUB_URL/org/m" other
    unset GIT_TRACE_PACKET
    rm -rf other
  done
  assert_contains "changed README.md"
  grep -q 'clone> packfile-uris\|fetch> packfile-uris' trace.victim
  if grep -q '> packfile-uris' trace.bob; then fail "packfile-uris asked for"; fi
  without="git fetches what the server names, from anywhere"
  with="not offered: one stream, judged whole"
  message=
  record 24 "packfile-uris"
)
end_test

begin_test "25: ways around the helper"
(
  set -eu -o pipefail
  prepare
  attack "echo evil >>README.md"
  as_plain victim
  git clone -q --bare "$HUB_URL/org/m" victim.git
  without="fetched"
  as bob
  before=$(git -C copy for-each-ref)
  assert_exit 128 git -C copy fetch "$HUB_URL/org/m" main:topic
  assert_contains "changed README.md"
  assert_contains "aborted by"
  refute_contains "remote error"
  with="vetoed by the hook, exit 128"
  message=$(says "changed README.md")
  record 25 "fetch by URL, not by remote"
  assert_exit 128 git -C copy fetch --prefetch "$HUB_URL/org/m" +main:refs/prefetch/main
  assert_contains "changed README.md"
  with="vetoed by the hook, exit 128"
  message=$(says "changed README.md")
  record 25 "prefetch by URL in the background"
  assert_eq "$before" "$(git -C copy for-each-ref)"
  for what in HEAD "$(git -C "$bare" rev-parse main)"; do
    assert_exit 128 git -C copy fetch origin "$what"
    assert_contains "fatal: remote error: sigstore: org/m@main does not match its signature"
  done
  with="refused, exit 128"
  message="org/m@main does not match its signature: changed README.md"
  record 25 "fetch HEAD, or the commit by its id"
  # Objects that are here already, so that git would not fetch.
  assert_exit 0 git -C copy fetch ../evil main
  git -C copy cat-file -e "$(git -C "$bare" rev-parse main)"
  assert_exit 128 git -C copy fetch
  assert_contains "changed README.md"
  assert_exit 1 git -C copy pull
  assert_eq "$before" "$(git -C copy for-each-ref)"
  record 25 "the objects are here before the fetch"
)
end_test

begin_test "26: another state between the verdict and the checkout"
(
  set -eu -o pipefail
  prepare
  # The server has the evil state, and shows the good one until the first file
  # is checked out.
  attack "echo evil >>README.md"
  evil=$(git -C evil rev-parse HEAD)
  git -C "$bare" update-ref refs/heads/main "$good"
  without="git too takes the state that was listed, good or bad"
  as bob
  cat >late-lfs <<END
#!/bin/sh
git --git-dir="$bare" update-ref refs/heads/main $evil || exit 1
exec git-lfs filter-process
END
  chmod +x late-lfs
  git config --global filter.lfs.process "$PWD/late-lfs"
  assert_exit 0 git clone "$HUB_URL/org/m" fresh
  assert_eq "$evil" "$(git -C "$bare" rev-parse main)"
  assert_eq "$good" "$(git -C fresh rev-parse HEAD)"
  assert_eq "$good" "$(git -C fresh rev-parse origin/main)"
  assert_exit 1 git -C fresh cat-file -e "$evil"
  assert_exit 0 git -C fresh sigstore verify --worktree
  with="the state that was judged: refs are set from the listing it was in"
  message=
  record 26 "move the branch after the verdict"
  assert_exit 128 git -C fresh fetch
  assert_contains "changed README.md"
)
end_test

begin_test "32: git lfs pull from a poisoned cache, after a verified clone"
(
  set -eu -o pipefail
  prepare
  as_plain victim
  git clone -q "$HUB_URL/org/m" victim
  poison victim
  assert_exit 0 git -C victim lfs pull
  is_poisoned victim
  without="other weights, exit 0"
  as bob
  poison copy
  assert_exit 0 git -C copy sigstore pull
  assert_same_file "work/$shard" "copy/$shard"
  with="git sigstore pull hashes, and fetches again"
  message=$(says "$shard")
  record 32 "poison the cache before git lfs pull"
)
end_test

print_table
