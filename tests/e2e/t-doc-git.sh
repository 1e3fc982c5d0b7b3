#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every command of docs/git.md, in its order, by the people it names, against
# the test hub in place of huggingface.co.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
document=$(cd "$(dirname "$0")/../.." && pwd)/docs/git.md

# blocks: "block PERSON", then its lines, and "test STEP" for hidden steps.
blocks() {
  awk '/^```console / { person = $2; print "block " person; next }
       /^```/ { person = ""; next }
       person != "" { print "line " $0 }
       /^<!-- test: / { print "test " $3 }' "$document"
}

# on_hub: the hub stands for huggingface.co.
on_hub() { sed "s#https://huggingface.co#$HUB_URL#g"; }
with_host() { sed "s#^git sigstore install#& --host $HUB_URL#"; }

# become NAME: their home, and where they were last; git itself only.
become() {
  as_plain "$1"
  git config --global user.name "$1"
  git config --global user.email "$1@example.org"
  mkdir -p "$TEST_DIR/desks/$1"
  desk=$TEST_DIR/desks/$1/.where
  [ -e "$desk" ] || echo "$TEST_DIR/desks/$1" >"$desk"
  cd "$(cat "$desk")"
}

# settle: what the last command printed and how it ended was as promised.
settle() {
  local line
  [ -n "$command" ] || return 0
  [ "$status" -eq "$wanted" ] ||
    fail "'$command' ended with $status, not with $wanted: $out"
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    # "..." stands for anything within a line.
    grep -qE -- "$(sed -e 's/[][\.*^$(){}?+|/]/\\&/g' \
      -e 's/ *\\\.\\\.\\\. */.*/g' <<<"$line")" <<<"$out" ||
      fail "'$command' did not print '$line': $out"
  done <<<"$expected"
  command="" expected="" wanted=0
}

web_edit() {
  rm -rf "$TEST_DIR/web"
  as_plain web
  git clone -q "$HUB_URL/org/model" "$TEST_DIR/web"
  echo 'Edited in a browser' >>"$TEST_DIR/web/README.md"
  git -C "$TEST_DIR/web" commit -qam 'Update README.md'
  git -C "$TEST_DIR/web" push -q
}

begin_test "every command in docs/git.md does what it says there"
(
  set -eu -o pipefail
  start_hub
  hub_create org/model
  mkdir -p desks/public
  export HF_SIGSTORE_PASSWORD=correct-horse
  command="" expected="" wanted=0 count=0
  blocks >all-blocks
  while IFS= read -r entry <&4; do
    case $entry in
      "block "*) settle && become "${entry#block }" ;;
      "test web-edit") settle && web_edit ;;
      "line \$ "*)
        settle
        command=$(on_hub <<<"${entry#line \$ }" | with_host)
        status=0
        # One shell for the person: cd and && work.
        cat >"$TEST_DIR/step" <<STEP
$command
step_status=\$?
pwd >'$desk'
exit \$step_status
STEP
        out=$(cd "$(cat "$desk")" && bash "$TEST_DIR/step" 2>&1) || status=$?
        printf '%s\n%s\n' "$command" "$out"
        count=$((count + 1))
        sleep 0.3 # signing times have whole seconds
        ;;
      "line [exit "*) wanted=${entry#line \[exit } wanted=${wanted%]} ;;
      "line "*) expected+=$(on_hub <<<"${entry#line }")$'\n' ;;
    esac
  done 4<all-blocks
  settle
  [ "$count" -gt 50 ] || fail "only $count commands were found"
)
end_test
