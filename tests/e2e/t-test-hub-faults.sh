#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The fault switches of the hub, each tried with the client that it is meant
# for, and the rule that a switch which was never hit fails its test.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
TESTLIB=$(cd "$(dirname "$0")" && pwd)/testlib.sh

begin_test "unauthorized: git and git-lfs ask the credential helper"
(
  set -eu -o pipefail

  push_model
  hub_switch unauthorized '{"user": "ada", "password": "pass word"}'
  assert_exit 128 git clone "$HUB_URL/org/m" refused
  assert_contains "could not read Username"
  assert_missing refused
  assert_eq 401 "$(http_status -u ada:wrong "$lfs/objects/$oid")"

  printf '%s\n' '#!/bin/sh' '[ "$1" = get ] || exit 0' 'echo username=ada' \
    'echo "password=pass word"' >helper
  chmod +x helper
  git config --global credential.helper "$PWD/helper"
  git clone --quiet "$HUB_URL/org/m" copy
  assert_same_file model/$shard copy/$shard
  make_shard copy/$shard embed.weight 50
  git -C copy commit --quiet --all --message "Train on"
  assert_exit 0 git -C copy push origin main
)
end_test

begin_test "unauthorized: for git alone"
(
  set -eu -o pipefail

  push_model
  hub_switch unauthorized '{"scope": "git"}'
  assert_eq 200 "$(http_status "$lfs/objects/$oid")"
  assert_exit 128 git ls-remote "$HUB_URL/org/m"
  assert_eq 1 "$(hub_hits unauthorized)"
  hub_clear unauthorized
  assert_exit 0 git ls-remote "$HUB_URL/org/m"
)
end_test

begin_test "corrupt: git-lfs notices the flipped byte"
(
  set -eu -o pipefail

  push_model
  hub_switch corrupt "{\"offset\": 500, \"oid\": \"$oid\"}"
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "expected OID $oid"
  hub_clear corrupt

  hub_switch corrupt '{"offset": 500, "times": 1}'
  http_status -r 501- "$lfs/objects/$oid"
  assert_same_file <(tail -c +502 model/$shard) body
  http_status "$lfs/objects/$oid"
  assert_eq "501" "$(cmp -l model/$shard body | awk '{ print $1 }')"
  http_status "$lfs/objects/$oid"
  assert_same_file model/$shard body
)
end_test

begin_test "truncate: the announced length is not delivered, a retry resumes"
(
  set -eu -o pipefail

  push_model
  hub_switch truncate '{"after": 700, "times": 1}'
  assert_exit 18 curl -sS -o body "$lfs/objects/$oid"
  assert_same_file <(head -c 700 model/$shard) body
  hub_clear truncate

  hub_switch truncate "{\"after\": 700, \"times\": 1, \"oid\": \"$oid\"}"
  git clone --quiet "$HUB_URL/org/m" copy
  assert_same_file model/$shard copy/$shard
)
end_test

begin_test "truncate-pack: the clone fails and leaves nothing"
(
  set -eu -o pipefail

  push_model
  for clean in false true; do
    hub_switch truncate-pack "{\"after\": 300, \"clean\": $clean}"
    assert_exit 128 git clone "$HUB_URL/org/m" copy
    assert_missing copy
    hub_clear truncate-pack
  done
  assert_eq 2 "$(hub_hits truncate-pack)"
)
end_test

begin_test "slow-drip: everything arrives, later"
(
  set -eu -o pipefail

  push_model
  hub_switch slow-drip '{"chunk": 1000, "delay_ms": 20, "scope": "lfs"}'
  before=$(date +%s%N)
  http_status "$lfs/objects/$oid"
  after=$(date +%s%N)
  assert_same_file model/$shard body
  [ $((after - before)) -gt 60000000 ] || fail "it was not slow"
  hub_switch slow-drip '{"chunk": 300, "delay_ms": 1, "scope": "git"}'
  git clone --quiet "$HUB_URL/org/m" copy
)
end_test

begin_test "not-found: for a repository, for one object"
(
  set -eu -o pipefail

  push_model
  hub_switch not-found '{"scope": "git", "repo": "org/m"}'
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "not found"
  hub_switch not-found "{\"oid\": \"$oid\"}"
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "Repository or object not found: $lfs/objects/$oid"
)
end_test

begin_test "decline-push: refused by the hook, in small and in large"
(
  set -eu -o pipefail

  push_model
  git -C model commit --quiet --allow-empty --message more
  hub_switch decline-push '{"message": "no pushes on sundays"}'
  assert_exit 1 git -C model push origin main
  assert_contains "! [remote rejected] main -> main (pre-receive hook declined)"
  assert_contains "remote: no pushes on sundays"

  head -c 2000000 /dev/urandom >model/noise
  git -C model add noise
  git -C model commit --quiet --message noise
  assert_exit 1 git -C model push origin main
  assert_eq 2 "$(hub_hits decline-push)"
  hub_clear decline-push
  assert_exit 0 git -C model push origin main
)
end_test

begin_test "replace-object: other weights under the same name"
(
  set -eu -o pipefail

  push_model
  make_shard evil embed.weight 32
  hub_switch replace-object "{\"oid\": \"$oid\", \"path\": \"$PWD/evil\"}"
  http_status "$lfs/objects/$oid"
  assert_same_file evil body
  assert_exit 128 git clone "$HUB_URL/org/m" copy
  assert_contains "expected OID $oid"
)
end_test

begin_test "switches refuse what they do not know"
(
  set -eu -o pipefail

  start_hub
  put() { http_status -X PUT -d "$2" "$HUB_URL/_hub/switches/$1"; }
  assert_eq 404 "$(put no-such-switch '{}')"
  assert_eq 400 "$(put corrupt '{"ofset": 1}')"
  assert_eq 400 "$(put corrupt '{"offset": "1"}')"
  assert_eq 400 "$(put corrupt '{"offset": -1}')"
  assert_eq 400 "$(put corrupt 'no json')"
  assert_eq 400 "$(put replace-object '{}')"
  assert_eq 400 "$(put slow-drip '{"chunk": 0}')"
  assert_eq 400 "$(put not-found '{"scope": "everywhere"}')"
  assert_eq 200 "$(put truncate '{"after": 5, "times": 2}')"
  out=$(curl -sS "$HUB_URL/_hub/switches")
  assert_contains '{"hits":0,"name":"truncate","settings":{"after":5,'
  assert_contains '{"hits":0,"name":"corrupt","settings":null}'
  assert_eq 204 "$(http_status -X POST "$HUB_URL/_hub/switches/reset")"
  refute_contains '"after":5' "$(curl -sS "$HUB_URL/_hub/switches")"
)
end_test

begin_test "a switch that was never hit fails its test, wherever it is cleared"
(
  set -eu -o pipefail

  # nested BODY: a script with one test, and a hub for all tests or for one.
  nested() {
    printf '%s\n' ". '$TESTLIB'" "$1" 'begin_test nested' '(' '  set -eu' \
      "$2" ')' 'end_test' >nested.sh
    bash nested.sh
  }
  assert_exit 1 nested '' "start_hub; hub_switch corrupt"
  assert_contains "switch corrupt was never hit"
  assert_contains "nested.sh: 0 passed, 1 failed"
  assert_exit 1 nested '' "start_hub; hub_switch corrupt; hub_clear corrupt"
  assert_contains "switch corrupt was never hit"
  assert_exit 1 nested '' "start_hub; hub_switch corrupt; stop_hub"
  assert_contains "switch corrupt was never hit"
  assert_exit 1 nested start_hub "hub_switch corrupt"
  assert_contains "switch corrupt was never hit"
  assert_exit 1 nested start_hub "hub_switch corrupt; exit 0"
  assert_exit 1 nested '' "start_hub; kill -9 \$HUB_PID"

  assert_exit 0 nested '' "start_hub; hub_create o/m; hub_switch not-found
    curl -s \$HUB_URL/o/m/info/refs"
  assert_contains "ok 1 - nested"

  sed -i 's/set -eu/true/' nested.sh
  assert_exit 1 bash nested.sh
  assert_contains "begin_test needs '(' and 'set -e' to follow"
)
end_test
