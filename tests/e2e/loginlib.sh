# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Helpers of the tests that log in: the browser is a script. Source after
# keylesslib.sh.

unset CI DISPLAY WAYLAND_DISPLAY BROWSER SIGSTORE_INSTANCE

# make_browser COMMAND...: what $BROWSER does with its $1, by bash. What it
# says goes to ./browser.log.
make_browser() {
  printf '#!/bin/bash\nexec >>%q 2>&1\nset -u\n%s\n' "$PWD/browser.log" "$1" \
    >browser
  chmod +x browser
  export BROWSER=$PWD/browser
}

# Follows the provider back to where the redirect leads.
# shellcheck disable=SC2016,SC2034
good_browser='curl -sSL -D - "$1"'

# sign_on_terminal [OPTION...]: in $out what the terminal showed, in $status
# the exit code.
sign_on_terminal() {
  local -
  set +x
  status=0
  env -u GIT_TERMINAL_PROMPT script -qefc \
    "hf-sigstore sign m --trust-config instance/trust_config.json $*" screen \
    </dev/null >/dev/null || status=$?
  out=$(tr -d '\r' <screen)
  printf '%s\n' "$out"
}
