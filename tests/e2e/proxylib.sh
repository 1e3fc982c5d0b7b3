# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The proxy in tests. Source after signedlib.sh, within a test.

# start_proxy [OPTION...]: the person's, for the test hub; sets PROXY_URL. What
# it says is in ./proxy.log. It ends with the test.
start_proxy() {
  local -
  set +x
  local waited=0
  : >proxy.out
  HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf hf-sigstore proxy "$@" \
    </dev/null >proxy.out 2>>proxy.log 3>&- 4>&- 5>&- &
  proxy_pid=$!
  proxy_pids="${proxy_pids:-} $proxy_pid"
  trap _leave_proxy_test EXIT
  until [ -s proxy.out ]; do
    kill -0 "$proxy_pid" || fail "the proxy does not start: $(cat proxy.log)"
    [ "$waited" -lt 1000 ] || fail "the proxy takes too long to start"
    waited=$((waited + 1))
    sleep 0.02
  done
  PROXY_URL=$(sed -n 's/^HF_ENDPOINT=//p' proxy.out)
}

# What the test came to, and then what start_hub does.
_leave_proxy_test() {
  local status=$?
  set +ex
  # shellcheck disable=SC2086
  kill $proxy_pids 2>/dev/null
  (exit "$status")
  _leave_test
}

stop_proxy() {
  kill "$proxy_pid"
  wait "$proxy_pid" || fail "the proxy ended with an error"
}

# ask EXPECTED-STATUS PATH [CURL-ARGUMENT...]: the head is in ./head, the body
# in ./body.
ask() {
  local -
  set +x
  local expected=$1 path=$2 status
  shift 2
  rm -f body
  status=$(curl -sS -o body -D head -w '%{http_code}' "$@" "$PROXY_URL$path") ||
    status="$status, cut off"
  echo "$status $path" "$@"
  cat head
  [ "$status" = "$expected" ] ||
    fail "status $status instead of $expected: $path: $(head -c 500 body)"
}

# header NAME: of the last answer.
header() {
  sed -nE "s/^$1: (.*)\r\$/\1/Ip" head | tail -n 1
}
