#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A custom transfer agent of the user's (git-lfs, docs/custom-transfers.md),
# such as git-xet, beside us. We are none ourselves: an agent is not asked for
# what is cached, so it cannot hold the signature (docs/git.md).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

shard=model-00001-of-00002.safetensors

# prepare: alice publishes eight weights; bob, who hashes what is checked out,
# gets them through an agent whose ways ./how says: good, bad or error.
prepare() {
  start_hub
  publish alice
  for n in 3 4 5 6 7 8; do make_shard "work/extra-$n.safetensors" "extra$n" $((n * 10)); done
  git -C work add -A
  git -C work commit -qm "More shards"
  git -C work push -q
  trusting bob alice
  git sigstore install --host "$HUB_URL" --strict >/dev/null
  echo "${1:-good}" >how
  mkdir log
  cat >agent <<'AGENT'
#!/usr/bin/env python3
import json, os, sys
base = sys.argv[1]
log = open("%s/log/%d" % (base, os.getpid()), "w")
def say(answer):
    print(json.dumps(answer), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    log.write(request["event"] + "\n")
    log.flush()
    if request["event"] == "init":
        say({})
    elif request["event"] == "terminate":
        break
    else:
        oid, size = request["oid"], request["size"]
        how = open(base + "/how").read().strip()
        if how == "error":
            say({"event": "complete", "oid": oid, "error": {"code": 2, "message": "the agent says no"}})
            continue
        path = "%s/%s.part" % (base, oid)
        source = "%s/lfs/%s/%s/%s" % (sys.argv[2], oid[:2], oid[2:4], oid)
        content = open(source, "rb").read()
        if how == "bad":
            content = bytes(len(content))
        with open(path, "wb") as file:
            file.write(content)
        say({"event": "progress", "oid": oid, "bytesSoFar": size, "bytesSinceLast": size})
        say({"event": "complete", "oid": oid, "path": path})
AGENT
  chmod +x agent
  git config --global lfs.customtransfer.own.path "$PWD/agent"
  git config --global lfs.customtransfer.own.args "$PWD $HUB_ROOT"
  git config --global lfs.standalonetransferagent own
}
all_there() { for file in work/*.safetensors; do assert_same_file "$file" "$1/${file#work/}"; done; }

begin_test "34: its files arrive, hashed, by up to eight processes that are told to end"
(
  set -eu -o pipefail
  prepare
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  all_there copy
  refute_contains "/info/lfs/objects" "$(hub_requests | grep GET)"
  # As git-lfs starts them, at the same time, when it is asked for all files.
  rm -f log/*
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" later
  assert_exit 0 git -C later sigstore pull
  all_there later
  [ "$(ls log | wc -l)" -le 8 ] || fail "$(ls log | wc -l) agents"
  assert_eq 8 "$(cat log/* | grep -c download)"
  for file in log/*; do
    assert_eq init "$(head -n 1 "$file")"
    assert_eq terminate "$(tail -n 1 "$file")"
  done
)
end_test

begin_test "34: its errors and other bytes end the checkout, and nothing is in its place"
(
  set -eu -o pipefail
  prepare error
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "the agent says no"
  assert_contains "checkout failed"
  assert_missing "copy/$shard"
  echo bad >how
  rm -rf copy
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_missing "copy/$shard"
  GIT_LFS_SKIP_SMUDGE=1 git clone -q "$HUB_URL/org/m" later
  if git -C later sigstore pull; then fail "pulled"; fi
  head -1 "later/$shard" | grep -q git-lfs || fail "other bytes in the place of a pointer"
  echo good >how
  assert_exit 0 git -C later sigstore pull
  all_there later
)
end_test
