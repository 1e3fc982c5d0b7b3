# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Attacks of the end-to-end tests: mallory has push rights, or the server.
# Source after signedlib.sh. Each test shows first that the attack works on
# somebody who has git and git-lfs only, then what it does to bob, who has us;
# record keeps a line for the table that print_table prints.

# attack COMMAND: mallory clones without us, changes the model in ./evil by
# COMMAND, commits and pushes with push rights.
attack() {
  as_plain mallory
  rm -rf evil
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && eval "$1" && git add -A && git commit -qm "Improve the model" &&
    git push -q)
}

# attack_raw COMMAND: the same, but COMMAND commits itself.
attack_raw() {
  as_plain mallory
  rm -rf evil
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && eval "$1" && git push -q)
}

# plant_tree ENTRIES: the server has a commit whose tree has these lines of
# `git ls-tree` beside those of the model. What git would not write is written.
plant_tree() {
  git -C "$bare" ls-tree main >tree.txt
  # shellcheck disable=SC2059
  printf "$1" >>tree.txt
  python3 -c '
import sys
entries = []
for line in open("tree.txt", "rb").read().split(b"\n"):
    if line:
        mode, kind, rest = line.split(b" ", 2)
        oid, name = rest.split(b"\t", 1)
        raw = mode.lstrip(b"0") + b" " + name + b"\0" + bytes.fromhex(oid.decode())
        entries.append((name, raw))
sys.stdout.buffer.write(b"".join(raw for name, raw in sorted(entries)))' >tree.raw
  tree=$(git -C "$bare" hash-object -t tree -w --literally --stdin <tree.raw)
  commit=$(git -C "$bare" commit-tree -p main -m "Improve the model" "$tree")
  git -C "$bare" update-ref refs/heads/main "$commit"
}

# prepare: alice publishes org/m, bob trusts her and has a clone ./copy.
prepare() {
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  good=$(git -C "$bare" rev-parse main)
}

# works_without WHAT: a plain clone of the attacked model, ./victim, passes.
works_without() {
  as_plain victim
  rm -rf victim
  assert_exit 0 git clone "$HUB_URL/org/m" victim
  without=$1
}

# refused PHRASE: a new clone and a fetch of bob's are refused, nothing moves.
refused() {
  as bob
  local head before
  head=$(git -C copy rev-parse HEAD)
  before=$(cd copy && git for-each-ref && ls -A)
  assert_refused "$1" git clone "$HUB_URL/org/m" fresh
  message=$(printf '%s\n' "$out" | sed -n 's/^fatal: remote error: sigstore: //p')
  assert_missing fresh
  assert_exit 128 git -C copy fetch
  assert_contains "$1"
  assert_eq "$head" "$(git -C copy rev-parse HEAD)"
  assert_eq "$before" "$(cd copy && git for-each-ref && ls -A)"
  with="refused, exit 128"
}

# record NUMBER ATTACK: with what $without, $with and $message say. It has to be
# a line of attacks.tsv, where ids and dates are <id> and <date>; with
# ATTACKS_UPDATE set to a file it is written there.
record() {
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$without" "$with" \
    "${message//"$HUB_URL"/https:\/\/hub}" |
    sed -E "s,${HUB_URL#http://},hub,g" >"$TEST_ROOT/line"
  cat "$TEST_ROOT/line" >>"$TEST_ROOT/table"
  sed -E -i 's/\b([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{16}|[0-9a-f]{7})\b/<id>/g
    s/[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}Z)?/<date>/g' "$TEST_ROOT/line"
  if [ -n "${ATTACKS_UPDATE:-}" ]; then cat "$TEST_ROOT/line" >>"$ATTACKS_UPDATE"; fi
  [ -n "${ATTACKS_UPDATE:-}" ] || grep -Fxq -f "$TEST_ROOT/line" "$attacks" ||
    fail "not in attacks.tsv: $(cat "$TEST_ROOT/line")"
}

attacks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/attacks.tsv

print_table() {
  echo "# attack | what happened without us | what happens with us | message"
  sort -n "$TEST_ROOT/table" |
    awk -F '\t' '{ printf "# %s %s | %s | %s | %s\n", $1, $2, $3, $4, $5 }'
}
