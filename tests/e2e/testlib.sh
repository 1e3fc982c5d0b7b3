# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Helpers of the end-to-end tests, after the manner of git-lfs. A script
# sources this file, and then has any number of
#
#   begin_test "a clone brings the weights"
#   (
#     set -eu -o pipefail
#
#     start_hub
#     ...
#   )
#   end_test
#
# Every test has its own HOME and its own empty folder, where it starts. What
# it prints is kept and shown only when it fails. Leaving the script prints
# the count and sets the exit code. With KEEP=1 all folders stay.
#
# SIGSTORE_BIN_DIR names the folder of the executables under test.

set -eu -o pipefail

: "${SIGSTORE_BIN_DIR:?must name the folder of the executables under test}"
SIGSTORE_BIN_DIR=$(cd "$SIGSTORE_BIN_DIR" && pwd)
export SIGSTORE_BIN_DIR
export PATH="$SIGSTORE_BIN_DIR:$PATH"

TEST_SCRIPT=${0##*/}
TEST_START=$PWD
TEST_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/${TEST_SCRIPT%.sh}.XXXXXX")
TEST_DIR=$TEST_ROOT
tests_passed=0
tests_failed=0
hub_pids=""

# Nothing of the caller's configuration reaches a test.
_clean_environment() {
  local name
  for name in $(compgen -e); do
    case $name in
      GIT_* | XDG_* | HF_* | ACTIONS_ID_TOKEN_* | *_proxy | *_PROXY | \
        SSH_ASKPASS | EMAIL) unset "$name" ;;
    esac
  done
  export LC_ALL=C
  export GIT_CONFIG_NOSYSTEM=1
  export GIT_TERMINAL_PROMPT=0
}

_make_home() {
  export HOME=$TEST_ROOT/home
  mkdir "$HOME"
  git config --global user.name "Test Author"
  git config --global user.email "author@example.org"
  git config --global init.defaultBranch main
  # The faults of the hub do not go away by trying eight times.
  git config --global lfs.transfer.maxretries 2
  git config --global lfs.transfer.maxretrydelay 1
  git lfs install --skip-repo >/dev/null
}

# _remove FILE...: git may still be tidying up in the background (git
# maintenance run --detach), and put a file into a folder that is being emptied.
_remove() {
  local attempt
  for attempt in 1 2 3 4 5; do
    rm -rf "$@" 2>/dev/null && return
    sleep 0.2
  done
  rm -rf "$@"
}

_leave_script() {
  local status=$?
  set +e
  _stop_hubs || status=1
  cd /
  if [ "${KEEP:-}" = 1 ]; then
    echo "# kept: $TEST_ROOT"
  else
    _remove "$TEST_ROOT"
  fi
  echo "$TEST_SCRIPT: $tests_passed passed, $tests_failed failed"
  [ "$tests_failed" -eq 0 ] || exit 1
  if [ "$status" -ne 0 ] || { [ "$tests_passed" -eq 0 ] && [ -z "${nothing_run:-}" ]; }; then
    echo "$TEST_SCRIPT: stopped outside of a test" >&2
    exit 1
  fi
}

# Without "set -e" a body goes on after a failed command and tests nothing.
_require_strict_body() {
  local line=${BASH_LINENO[1]} file=${BASH_SOURCE[2]}
  case $(sed -n "$((line + 1)),$((line + 2))p" "$file") in
    "("*"set -e"*) ;;
    *)
      echo "$file:$line: begin_test needs '(' and 'set -e' to follow" >&2
      exit 1
      ;;
  esac
}

# begin_test DESCRIPTION
begin_test() {
  test_description=$1
  _require_strict_body
  TEST_DIR=$TEST_ROOT/$((tests_passed + tests_failed + 1))
  test_log=$TEST_DIR.log
  mkdir "$TEST_DIR"
  cp -R "$TEST_ROOT/home" "$TEST_DIR/home"
  export HOME=$TEST_DIR/home
  cd "$TEST_DIR"
  exec 3>&1 4>&2 >>"$test_log" 2>&1 5>>"$test_log"
  # The trace has its own descriptor, or captured output would contain it.
  BASH_XTRACEFD=5
  set -x +e
}

# end_test, right after the body
end_test() {
  local status=$?
  set +x -e
  unset BASH_XTRACEFD
  # Left over only by a hub that serves several tests.
  [ "$status" -ne 0 ] || _check_switches || status=1
  if [ -n "$hub_pids" ]; then _hub_api POST /switches/reset || status=1; fi
  exec 1>&3 2>&4 3>&- 4>&-
  cd "$TEST_START"
  [ -z "$out_of_time" ] || status=124
  if [ "$status" -eq 0 ]; then
    tests_passed=$((tests_passed + 1))
    echo "ok $((tests_passed + tests_failed)) - $test_description"
  else
    tests_failed=$((tests_failed + 1))
    echo "not ok $((tests_passed + tests_failed)) - $test_description"
    _show_hub_logs "$TEST_DIR"
    # Without the trace of how the helpers silence their own trace. Last,
    # because its end says what went wrong.
    sed -E '/^\++ (local -|set \+x)$/d; s/^/    | /' "$test_log"
  fi
  [ "${KEEP:-}" = 1 ] || _remove "$TEST_DIR" "$test_log"
  TEST_DIR=$TEST_ROOT
  [ -z "$out_of_time" ] || { echo "# out of time" && exit 1; }
}

# fail MESSAGE: ends the test, naming the line of the script that asked.
fail() {
  local -
  set +x
  local frame=0
  while [ "${BASH_SOURCE[$((frame + 1))]}" = "${BASH_SOURCE[0]}" ]; do
    frame=$((frame + 1))
  done
  echo "FAIL ${BASH_SOURCE[$((frame + 1))]##*/}:${BASH_LINENO[$frame]}: $1" >&2
  exit 1
}

# not_run WHAT: says so, and fails where everything has to run.
not_run() {
  if [ -z "${BASH_XTRACEFD:-}" ]; then  # outside of a test
    echo "# NOT RUN: $1"
    nothing_run=1
  else
    echo "# NOT RUN: $1" >&3
  fi
  if [ -n "${CI:-}" ]; then fail "not run: $1"; fi
}

# assert_exit CODE COMMAND...: runs it; its output (both) stays in $out.
assert_exit() {
  local -
  set +x
  local expected=$1 status=0
  shift
  out=$("$@" 2>&1) || status=$?
  printf '%s\n' "$out"
  [ "$status" -eq "$expected" ] ||
    fail "exit code $status instead of $expected: $*"
}

# assert_contains NEEDLE [TEXT]: TEXT is $out unless given.
assert_contains() {
  local -
  set +x
  local text=${2-$out}
  case $text in
    *"$1"*) ;;
    *) fail "'$1' is not in: $text" ;;
  esac
}

# refute_contains NEEDLE [TEXT]
refute_contains() {
  local -
  set +x
  local text=${2-$out}
  case $text in
    *"$1"*) fail "'$1' is in: $text" ;;
  esac
}

# assert_eq EXPECTED ACTUAL
assert_eq() {
  local -
  set +x
  [ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# assert_missing PATH
assert_missing() {
  local -
  set +x
  [ ! -e "$1" ] && [ ! -L "$1" ] || fail "$1 exists"
}

# assert_same_file EXPECTED ACTUAL
assert_same_file() {
  local -
  set +x
  cmp "$1" "$2" || fail "$1 and $2 differ"
}

# start_hub: sets HUB_URL and HUB_ROOT, and CDN_URL, the second origin that LFS
# content is at, at signed addresses; credentials that reach it fail the test
# (unless it has hub_switch token-leak). What the hub can do is in
# tests/support/test_hub/main.cpp, its faults in switches.h. Called before the first test, the hub
# serves all of them, and its switches are cleared after each.
start_hub() {
  local -
  set +x
  local waited=0
  HUB_ROOT=$(mktemp -d "$TEST_DIR/hub.XXXXXX")
  test-hub --root "$HUB_ROOT" --port-file "$HUB_ROOT.port" \
    --log "$HUB_ROOT.log" --die-with-parent \
    </dev/null >>"$HUB_ROOT.log" 2>&1 3>&- 4>&- 5>&- &
  HUB_PID=$!
  until [ -s "$HUB_ROOT.port" ]; do
    kill -0 "$HUB_PID" || fail "the hub does not start"
    [ "$waited" -lt 1000 ] || fail "the hub takes too long to start"
    waited=$((waited + 1))
    sleep 0.02
  done
  HUB_URL=http://127.0.0.1:$(cat "$HUB_ROOT.port")
  CDN_URL=http://127.0.0.1:$(cat "$HUB_ROOT.port.cdn")
  hub_pids="$hub_pids $HUB_PID"
  if [ "$BASHPID" != "$$" ]; then trap _leave_test EXIT; fi
}

# stop_hub: the one started last; its switches must have been hit by now.
stop_hub() {
  local -
  set +x
  _check_switches || exit 1
  kill "$HUB_PID"
  wait "$HUB_PID" || fail "the hub ended with an error"
  hub_pids=${hub_pids/ $HUB_PID/}
}

# hub_create [datasets/|spaces/]ORG/NAME [QUERY]: an empty repository, which
# git knows by the same name. Anybody may push there without a token.
hub_create() { _hub_api POST "/repos/$1${2:+?$2}"; }

# hub_settings NAME JSON: {"private": true, "gated": "manual", "disabled": true}
# The tokens: hf_writer may all, hf_reader may read all, hf_stranger sees what
# is public; each other one is invalid.
hub_settings() { _hub_api PUT "/settings/$1" "$2"; }

# hub_rename OLD NEW: the old name redirects, also one like "gpt2".
hub_rename() { _hub_api POST /rename "{\"from\": \"$1\", \"to\": \"$2\"}"; }

# hub_switch NAME [JSON]: a fault from now on, until hub_clear or the end of
# the test. A switch that was never hit by then fails the test: the fault
# that it wanted to see did not happen.
hub_switch() {
  local -
  set +x
  local hits
  _check_switches "$1" || exit 1
  hits=$(hub_hits "$1")
  _hub_api PUT "/switches/$1" "${2:-"{}"}" >&2
  echo "$HUB_URL $1 $hits" >>"$TEST_DIR/switches"
}

# hub_clear NAME
hub_clear() {
  local -
  set +x
  _check_switches "$1" || exit 1
  _hub_api DELETE "/switches/$1"
}

# hub_hits NAME: how often the switch changed an answer.
hub_hits() {
  local -
  set +x
  local answer
  answer=$(_hub_api GET "/switches/$1")
  answer=${answer#*'"hits":'}
  echo "${answer%%,*}"
}

# hub_requests: a JSON list of the requests, one a line.
hub_requests() { _hub_api GET /requests; }

# hub_forget_requests
hub_forget_requests() { _hub_api DELETE /requests; }

# hub_object OID: the file in which the hub keeps an LFS object.
hub_object() { echo "$HUB_ROOT/lfs/${1:0:2}/${1:2:2}/$1"; }

_hub_api() {
  local -
  set +x
  curl -sS --fail-with-body -X "$1" "$HUB_URL/_hub$2" \
    -H "Content-Type: application/json" ${3+--data-binary "$3"}
}

# _check_switches [NAME]: all that were set, or the one; each counts once.
_check_switches() {
  local -
  set +x
  local url name before hits status=0 kept=""
  [ -e "$TEST_DIR/switches" ] || return 0
  while read -r url name before; do
    if [ -n "${1:-}" ] && [ "$url $name" != "$HUB_URL $1" ]; then
      kept+="$url $name $before"$'\n'
      continue
    fi
    hits=$(HUB_URL=$url hub_hits "$name") || hits=0
    [ "${hits:-0}" -gt "$before" ] || {
      echo "FAIL: switch $name was never hit" >&2
      status=1
    }
  done <"$TEST_DIR/switches"
  printf '%s' "$kept" >"$TEST_DIR/switches"
  return "$status"
}

_stop_hubs() {
  local pid status=0
  for pid in $hub_pids; do
    { kill "$pid" && wait "$pid"; } || {
      echo "FAIL: a hub ended with an error" >&2
      status=1
    }
  done
  hub_pids=""
  return "$status"
}

# Leaving the body of a test that has its own hub.
_leave_test() {
  local status=$?
  set +ex
  if [ "$status" -eq 0 ]; then _check_switches || status=1; fi
  _stop_hubs || status=1
  exit "$status"
}

_show_hub_logs() {
  local log
  for log in "$1"/hub.*.log; do
    [ -s "$log" ] && sed 's/^/    hub | /' "$log"
  done
  return 0
}

_print_le64() {
  local rest=$1 i
  for i in 1 2 3 4 5 6 7 8; do
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $((rest & 255)))"
    rest=$((rest >> 8))
  done
}

# make_shard FILE TENSOR ROWS: a safetensors file (length of the header, the
# header in JSON, the data) with one matrix of ROWS x 32 random floats.
make_shard() {
  local -
  set +x
  local header bytes=$(($3 * 32 * 4))
  header=$(printf '{"__metadata__":{"format":"pt"},"%s":%s' "$2" \
    "{\"dtype\":\"F32\",\"shape\":[$3,32],\"data_offsets\":[0,$bytes]}}")
  while [ $((${#header} % 8)) -ne 0 ]; do header+=" "; done
  {
    _print_le64 "${#header}"
    printf '%s' "$header"
    head -c "$bytes" /dev/urandom
  } >"$1"
}

# make_model DIR: a new repository with one commit on main, weights in LFS.
make_model() {
  local -
  set +x
  local dir=$1
  git init --quiet "$dir"
  echo '*.safetensors filter=lfs diff=lfs merge=lfs -text' \
    >"$dir/.gitattributes"
  printf '{"architectures": ["%s"], "model_type": "tiny", "%s": 32}\n' \
    TinyForCausalLM hidden_size >"$dir/config.json"
  printf '{"version": "1.0", "model": {"type": "WordLevel", "vocab": %s}}\n' \
    '{"a": 0, "b": 1, "c": 2}' >"$dir/tokenizer.json"
  printf '# Tiny\n\nA model of a few kilobytes, for tests.\n' >"$dir/README.md"
  make_shard "$dir/model-00001-of-00002.safetensors" embed.weight 32
  make_shard "$dir/model-00002-of-00002.safetensors" head.weight 48
  git -C "$dir" add --all
  git -C "$dir" commit --quiet --message "Add a tiny model"
}

# push_model: starts a hub and pushes the model in ./model there as org/m,
# its remote origin. Sets $oid and $shard, the LFS object and the file name of
# the first shard, and $lfs, the address of the LFS service.
push_model() {
  local -
  set +x
  start_hub
  hub_create org/m
  make_model model
  git -C model remote add origin "$HUB_URL/org/m"
  git -C model push --quiet origin main
  shard=model-00001-of-00002.safetensors
  oid=$(sha256sum "model/$shard" | cut -d ' ' -f 1)
  lfs=$HUB_URL/org/m.git/info/lfs
}

# http_status CURL-ARGUMENTS...: prints the status; the body goes to ./body.
http_status() {
  curl -sS -o body -w '%{http_code}' "$@"
}

_clean_environment
trap _leave_script EXIT
# timeout(1) ends what runs in the body; the log is shown before we go.
out_of_time=""
trap 'out_of_time=1' TERM
_make_home
