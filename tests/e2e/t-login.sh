#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Who has no identity token logs in: in the browser, or by a code for another
# device. The browser is a script.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"
# shellcheck source=tests/e2e/loginlib.sh
. "$(dirname "$0")/loginlib.sh"

# refused PHRASE: the last one; and nothing of its secrets was shown.
refused() {
  local -
  set +x
  assert_eq 4 "$status"
  assert_contains "$1"
  refute_contains eyJ
  refute_contains code-
  refute_contains device-1
  assert_missing m/model.sig
}

begin_test "a login in the browser signs"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_browser "$good_browser"
  sign_on_terminal
  assert_eq 0 "$status"
  assert_contains "hf-sigstore: log in with the browser; if none opens: $SIGSTORE_URL/oidc/auth?response_type=code&client_id=sigstore&"
  assert_contains "this becomes public, and stays so: alice@example.org"
  assert_contains "signed: 2 resources"
  refute_contains eyJ
  assert_exit 0 verify
  page=$(tr -d '\r' <browser.log)
  assert_contains "HTTP/1.1 200 OK" "$page"
  assert_contains "<h1>Logged in</h1>" "$page"
  # Nothing listens there any more, and nothing lies about.
  port=$(sed -n 's/^Location: http:\/\/localhost:\([0-9]*\)\/.*/\1/p' <<<"$page")
  assert_exit 7 curl -sS "http://127.0.0.1:$port/auth/callback"
  assert_eq "browser browser.log instance m screen" \
    "$(find . -maxdepth 1 -mindepth 1 ! -name home ! -name '*.log' -o -name browser.log | sed 's#./##' | sort | xargs)"
)
end_test

begin_test "nobody is asked to log in where nobody looks"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_browser "echo opened"
  unset GIT_TERMINAL_PROMPT
  assert_exit 4 hf-sigstore sign m --trust-config instance/trust_config.json
  assert_contains "there is no key and no identity token to sign with"
  for quiet in CI=true GIT_TERMINAL_PROMPT=0; do
    assert_exit 4 script -qefc "env $quiet hf-sigstore sign m --trust-config instance/trust_config.json" screen
    assert_contains "there is no key and no identity token to sign with" "$(cat screen)"
  done
  assert_missing browser.log
  # A token goes before a login.
  get_token
  sign_on_terminal --identity-token-file token
  assert_eq 0 "$status"
  assert_missing browser.log
)
end_test

begin_test "a login that is another one, or none, signs nothing"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  make_browser "$good_browser"
  fault login-state '{"times": 1}'
  sign_on_terminal
  refused "the browser came back with another login than the one that was begun here: try again"
  assert_contains "HTTP/1.1 400 Bad Request" "$(cat browser.log)"
  fault login-nonce '{"times": 1}'
  sign_on_terminal
  refused "the identity token was made for another login (nonce)"
  fault login-audience '{"times": 1}'
  sign_on_terminal
  refused "the identity token is for 'other', and not for 'sigstore'"
  fault token-error '{"times": 1}'
  sign_on_terminal
  refused "the login failed: invalid_grant (on demand)"
  fault login-error '{"description": "<script>alert(1)</script>\u001b[31m"}'
  sign_on_terminal
  # shellcheck disable=SC2016
  refused 'the login failed: access_denied (<script>alert(1)</script>\x1b[31m)'
  assert_contains "&lt;script&gt;alert(1)&lt;/script&gt;" "$(cat browser.log)"
  refute_contains "<script>" "$(cat browser.log)"
  # The code of somebody else, planted by a page that guesses the port.
  # shellcheck disable=SC2016
  make_browser 'port=$(sed "s/.*localhost%3A\([0-9]*\)%2F.*/\1/" <<<"$1")
    curl -sS "http://127.0.0.1:$port/auth/callback?code=code-1&state=x"'
  sign_on_terminal
  refused "the browser came back with another login"
)
end_test

begin_test "what else comes to the port is passed over"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  # shellcheck disable=SC2016
  make_browser 'port=$(sed "s/.*localhost%3A\([0-9]*\)%2F.*/\1/" <<<"$1")
    exec 7<>/dev/tcp/127.0.0.1/$port
    curl -sS "http://127.0.0.1:$port/favicon.ico"
    curl -sS -d a=b "http://127.0.0.1:$port/auth/callback?code=x&state=y"
    echo nonsense >/dev/tcp/127.0.0.1/$port
    head -c 100000 /dev/zero | curl -sS -H @- "http://127.0.0.1:$port/"
    back=$(curl -sS -o /dev/null -w "%{redirect_url}" "$1")
    curl -sS "$back"
    sleep 1
    curl -sS "$back"
    echo "second: $?"'
  sign_on_terminal
  assert_eq 0 "$status"
  assert_exit 0 verify
  assert_contains "<h1>Nothing here</h1>" "$(cat browser.log)"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ! grep -q second: browser.log || break
    sleep 0.3
  done
  assert_contains "second: 7" "$(cat browser.log)"
)
end_test

begin_test "without a browser the address is there to copy"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  export BROWSER=/no/such/browser
  # Somebody reads the screen, and opens it by hand.
  (
    while ! grep -q 'log in here: http' screen 2>/dev/null; do sleep 0.1; done
    curl -sSL "$(tr -d '\r' <screen | sed -n 's/.*log in here: //p')"
  ) >by-hand &
  reader=$!
  sign_on_terminal
  assert_eq 0 "$status"
  wait "$reader"
  assert_contains "<h1>Logged in</h1>" "$(cat by-hand)"
)
end_test

begin_test "without a display there is a code for another device"
(
  set -eu -o pipefail
  start_sigstore
  make_folder
  fault device-pending '{"times": 1}'
  sign_on_terminal
  assert_eq 0 "$status"
  assert_contains "log in on any device at $SIGSTORE_URL/oidc/device?user_code=ABCD-EFGH with the code ABCD-EFGH"
  assert_eq 1 "$(fault_hits device-pending)"
  assert_exit 0 verify
  rm m/model.sig
  fault device-denied '{"times": 1}'
  sign_on_terminal
  # shellcheck disable=SC2016
  refused 'the login failed: access_denied (\x1b[31mno)'
  fault device-expired '{"times": 1}'
  sign_on_terminal
  refused "nobody logged in before the code expired: try again"
  # Asked again after one second more than five.
  fault device-slow '{"times": 1}'
  before=$SECONDS
  sign_on_terminal
  assert_eq 0 "$status"
  [ $((SECONDS - before)) -ge 6 ] || fail "it did not slow down"
)
end_test
