#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# git sigstore pull: weights are hashed in git-lfs's cache before they are
# checked out, once.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

shard=model-00001-of-00002.safetensors
other=model-00002-of-00002.safetensors

# cached REPOSITORY FILE: sets $object, where git-lfs keeps ./work's FILE.
cached() {
  oid=$(sha256sum "work/$2" | cut -d ' ' -f 1)
  object=$1/.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid
}

# poison REPOSITORY FILE: the same size, other bytes.
poison() {
  cached "$1" "$2"
  mkdir -p "${object%/*}"
  chmod -f u+w "$object" || true
  head -c "$(stat -c %s "work/$2")" /dev/zero >"$object"
}

# prepare: alice publishes, bob has a clone without weights in ./copy.
prepare() {
  start_hub
  publish alice
  trusting bob alice
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" copy
}

# same: the work trees hold the same files.
same() { diff -r --exclude=.git work copy; }

begin_test "a clone without weights gets them, hashed once"
(
  set -eu -o pipefail
  prepare
  assert_contains "oid sha256:" "$(cat "copy/$shard")"
  assert_exit 0 git -C copy sigstore pull
  assert_contains "2 files of git-lfs, "
  same
  assert_eq "" "$(git -C copy status --porcelain)"
  # Again: nothing to do, nothing asked of the LFS service.
  hub_forget_requests
  out=$(git -C copy sigstore pull --json 2>/dev/null)
  assert_eq "True True 2 [] [] alice" "$(python3 -c '
import json, sys
r = json.loads(sys.argv[1])
print(r["ok"], r["signed"], r["lfsFiles"], r["refetched"], r["leftover"],
      r["signer"].split()[0])' "$out")"
  refute_contains "/info/lfs/objects" "$(hub_requests)"
)
end_test

begin_test "a new version arrives, and files of before it stay"
(
  set -eu -o pipefail
  prepare
  git -C copy sigstore pull
  as alice
  make_shard "work/$shard" embed.weight 40
  echo more >>work/README.md
  git -C work commit -qam "Train more"
  git -C work push -q
  as bob
  touch copy/notes
  assert_exit 0 git -C copy sigstore pull
  rm copy/notes
  same
  assert_eq "$(git -C work rev-parse main)" "$(git -C copy rev-parse main origin/main | uniq)"
  # From a folder below, too.
  mkdir copy/below
  (cd copy/below && assert_exit 0 git sigstore pull)
)
end_test

begin_test "a poisoned cache: git lfs pull takes it, ours fetches it again"
(
  set -eu -o pipefail
  prepare
  cp -R copy plain
  poison plain "$shard"
  git -C plain lfs pull
  cmp "plain/$shard" <(head -c "$(stat -c %s "work/$shard")" /dev/zero)
  poison copy "$shard"
  assert_exit 0 git -C copy sigstore pull
  assert_contains "fetching it again: $shard"
  same
  [ -e "copy/.git/lfs/bad/$oid" ] || fail "the bad object is gone"
)
end_test

begin_test "bad objects that cannot be replaced are refused, and not checked out"
(
  set -eu -o pipefail
  prepare
  git -C copy sigstore pull
  # Somebody who owns the shared storage poisons it again at once.
  poison copy "$shard"
  rm "copy/$shard"
  mkdir bin
  cat >bin/git-lfs <<'SCRIPT'
#!/bin/sh
[ "$1" = fetch ] || exec "$REAL_LFS" "$@"
"$REAL_LFS" "$@" || exit
chmod u+w "$OBJECT" && head -c "$SIZE" /dev/zero >"$OBJECT"
SCRIPT
  chmod +x bin/git-lfs
  assert_exit 1 env REAL_LFS="$(command -v git-lfs)" OBJECT="$PWD/$object" \
    SIZE="$(stat -c %s "work/$shard")" PATH="$PWD/bin:$PATH" \
    git -C copy sigstore pull
  assert_contains "content does not match the signed sha256: $shard"
  assert_missing "copy/$shard"
  assert_missing "$object"
  # And the server does not have it any more.
  hub_switch not-found '{"scope": "lfs"}'
  assert_exit 4 git -C copy sigstore pull
  assert_contains "git lfs ended with exit code 2"
  assert_missing "copy/$shard"
)
end_test

begin_test "what the server refuses or we refuse moves nothing"
(
  set -eu -o pipefail
  prepare
  git -C copy sigstore pull
  before=$(git -C copy rev-parse HEAD origin/main)
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  head -c 5000 /dev/urandom >"evil/$shard"
  git -C evil commit -qam "Improve the model"
  git -C evil push -q
  as bob
  assert_exit 1 git -C copy sigstore pull --json
  assert_contains '"kind": "refused"'
  assert_contains "does not match its signature: changed $shard"
  assert_eq "$before" "$(git -C copy rev-parse HEAD origin/main)"
  same
  # By a route without the helper it is judged all the same.
  git config -f "$HOME/.config/hf-sigstore/gitconfig" --unset remote.origin.vcs
  assert_exit 1 git -C copy sigstore pull
  assert_contains "does not match its signature: changed $shard"
  assert_eq "${before%%[[:space:]]*}" "$(git -C copy rev-parse HEAD)"
  same
)
end_test

begin_test "what cannot be fast-forwarded, or not be reached, stays"
(
  set -eu -o pipefail
  prepare
  git -C copy sigstore pull
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  as bob
  echo mine >copy/config.json
  git -C copy commit -qam mine
  mine=$(git -C copy rev-parse HEAD)
  assert_exit 4 git -C copy sigstore pull
  assert_contains "cannot fast-forward: git merge ended with exit code 128"
  assert_eq "$mine" "$(git -C copy rev-parse HEAD)"
  hub_switch not-found '{"scope": "git"}'
  assert_exit 4 git -C copy sigstore pull
  assert_contains "git fetch ended with exit code 128"
  hub_clear not-found
  git -C copy checkout -q --detach
  assert_exit 4 git -C copy sigstore pull
  assert_contains "HEAD is detached"
)
end_test

begin_test "a server that sends nothing is given up, one that is slow is not"
(
  set -eu -o pipefail
  prepare
  # Twelve seconds, instead of six minutes.
  git -C copy config lfs.activitytimeout 1
  as alice
  echo more >>work/README.md
  git -C work commit -qam more
  git -C work push -q
  as bob
  before=$(git -C copy rev-parse HEAD origin/main)
  hub_switch slow-drip '{"scope": "git", "chunk": 1, "delay_ms": 60000}'
  assert_exit 4 timeout 50 git -C copy sigstore pull
  assert_contains "git fetch ended with exit code 128"
  assert_contains "Operation too slow"
  assert_eq "$before" "$(git -C copy rev-parse HEAD origin/main)"
  # The user's own limit is kept.
  git -C copy config http.lowSpeedTime 1
  git -C copy config http.lowSpeedLimit 5
  assert_exit 4 timeout 11 git -C copy sigstore pull
  assert_contains "Operation too slow"
  hub_clear slow-drip
  mkdir bin
  cat >bin/git-lfs <<'SCRIPT'
#!/bin/sh
[ "$1" = fetch ] || exec "$REAL_LFS" "$@"
[ "$SLOW" != stalled ] || exec sleep 60
for i in 1 2 3 4 5 6 7 8; do
  sleep 2
  echo "download 1/1 $i/8 name" >>"$GIT_LFS_PROGRESS"
done
exec "$REAL_LFS" "$@"
SCRIPT
  chmod +x bin/git-lfs
  for json in "" --json; do
    SLOW=stalled assert_exit 4 env REAL_LFS="$(command -v git-lfs)" \
      PATH="$PWD/bin:$PATH" timeout 40 git -C copy sigstore pull $json
    assert_contains "git lfs: nothing has arrived for 12 seconds"
  done
  assert_exit 0 env REAL_LFS="$(command -v git-lfs)" SLOW=slow \
    PATH="$PWD/bin:$PATH" git -C copy sigstore pull
  same
)
end_test

begin_test "files that were not asked for are named, with exit code 5"
(
  set -eu -o pipefail
  prepare
  git -C copy config lfs.fetchexclude "$shard"
  assert_exit 5 git -C copy sigstore pull
  assert_contains "still pointers, not fetched: $shard"
  assert_same_file "work/$other" "copy/$other"
  assert_contains "oid sha256:" "$(cat "copy/$shard")"
  assert_exit 5 git -C copy sigstore pull --json
  assert_contains '"ok": false'
  assert_contains "\"$shard\""
)
end_test
