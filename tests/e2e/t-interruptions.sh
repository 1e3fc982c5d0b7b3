#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kill -9 and SIGINT, of the helper and of git, in clones, fetches and pushes:
# nothing that is not verified has a name afterwards, nothing of the user's is
# lost, and the next command works and leaves nothing behind (git.md, section
# 10, test 9).
#
#   SIGSTORE_INTERRUPTIONS=200   how many runs (default 40)
#   SIGSTORE_SEED=N              the seed of another run, printed by each

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

runs=${SIGSTORE_INTERRUPTIONS:-40}
RANDOM=${SIGSTORE_SEED:=$((RANDOM * 32768 + RANDOM))}
seed=$SIGSTORE_SEED

# kill_at PHASE VICTIM SIGNAL DELAY PID: waits for the line of that phase in
# ./trace, then for DELAY microseconds, and ends the process. Prints the phase
# that it was in, "none" if it was too late.
kill_at() {
  python3 -c '
import os, signal, sys, time
phase, victim, name, delay, pid = sys.argv[1:]
pid = int(pid)
def lines():
    with open("trace") as file:
        return [line.split() for line in file.read().splitlines()]
while not any(line[1] == phase for line in lines()):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        break
time.sleep(int(delay) / 1e6)
seen = lines()
target = int(seen[0][0]) if victim == "helper" and seen else pid
try:
    os.kill(target, getattr(signal, "SIG" + name))
    seen = lines()
    print(seen[-1][1] if seen else "start")
except ProcessLookupError:
    print("none")
' "$@"
}

# interrupt PHASE VICTIM SIGNAL COMMAND...: starts the command, and ends the
# victim (helper or git) in or soon after that phase. Sets $hit to the phase.
interrupt() {
  local phase=$1 victim=$2 signal=$3 pid delays=(0 0 500 2000)
  shift 3
  : >trace
  # Commands in the background of a script ignore SIGINT.
  GIT_TRACE_SIGSTORE=$PWD/trace setsid env --default-signal=INT "$@" >run.log 2>&1 &
  pid=$!
  hit=$(kill_at "$phase" "$victim" "$signal" "${delays[RANDOM % 4]}" "$pid")
  wait "$pid" || true
  # What the dead left running ends by itself.
  while pgrep -s "$pid" >/dev/null; do sleep 0.01; done
}

# kill -9 of git leaves its lock files, as without us.
unlock() { find "$1" -name '*.lock' -delete; }
no_quarantine() { assert_eq "" "$(find "$1" -name 'tmp_objdir-*')"; }

# Every ref of bob's repository is one that alice signed.
only_signed() {
  local id
  git -C "$1" for-each-ref --format='%(objectname)' refs/heads refs/remotes |
    while read -r id; do
      grep -q "^$id$" signed || { echo "ref at $id" >&2; exit 1; }
    done || fail "a ref names what is not verified"
}

one_clone() { # PHASE VICTIM SIGNAL
  as bob
  rm -rf clone
  interrupt "$@" git clone -q "$HUB_URL/org/m" clone
  if [ -e clone/.git ]; then only_signed clone; fi
  # The folder that kill -9 of git leaves is the user's to delete, as ever.
  rm -rf clone
  assert_exit 0 git clone -q "$HUB_URL/org/m" clone
  no_quarantine clone
}

one_fetch() {
  as alice
  date +%N >>work/README.md
  git -C work commit -qam "Edit"
  git -C work push -q
  git -C work rev-parse HEAD >>signed
  good=$(git -C "$bare" rev-parse main)
  as bob
  before=$(git -C copy rev-parse HEAD)
  if [ $((RANDOM % 3)) -eq 0 ]; then
    # Somebody with push rights, without us; refused, or interrupted before.
    as_plain mallory
    git -C evil fetch -q
    git -C evil reset -q --hard origin/main
    date +%N >>evil/config.json
    git -C evil commit -qam "Improve"
    git -C evil push -q
    as bob
    interrupt "$@" git -C copy fetch -q
    unlock copy/.git
    only_signed copy
    assert_exit 128 git -C copy fetch -q
    only_signed copy
    git -C "$bare" update-ref refs/heads/main "$good"
  else
    interrupt "$@" git -C copy fetch -q
    unlock copy/.git
    only_signed copy
  fi
  assert_eq "$before" "$(git -C copy rev-parse HEAD)"
  assert_exit 0 git -C copy pull -q
  assert_eq "$good" "$(git -C copy rev-parse HEAD)"
  no_quarantine copy
  git -C copy fsck --no-dangling
}

one_push() {
  as alice
  date +%N >>work/README.md
  git -C work commit -qam "Edit"
  mine=$(git -C work rev-parse HEAD)
  interrupt "$@" git -C work push -q
  unlock work/.git
  git -C work merge-base --is-ancestor "$mine" HEAD || fail "a commit was lost"
  # The server may have it while the local branch was not moved any more.
  git -C work push -q || { git -C work pull -q && git -C work push -q; }
  assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C work rev-parse main)"
  git -C work merge-base --is-ancestor "$mine" HEAD || fail "a commit was lost"
  assert_exit 0 git -C work sigstore verify
  assert_eq "" "$(git -C work status --porcelain)"
  no_quarantine work
  git -C work fsck --no-dangling
  git -C "$bare" fsck --no-dangling
  git -C work rev-list -2 HEAD >>signed
}

begin_test "interrupted clones, fetches and pushes, $runs of them (seed $seed)"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  git -C work rev-parse HEAD >signed
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  set +x
  fetching=(spool index verdict replay ref)
  pushing=(sign send fast-forward ref)
  declare -A hits=()
  for ((i = 0; i < runs; i++)); do
    victims=(helper helper git)
    victim=${victims[RANDOM % 3]}
    signals=(KILL INT)
    signal=${signals[RANDOM % 2]}
    case $((i % 3)) in
      0) what=clone phase=${fetching[(i / 3) % 5]} ;;
      1) what=fetch phase=${fetching[(i / 3) % 5]} ;;
      2) what=push phase=${pushing[(i / 3) % 4]} ;;
    esac
    echo "run $i: $what, $signal of $victim at $phase"
    "one_$what" "$phase" "$victim" "$signal"
    echo "run $i: hit $hit"
    hits[$hit]=$((${hits[$hit]:-0} + 1))
  done
  line="# seed $seed:"
  for phase in "${!hits[@]}"; do line+=" $phase ${hits[$phase]}"; done
  echo "$line" >&3
  if [ "$runs" -ge 200 ]; then
    for phase in spool index verdict replay ref fast-forward; do
      [ "${hits[$phase]:-0}" -ge 10 ] || fail "phase $phase was hit ${hits[$phase]:-0} times only"
    done
  fi
)
end_test

begin_test "SIGINT and SIGTERM delete the quarantine at once"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  as alice
  head -c 300000 /dev/urandom | base64 >work/notes.txt
  git -C work add notes.txt
  git -C work commit -qm "Long notes"
  git -C work push -q
  as bob
  hub_switch slow-drip '{"scope": "git", "chunk": 2000, "delay_ms": 20}'
  for signal in INT TERM; do
    : >trace
    GIT_TRACE_SIGSTORE=$PWD/trace setsid env --default-signal=INT \
      git -C copy fetch -q >run.log 2>&1 &
    pid=$!
    until grep -q spool trace; do sleep 0.01; done
    until [ -n "$(find copy/.git/objects -name 'tmp_pack_*')" ]; do sleep 0.01; done
    read -r helper _ <trace
    kill "-$signal" "$helper"
    while kill -0 "$helper" 2>/dev/null; do sleep 0.01; done
    assert_eq "" "$(find copy/.git/objects -name 'tmp_objdir-*')"
    wait "$pid" && fail "fetched"
    while pgrep -s "$pid" >/dev/null; do sleep 0.01; done
  done
)
end_test
