#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What git does over the helper is what it does over plain http: each line of
# matrix/cases.tsv is run both ways, and the exit codes and outputs must be the
# same, line by line, and those of the table.
#
#   name <TAB> exit code <TAB> command <TAB> output
#
# In the output \n and \t stand for line ends and tabs, <oid> and <id> for
# object names, HUB for the server. Lines that begin with "sigstore: " are
# ours and left out. Known differences of git versions are evened out below.
#
#   SIGSTORE_TEST_GIT=/opt/git   another git: its bin folder comes first on PATH
#   MATRIX_UPDATE=1              writes the table anew from plain http
#   MATRIX_ONLY=PATTERN          only names that match the pattern

if [ -n "${SIGSTORE_TEST_GIT:-}" ]; then
  export PATH="$SIGSTORE_TEST_GIT/bin:$PATH"
fi
# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# No progress of git's own, however slow the machine is.
export GIT_PROGRESS_DELAY=600
table=$(cd "$(dirname "$0")" && pwd)/matrix/cases.tsv
start_hub

# --- what the server has ----------------------------------------------------

at() {
  GIT_AUTHOR_DATE="$1-01-01T00:00:00Z" GIT_COMMITTER_DATE="$1-01-01T00:00:00Z" \
    git -C "$2" "${@:3}"
}

new_server_repository() { git init -q --bare "$HUB_ROOT/$1.git"; }

make_fixture() {
  git init -q fixture
  mkdir fixture/sub
  local year
  for year in 2020 2021 2022 2023; do
    echo "{\"year\": $year}" >fixture/config.json
    echo "The model of the year $year" >fixture/sub/README.md
    git -C fixture add -A
    at "$year" fixture commit -qm "Model of $year"
  done
  git -C fixture tag v1 main~2
  at 2023 fixture tag -am "Second" v2 main~1
  git -C fixture branch dev main~1
}

# The models are signed, and the reader trusts the signer: what the helper
# does here is all that it ever does.
make_server() {
  signer alice
  make_fixture
  new_server_repository org/m
  git -C fixture remote add origin "$HUB_URL/org/m"
  at 2024 fixture push -q origin main
  git -C fixture push -q "$HUB_URL/org/m" dev v1 v2
  git -C fixture remote remove origin
  for name in empty headless super sha256; do new_server_repository "org/$name"; done
  git -C "$HUB_ROOT/org/headless.git" symbolic-ref HEAD refs/heads/absent
  as_plain mallory
  git -C fixture push -q "$HUB_ROOT/org/headless.git" main
  git init -q super
  git -C super -c protocol.file.allow=always submodule --quiet add "$HUB_ROOT/org/m.git" relative
  git -C super -c protocol.file.allow=always submodule --quiet add "$HUB_ROOT/org/m.git" absolute
  git -C super config -f .gitmodules submodule.relative.url ../m
  git -C super config -f .gitmodules submodule.absolute.url "$HUB_URL/org/m"
  git -C super add .gitmodules
  git -C super commit -qm "Two models"
  git -C super push -q "$HUB_ROOT/org/super.git" main
  rm -rf "$HUB_ROOT/org/sha256.git"
  git init -q --bare --object-format=sha256 "$HUB_ROOT/org/sha256.git"
  git init -q --object-format=sha256 newer
  echo data >newer/file
  git -C newer add -A
  at 2024 newer commit -qm "Newer names"
  git -C newer push -q "$HUB_ROOT/org/sha256.git" main
}

# --- words of the commands ---------------------------------------------------

show() { git -C "$1" for-each-ref && git -C "$1" rev-parse --abbrev-ref HEAD; }
have() { git clone -q "$@" "$R" c; }
# A clone of last year.
have_old() {
  cp -R ../fixture c && git -C c remote add origin "$R" &&
    git -C c reset -q --hard main~2 && git -C c tag -d v1 v2 >/dev/null &&
    git -C c branch -q -D dev &&
    git -C c branch -q dev main && git -C c reflog expire --expire=all --all &&
    git -C c gc -q --prune=now && git -C c update-ref refs/remotes/origin/main main &&
    git -C c branch -q -u origin/main main
}
# Something to push.
work() { cp -R ../fixture w && git -C w remote add origin "$P"; }
pushed() { work && git -C w push -q origin main; }
commit() {
  echo more >"$1/more" && git -C "$1" add more && at 2025 "$1" commit -qm "More"
}

# --- running -----------------------------------------------------------------

# normal FILE: what does not depend on the run or on git's version.
normal() {
  sed -E \
    -e '/^sigstore: /d; /^POST git-/d' \
    -e "s#$HUB_URL#HUB#g; s#org/own-[a-z]+-[0-9]+#org/own#g; s#$PWD/(plain|helper)#PWD#g" \
    -e 's/[0-9a-f]{64}|[0-9a-f]{40}/<oid>/g; s/\b[0-9a-f]{7,10}\b/<id>/g' \
    -e 's/ +$//' "$1" | "${even[@]}"
}

# run_route ROUTE NUMBER COMMAND: leaves the output in ROUTE.out and ROUTE.normal.
run_route() {
  local route=$1 status=0
  if [ "$route" = helper ]; then as bob; else as_plain plain; fi
  R=$HUB_URL/org/m U=$HUB_URL/org P=$HUB_URL/org/own-$route-$2
  new_server_repository "org/own-$route-$2"
  mkdir "$route"
  (cd "$route" && git init -q empty && ln -s ../fixture . &&
    { eval "$3"; } >"../$route.out" 2>&1 </dev/null) || status=$?
  normal "$route.out" >"$route.normal"
  rm -rf "$route" "$HUB_ROOT/org/own-$route-$2.git"
  echo "$status" >"$route.status"
}

encode() { sed -e 's/\\/\\\\/g; s/\t/\\t/g' "$1" | sed -e ':a;N;$!ba;s/\n/\\n/g'; }

# Texts that git changed over the years, as the table has them.
even=(sed -E
  -e '/^hint: /d')

shared=$TEST_ROOT/shared
mkdir "$shared"
TEST_DIR=$shared
cd "$shared"
{
  make_server
  as bob
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key alice)" --name alice
} >"$shared/setup.log" 2>&1 || { cat "$shared/setup.log"; exit 1; }

cd "$TEST_START"
number=0
while IFS=$'\t' read -r name status command output; do
  number=$((number + 1))
  # shellcheck disable=SC2254
  case $name in ${MATRIX_ONLY:-*}) ;; *) continue ;; esac
  begin_test "$name"
(
  set -eu -o pipefail
  TEST_DIR=$shared
  cd "$shared"
  set +x
  for route in plain helper; do run_route "$route" "$number" "$command"; done
  if [ -n "${MATRIX_UPDATE:-}" ]; then
    printf '%s\t%s\t%s\t%s\n' "$name" "$(cat plain.status)" "$command" \
      "$(encode plain.normal)" >>"$TEST_ROOT/cases.tsv"
    status=$(cat plain.status)
    output=$(encode plain.normal)
  fi
  diff plain.normal helper.normal || fail "$command: the helper's output differs"
  assert_eq "$(cat plain.status)" "$(cat helper.status)"
  assert_eq "$status" "$(cat helper.status)"
  assert_eq "$output" "$(encode helper.normal)"
)
end_test
done <"$table"
[ "$number" -ge 44 ] || { echo "the table has $number lines only" >&2; exit 1; }
if [ -n "${MATRIX_UPDATE:-}" ]; then cp "$TEST_ROOT/cases.tsv" "$table"; fi
