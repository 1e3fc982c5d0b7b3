#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# One login serves many signatures: a process of the user's keeps it in its
# memory, for as long as the certificate serves.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"
# shellcheck source=tests/e2e/loginlib.sh
. "$(dirname "$0")/loginlib.sh"

# make_session: a runtime folder, as a session of the user's has one.
make_session() {
  mkdir -m 0700 run
  export XDG_RUNTIME_DIR=$PWD/run
}

# agent_pid: of the one that answers here.
agent_pid() {
  python3 - <<'END'
import socket, struct
s = socket.socket(socket.AF_UNIX)
s.connect("run/hf-sigstore-agent")
print(struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
END
}

# no_agent_left PID: within ten seconds, and no socket of it.
no_agent_left() {
  local -
  set +x
  for _ in $(seq 100); do
    if ! kill -0 "$1" 2>/dev/null; then
      assert_missing run/hf-sigstore-agent
      return
    fi
    sleep 0.1
  done
  fail "the agent goes on"
}

begin_test "one login serves many signatures, until the logout"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_session
  # shellcheck disable=SC2154
  make_browser "$good_browser"
  sign_on_terminal
  assert_eq 0 "$status"
  assert_contains "hf-sigstore: the login is kept until 20"
  assert_contains "; 'hf-sigstore logout' ends it"
  first=$(hf-sigstore inspect m --json)
  rm browser.log
  for _ in 1 2 3; do
    sign_on_terminal
    assert_eq 0 "$status"
    refute_contains "log in with"
    # Said every time: what goes to the log is public every time.
    assert_contains "this becomes public, and stays so: alice@example.org"
    assert_exit 0 verify
  done
  assert_missing browser.log
  [ "$first" != "$(hf-sigstore inspect m --json)" ] || fail "nothing was signed"

  # The socket is the user's alone, and nothing secret is in a file.
  pid=$(agent_pid)
  assert_eq "srw-------" "$(stat -c %A run/hf-sigstore-agent)"
  assert_eq hf-sigstore-agent "$(ls run)"
  # 1: nothing found; an error would be 2.
  assert_exit 1 grep -rl --devices=skip "PRIVATE KEY" . --exclude-dir=instance

  assert_exit 0 hf-sigstore logout
  assert_contains "logged out"
  no_agent_left "$pid"
  assert_exit 0 hf-sigstore logout
  assert_contains "nobody was logged in"
  sign_on_terminal
  assert_eq 0 "$status"
  assert_contains "log in with the browser"
  pid=$(agent_pid)
  hf-sigstore logout
  no_agent_left "$pid"
)
end_test

begin_test "a token that is given goes before a login that is kept"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_session
  make_browser "$good_browser"
  sign_on_terminal
  get_token "email=bob@example.org"
  assert_exit 0 sign
  assert_exit 0 verify bob@example.org
  # And is not kept itself.
  sign_on_terminal
  assert_exit 0 verify alice@example.org
  # Where nobody looks, nobody signs by a login.
  assert_exit 4 hf-sigstore sign m --trust-config instance/trust_config.json
  assert_contains "there is no key and no identity token to sign with"
  pid=$(agent_pid)
  hf-sigstore logout
  no_agent_left "$pid"
)
end_test

begin_test "an agent ends with the certificate"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_session
  make_browser "$good_browser"
  fault short-certificate '{"seconds": 63}'
  sign_on_terminal
  assert_eq 0 "$status"
  pid=$(agent_pid)
  # A certificate with less than a minute left is not used.
  sleep 2
  no_agent_left "$pid"
  sign_on_terminal
  assert_contains "log in with the browser"
  pid=$(agent_pid)
  hf-sigstore logout
  no_agent_left "$pid"
)
end_test

begin_test "where the session has no folder of its own nothing is kept"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_session
  make_browser "$good_browser"
  chmod 0755 run
  sign_on_terminal
  assert_eq 0 "$status"
  refute_contains "is kept"
  assert_eq "" "$(ls run)"
  unset XDG_RUNTIME_DIR
  sign_on_terminal
  assert_eq 0 "$status"
  refute_contains "is kept"
)
end_test

begin_test "what is no agent of ours, or says nonsense, keeps nobody up"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_session
  make_browser "$good_browser"
  # A socket that nobody listens to is replaced.
  python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("run/hf-sigstore-agent")'
  sign_on_terminal
  assert_eq 0 "$status"
  assert_contains "the login is kept"
  # Whoever says too much, too little or nonsense is not answered.
  python3 - <<'END'
import socket, struct
def talk(data):
    s = socket.socket(socket.AF_UNIX)
    s.connect("run/hf-sigstore-agent")
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
    try:
        return s.recv(100)
    except ConnectionResetError:
        return b""
def frame(text):
    return struct.pack(">I", len(text)) + text
assert talk(b"") == b""
assert talk(b"\xff\xff\xff\xff") == b""
assert talk(struct.pack(">I", 10) + b"x") == b""
assert talk(frame(b"nonsense")) == b""
assert talk(frame(b'{"kind":"sign"}')) == b""
assert talk(frame(b'{"kind":"find","name":"other"}')) == frame(b"{}")
END
  # One that is silent is waited for two seconds, not for ever.
  python3 -c 'import socket, time
s = socket.socket(socket.AF_UNIX)
s.connect("run/hf-sigstore-agent")
time.sleep(20)' &
  silent=$!
  sleep 0.3
  rm browser.log
  sign_on_terminal
  assert_eq 0 "$status"
  kill "$silent"
  pid=$(agent_pid)
  hf-sigstore logout
  no_agent_left "$pid"

  # Another's socket, which answers with a key of its own: it is not believed.
  hf-sigstore keygen --no-password mallory
  openssl req -x509 -key mallory.key -subj /CN=mallory -days 1 -outform DER \
    -out mallory.der
  python3 - <<'END' &
import base64, json, socket, struct
s = socket.socket(socket.AF_UNIX)
s.bind("run/hf-sigstore-agent")
s.listen()
while True:
    c, _ = s.accept()
    c.recv(65536)
    login = {"key": open("mallory.key").read(), "expires": 4000000000,
             "certificate": base64.b64encode(open("mallory.der", "rb").read()).decode()}
    text = json.dumps({"login": login}).encode()
    c.sendall(struct.pack(">I", len(text)) + text)
    c.close()
END
  false_agent=$!
  until [ -e run/hf-sigstore-agent ]; do sleep 0.1; done
  sign_on_terminal
  assert_eq 0 "$status"
  assert_contains "log in with the browser"
  assert_exit 0 verify
  kill "$false_agent"
)
end_test

begin_test "many pushes in a row ask for one login"
(
  set -eu -o pipefail
  start_hub
  start_sigstore
  hub_create org/m
  as alice
  hf-sigstore trust-instance instance/root.json --instance "$SIGSTORE_URL/tuf"
  git config --global sigstore.instance "$SIGSTORE_URL/tuf"
  git config --global sigstore.signWith identity
  make_model work
  git -C work remote add origin "$HUB_URL/org/m"
  make_session
  make_browser "$good_browser"
  push_on_terminal() {
    status=0
    env -u GIT_TERMINAL_PROMPT script -qefc "git -C work push origin main" \
      screen </dev/null >/dev/null || status=$?
    out=$(tr -d '\r' <screen)
    printf '%s\n' "$out"
    assert_eq 0 "$status"
  }
  push_on_terminal
  assert_contains "sigstore: log in with the browser"
  assert_contains "sigstore: the login is kept until 20"
  assert_contains "alice@example.org"
  for change in 1 2; do
    echo $change >>work/README.md
    git -C work commit -qam "Change $change"
    push_on_terminal
    refute_contains "log in with"
    assert_contains "sigstore: signed "
  done
  assert_eq 1 "$(grep -c "<h1>Logged in</h1>" browser.log)"
  pid=$(agent_pid)
  hf-sigstore logout
  no_agent_left "$pid"
)
end_test
