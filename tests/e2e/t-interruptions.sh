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

here=$(cd "$(dirname "$0")" && pwd)

# interrupt PHASE VICTIM SIGNAL COMMAND...: runs the command, and ends the
# victim (helper or git) in that phase or soon after. Sets $hit to the phase.
interrupt() {
  local delays=(0 500 2000 10000)
  hit=$(python3 "$here/interrupt.py" "$1" "$2" "$3" "${delays[RANDOM % 4]}" \
    "${@:4}") || fail "$(cat run.log)"
  # What was killed here may still be at work there.
  within 60 hub_is_idle
}

hub_is_idle() { ! pgrep -P "$HUB_PID" >/dev/null; }

# within SECONDS COMMAND...: waits until it succeeds.
within() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || fail "not within the time: $*"
    sleep 0.01
  done
}

# kill -9 of git leaves its lock files, as without us.
unlock() { find "$1" -name '*.lock' -delete; }
no_quarantine() { assert_eq "" "$(find "$1" -name 'tmp_objdir-*')"; }

# Every ref of bob's repository is one that alice signed.
only_signed() {
  local id
  # git deletes its clone when it is interrupted; what its children write
  # meanwhile may stay, and is no repository.
  if [ ! -e "$1/.git/HEAD" ]; then
    assert_missing "$1/.git/packed-refs"
    [ ! -e "$1/.git/refs" ] || assert_eq "" "$(find "$1/.git/refs" -type f)"
    return
  fi
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
  if [ $((RANDOM % 3)) -eq 0 ] && [[ $1 != re* ]]; then
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
  # least PHASE...: the one that was hit least so far.
  least() {
    local phase best=$1
    for phase; do
      [ "${hits[$phase]:-0}" -ge "${hits[$best]:-0}" ] || best=$phase
    done
    echo "$best"
  }
  for ((i = 0; i < runs; i++)); do
    victims=(helper helper git)
    victim=${victims[RANDOM % 3]}
    signals=(KILL INT)
    signal=${signals[RANDOM % 2]}
    case $((i % 3)) in
      0) what=clone phase=$(least "${fetching[@]}") ;;
      1) what=fetch phase=$(least "${fetching[@]}") ;;
      2) what=push phase=$(least "${pushing[@]}") ;;
    esac
    echo "run $i: $what, $signal of $victim at $phase"
    "one_$what" "$phase" "$victim" "$signal"
    echo "run $i: hit $hit"
    hits[$hit]=$((${hits[$hit]:-0} + 1))
  done
  line="# seed $seed:"
  for phase in "${fetching[@]}" sign send fast-forward none; do
    line+=" $phase ${hits[$phase]:-0}"
  done
  echo "$line" >&3
  # A run in 20 for each phase, of 200 that is ten.
  for phase in spool index verdict replay ref fast-forward; do
    [ "${hits[$phase]:-0}" -ge $((runs / 20)) ] ||
      fail "phase $phase was hit ${hits[$phase]:-0} times only"
  done
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
  # 30 seconds for the whole, of which the first is enough.
  hub_switch slow-drip '{"scope": "git", "chunk": 2000, "delay_ms": 200}'
  spools() { [ -n "$(find copy/.git/objects -name 'tmp_pack_*')" ]; }
  is_over() { ! kill -0 "$1" 2>/dev/null; }
  for signal in INT TERM; do
    : >trace
    GIT_TRACE_SIGSTORE=$PWD/trace setsid env --default-signal=INT \
      git -C copy fetch -q >run.log 2>&1 &
    pid=$!
    within 60 grep -q spool trace
    within 20 spools
    read -r helper _ <trace
    kill "-$signal" "$helper"
    wait "$pid" && fail "fetched"
    within 60 is_over "$helper"
    assert_eq "" "$(find copy/.git/objects -name 'tmp_objdir-*')"
  done
)
end_test
