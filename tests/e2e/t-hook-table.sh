#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Which hooks git calls for which command (git.md, table 3.1; section 10, test
# 24): what ours are built on. The table is hook-table.txt beside this script;
# a git that differs has one of its own, hook-table-<version>.txt. UPDATE=1
# writes it anew.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
tables=$(cd "$(dirname "$0")" && pwd)

# Every hook tells what it was called with; of the transactions, the refs that
# are prepared.
make_hooks() {
  local event
  mkdir hooks
  cat >hooks/any <<'END'
#!/bin/sh
event=${0##*/}
case $event:$1 in
  reference-transaction:prepared)
    while read -r old new ref; do
      case $new in ref:*) ref="$ref=symbolic" ;; *[!0]*) ;; *) ref="$ref=gone" ;; esac
      echo "$ref"
    done | sort -u | paste -sd' ' | sed 's/^/prepared: /; s/ *$//' >>"$HOOK_LOG" ;;
  reference-transaction:*) ;;
  post-checkout:*) echo "post-checkout $3" >>"$HOOK_LOG" ;;
  post-merge:*) echo "post-merge $1" >>"$HOOK_LOG" ;;
  *) echo "$event" >>"$HOOK_LOG" ;;
esac
END
  chmod +x hooks/any
  for event in reference-transaction post-checkout post-merge pre-push \
    pre-commit post-commit post-rewrite pre-rebase; do
    ln -s any "hooks/$event"
  done
}

# row NAME COMMAND...: what one command calls, repeated lines once.
row() {
  local name=$1
  shift
  : >"$HOOK_LOG"
  git -c core.hooksPath="$TEST_DIR/hooks" "$@" >>"$TEST_DIR/output" 2>&1 ||
    echo "exit code $?" >>"$HOOK_LOG"
  {
    echo "$name"
    if [ -s "$HOOK_LOG" ]; then uniq "$HOOK_LOG" | sed 's/^/    /'; else echo "    -"; fi
  } >>"$TEST_DIR/table"
}

# grow: one more commit on the server.
grow() {
  git -C seed commit -q --allow-empty -m "$1"
  git -C seed push -q ../server.git HEAD:main
}

begin_test "test 24: the hooks that git calls are those of the table"
(
  set -eu -o pipefail
  make_hooks
  export HOOK_LOG=$TEST_DIR/log
  git init -q seed
  echo one >seed/file
  git -C seed add -A
  git -C seed commit -qm one
  git init -q --bare server.git
  git -C seed push -q ../server.git main
  server=file://$PWD/server.git

  row "clone" clone "$server" c
  row "clone -n" clone -n "$server" cn
  row "clone --bare" clone --bare "$server" cb
  row "clone --mirror" clone --mirror "$server" cm
  row "clone --depth 1" clone --depth 1 "$server" cd
  row "clone --single-branch" clone --single-branch "$server" cs
  row "clone -o other" clone -o other "$server" co
  git -C c config pull.rebase false
  grow two
  row "fetch" -C c fetch
  row "fetch, nothing new" -C c fetch
  grow three
  row "fetch <url>" -C c fetch "$server"
  row "fetch <url> main:topic" -C c fetch "$server" main:topic
  row "pull, fast-forward" -C c pull
  git -C c commit -q --allow-empty -m own
  grow four
  row "pull, merge" -C c pull --no-edit
  grow five
  git -C c reset -q --hard origin/main
  row "pull --rebase" -C c pull --rebase
  row "switch -c" -C c switch -c side
  row "switch" -C c switch main
  row "checkout -- path" -C c checkout -- file
  row "restore" -C c restore file
  row "commit" -C c commit --allow-empty -m more
  row "commit --amend" -C c commit --amend --allow-empty -m most
  row "reset --hard" -C c reset --hard HEAD~1
  row "tag" -C c tag v1
  row "worktree add" -C c worktree add ../wt side
  row "read-tree -u" -C c read-tree -u --reset HEAD
  git -C c commit -q --allow-empty -m pushed
  row "push" -C c push "$server" main
  git -C c commit -q --allow-empty -m again
  row "push origin" -C c push origin main
  git -C c commit -q --allow-empty -m last
  row "push --no-verify" -C c push --no-verify origin main
  row "push, up to date" -C c push origin main
  row "branch -D" -C c branch -D topic

  version=$(git version | sed -nE 's/^git version ([0-9]+\.[0-9]+).*/\1/p')
  expected=$tables/hook-table-$version.txt
  [ -e "$expected" ] || expected=$tables/hook-table.txt
  if [ "${UPDATE:-}" = 1 ]; then cp "$TEST_DIR/table" "$expected"; fi
  diff -u "$expected" "$TEST_DIR/table" || fail "git $version calls other hooks than $expected says"
)
end_test
