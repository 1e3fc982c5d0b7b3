#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The hub of the end-to-end tests, tried with real git, git-lfs and curl: what
# another test blames on the product must not be the hub's own mistake.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

begin_test "repositories are created once, with safe names only"
(
  set -eu -o pipefail

  start_hub
  assert_eq 201 "$(http_status -X POST "$HUB_URL/_hub/repos/org/m")"
  assert_eq 409 "$(http_status -X POST "$HUB_URL/_hub/repos/org/m.git")"
  assert_eq "ref: refs/heads/main" "$(cat "$HUB_ROOT/org/m.git/HEAD")"
  hub_create org/new object-format=sha256
  assert_contains "objectformat = sha256" \
    "$(cat "$HUB_ROOT/org/new.git/config")"

  for name in .org/m org/.m org/..%2f..%2fm org/a%20b org/%2e%2e ..%2f/m; do
    code=$(http_status -X POST "$HUB_URL/_hub/repos/$name")
    case $code in
      400 | 404) ;;
      *) fail "$name: $code" ;;
    esac
  done
  refs=info/refs?service=git-upload-pack
  assert_eq 200 "$(http_status "$HUB_URL/org/m/$refs")"
  assert_eq 404 "$(http_status "$HUB_URL/org/absent/$refs")"
  assert_eq 404 "$(http_status --path-as-is "$HUB_URL/org/../org/m/$refs")"
  assert_eq "m.git new.git" "$(ls "$HUB_ROOT/org" | xargs)"
)
end_test

begin_test "a push arrives and a clone brings everything back"
(
  set -eu -o pipefail

  push_model
  for url in "$HUB_URL/org/m" "$HUB_URL/org/m.git"; do
    for version in 0 1 2; do
      rm -rf copy
      git -c protocol.version=$version clone --quiet "$url" copy
      assert_eq "$(git -C model rev-parse main)" "$(git -C copy rev-parse HEAD)"
      assert_same_file model/$shard copy/$shard
      git -C copy fsck
    done
  done
)
end_test

begin_test "sha256 repositories, push options and deleted branches work"
(
  set -eu -o pipefail

  start_hub
  hub_create org/m object-format=sha256
  git init --quiet --object-format=sha256 work
  git -C work commit --quiet --allow-empty --message one
  git -C work push --quiet -o some=option "$HUB_URL/org/m" main main:old
  git -C work push --quiet "$HUB_URL/org/m" :old
  out=$(git ls-remote "$HUB_URL/org/m")
  assert_contains refs/heads/main
  refute_contains refs/heads/old
)
end_test

begin_test "a large push, chunked after a probe, and many compressed wants work"
(
  set -eu -o pipefail

  start_hub
  hub_create org/m
  git init --quiet work
  head -c 3000000 /dev/urandom >work/noise
  git -C work add noise
  git -C work commit --quiet --message noise
  commit=$(git -C work rev-parse main)
  for i in $(seq 400); do
    tag=$(printf '%s\n' "object $commit" "type commit" "tag t$i" \
      "tagger a <a@b.c> 0 +0000" "" | git -C work mktag)
    echo "create refs/tags/t$i $tag"
  done | git -C work update-ref --stdin
  git -C work push --quiet --tags "$HUB_URL/org/m" main
  assert_eq 2 "$(hub_requests | grep -c '"POST".*receive-pack')"
  for version in 0 2; do
    rm -rf copy
    GIT_TRACE_CURL=1 git -c protocol.version=$version clone --quiet \
      "$HUB_URL/org/m" copy 2>trace
    assert_contains "Content-Encoding: gzip" "$(cat trace)"
    assert_eq 400 "$(git -C copy tag | wc -l)"
    assert_same_file work/noise copy/noise
  done
)
end_test

begin_test "partial clones fetch the rest later, also any object by its id"
(
  set -eu -o pipefail

  push_model
  GIT_LFS_SKIP_SMUDGE=1 git clone --quiet --no-checkout --filter=blob:none \
    "$HUB_URL/org/m" partial
  assert_eq 6 "$(git -C partial rev-list --objects --missing=print HEAD |
    grep -c '^?')"
  assert_same_file model/config.json <(git -C partial show HEAD:config.json)

  blob=$(git -C model rev-parse HEAD:README.md)
  git init --quiet empty
  git -C empty -c protocol.version=0 fetch --quiet "$HUB_URL/org/m" "$blob"
  assert_same_file model/README.md <(git -C empty cat-file blob "$blob")
)
end_test

begin_test "objects are stored by hash and uploaded once"
(
  set -eu -o pipefail

  push_model
  assert_same_file model/$shard "$(hub_object "$oid")"
  assert_eq 2 "$(hub_requests | grep -c '"PUT".*"status":200')"
  assert_eq 2 "$(hub_requests | grep -c '/info/lfs/verify".*"status":200')"

  hub_create org/fork
  hub_forget_requests
  git -C model push --quiet "$HUB_URL/org/fork" main
  out=$(hub_requests)
  assert_contains "/org/fork.git/info/lfs/objects/batch"
  refute_contains '"PUT"'
)
end_test

begin_test "an upload with the wrong hash leaves nothing behind"
(
  set -eu -o pipefail

  push_model
  wrong=$(printf 'a%.0s' $(seq 64))
  assert_eq 422 "$(http_status -T model/README.md "$lfs/objects/$wrong")"
  assert_missing "$(hub_object "$wrong")"
  assert_eq "" "$(ls "$HUB_ROOT/.hub/spool")"
  assert_eq 422 "$(http_status -T model/README.md "$lfs/objects/XYZ")"

  request="{\"oid\":\"$oid\",\"size\":1}"
  assert_eq 422 "$(http_status -d "$request" "$lfs/verify")"
  request="{\"oid\":\"$wrong\",\"size\":1}"
  request="{\"operation\":\"download\",\"objects\":[$request]}"
  assert_eq 200 "$(http_status -d "$request" "$lfs/objects/batch")"
  assert_contains '"code":404' "$(cat body)"
)
end_test

begin_test "a download goes on where it stopped"
(
  set -eu -o pipefail

  push_model
  head -c 1000 model/$shard >part
  assert_eq 206 "$(curl -sS -C - -o part -w '%{http_code}' "$lfs/objects/$oid")"
  assert_same_file model/$shard part

  size=$(stat -c %s model/$shard)
  range() { http_status -D head -r "$1" "$lfs/objects/$oid"; }
  assert_eq 206 "$(range 10-19)"
  assert_contains "Content-Range: bytes 10-19/$size" "$(cat head)"
  assert_same_file <(tail -c +11 model/$shard | head -c 10) body
  assert_eq 206 "$(range -7)"
  assert_same_file <(tail -c 7 model/$shard) body
  assert_eq 206 "$(range "$((size - 1))-99999999")"
  assert_same_file <(tail -c 1 model/$shard) body
  assert_eq 416 "$(range "$size-")"
  assert_contains "Content-Range: bytes */$size" "$(cat head)"
  assert_eq 200 "$(http_status -I "$lfs/objects/$oid")"
  assert_contains "Content-Length: $size" "$(cat body)"
)
end_test

begin_test "the list of requests shows what did not move"
(
  set -eu -o pipefail

  push_model
  hub_forget_requests
  GIT_LFS_SKIP_SMUDGE=1 git clone --quiet "$HUB_URL/org/m" pointers
  out=$(hub_requests)
  assert_contains '"path":"/org/m/git-upload-pack","query":"","status":200'
  refute_contains /info/lfs

  http_status -u ada:verysecret "$lfs/objects/$oid"
  out=$(hub_requests | grep "$oid")
  assert_contains "\"bytes_sent\":$(stat -c %s model/$shard)"
  assert_contains '"authorization":true'
  refute_contains secret
  hub_forget_requests
  assert_eq "[]" "$(hub_requests)"
)
end_test

begin_test "locks keep others out"
(
  set -eu -o pipefail

  push_model
  cd model
  assert_exit 0 git lfs lock $shard
  assert_contains "Locked $shard"
  assert_exit 0 git lfs locks
  assert_contains anonymous
  assert_exit 2 git lfs lock $shard
  assert_contains "already"

  assert_eq 200 "$(http_status -u ada:x -d '{}' "$lfs/locks/verify")"
  assert_contains '"ours":[]' "$(cat body)"
  assert_contains "\"path\":\"$shard\"" "$(cat body)"
  id=$(sed 's/.*"id":"\([0-9]*\)".*/\1/' body)
  ada() { http_status -u ada:x -d "$@"; }
  assert_eq 403 "$(ada '{}' "$lfs/locks/$id/unlock")"
  assert_eq 404 "$(ada '{}' "$lfs/locks/999/unlock")"
  assert_eq 200 "$(ada '{"force":true}' "$lfs/locks/$id/unlock")"

  assert_eq 201 "$(ada "{\"path\":\"$shard\"}" "$lfs/locks")"
  git config "lfs.$HUB_URL/org/m.git/info/lfs.locksverify" true
  make_shard $shard embed.weight 40
  git commit --quiet --all --message "Change a locked file"
  assert_exit 1 git push origin main
  assert_contains "* $shard - ada"
  assert_exit 0 git lfs unlock --force $shard
  assert_exit 0 git push origin main
)
end_test

begin_test "it stops on a signal, with its parent, and announces its port"
(
  set -eu -o pipefail

  start_hub
  exec 7<>"/dev/tcp/127.0.0.1/${HUB_URL##*:}"
  stop_hub
  exec 7>&-

  mkdir root
  cat >parent.sh <<'SH'
test-hub --root root --port-file port --ready-fd 8 --die-with-parent 8>ready &
until [ -s ready ]; do sleep 0.02; done
SH
  bash parent.sh
  assert_same_file port ready
  for _ in $(seq 500); do
    curl -sS "http://127.0.0.1:$(cat port)/_hub/requests" || break
    sleep 0.02
  done
  assert_exit 7 curl -sS "http://127.0.0.1:$(cat port)/_hub/requests"

  assert_exit 2 test-hub --port 1
  assert_exit 2 test-hub --root root --port 99999
  assert_exit 2 test-hub --root root --no-such-option x
)
end_test
