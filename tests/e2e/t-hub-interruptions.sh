#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kill -9 of hf-sigstore pull, into the cache and into a folder, the first time
# and over an older state, from a Hub that sends a wrong byte now and then: what
# has a name afterwards is as it was signed, refs name whole snapshots, and the
# next pull goes on where that one was.
#
#   SIGSTORE_INTERRUPTIONS=50   how many pulls (default 8)
#   SIGSTORE_SEED=N             the seed of another run, printed by each

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

runs=${SIGSTORE_INTERRUPTIONS:-8}
RANDOM=${SIGSTORE_SEED:=$((RANDOM * 32768 + RANDOM))}
seed=$SIGSTORE_SEED
tool=$(cd "$(dirname "$0")" && pwd)/interrupt_pull.py

# keep_state: the files that alice has signed now, for comparison; sets $commit.
keep_state() {
  commit=$(git -C work rev-parse HEAD)
  mkdir -p "states/$commit"
  (cd work && git ls-files -z | xargs -0 cp --parents -t "../states/$commit")
}

# places OLD: the paths that a pull gives a new file, and the bytes of those that
# it asks for once.
places() {
  local name
  new_bytes=0
  : >places
  while read -r name; do
    if [ -n "$1" ] && cmp -s "states/$1/$name" "states/$commit/$name"; then
      continue
    fi
    echo "$target/$name" >>places
    [ "$name" = model.sig ] ||
      new_bytes=$((new_bytes + $(stat -c %s "states/$commit/$name")))
  done < <(cd "states/$commit" && find . -type f -printf '%P\n')
}

# number NAME: of the JSON that a pull printed.
number() { sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" pulled.json; }

# one_pull PHASE: interrupted there, and then not.
one_pull() {
  local before="" kind=$((RANDOM % 4)) wrong=$((RANDOM % 3))
  rm -rf hf folder
  if [ $((kind % 2)) -eq 1 ]; then
    before=$old
    cp -a old.hf hf
    cp -a old.folder folder
  fi
  if [ $((kind / 2)) -eq 0 ]; then
    seen=hf/hub/models--org--m target=$seen/snapshots/$commit where=()
  else
    seen=folder target=folder where=(--local-dir folder)
  fi
  what="$([ -z "$before" ] && echo new || echo newer) in ${where[*]:-the cache}"
  places "$before"
  offset=$(stat -c %s "$HUB_ROOT.log")
  if [ "$wrong" -eq 0 ]; then
    what+=", with a wrong byte"
    _hub_api PUT /switches/corrupt >/dev/null "{\"scope\": \"cdn\", \"offset\": $((RANDOM * 700))}"
  fi
  # What is here is written down once a second; 16 MiB take some of them.
  _hub_api PUT /switches/slow-drip >/dev/null \
    '{"scope": "cdn", "chunk": 32768, "delay_ms": 25}'
  hit=$(SIGSTORE_SEED=$seed.$i python3 "$tool" kill "$1" places "$HUB_ROOT.log" \
    hf-sigstore pull org/m "${where[@]}") || fail "$(cat run.log)"
  python3 "$tool" check states "$seen" || fail "run $i: after $hit, $what"
  _hub_api POST /switches/reset
  hf-sigstore pull org/m "${where[@]}" --json >pulled.json ||
    fail "run $i: after $hit, $what: $(cat pulled.json)"
  grep -q '"verified": true' pulled.json || fail "not verified"
  python3 "$tool" check states "$seen" || fail "run $i: in the end, $what"
  assert_same "$target"
  assert_eq "" "$(find hf folder -name '*.incomplete' 2>/dev/null)"
  again=$(($(python3 "$tool" bytes "$HUB_ROOT.log" "$offset") - new_bytes))
  echo "# run $i: $hit, $what: $(number resumedBytes) bytes resumed," \
    "$again sent again" >&3
}

# assert_same FOLDER: it has all that was signed last.
assert_same() {
  diff -r --exclude=.cache "states/$commit" "$1" || fail "run $i: $1 differs"
}

begin_test "interrupted pulls, $runs of them (seed $seed)"
(
  set -eu -o pipefail
  start_hub
  publish alice
  make_shard work/model-00001-of-00002.safetensors embed.weight 131072
  make_shard work/model-00002-of-00002.safetensors head.weight 98304
  git -C work commit -qam "Train on"
  git -C work push -q
  keep_state
  old=$commit
  trusting bob alice
  export HF_ENDPOINT=$HUB_URL HF_HOME=$PWD/hf
  assert_exit 0 hf-sigstore pull org/m
  assert_exit 0 hf-sigstore pull org/m --local-dir folder
  mv hf old.hf
  mv folder old.folder
  as alice
  make_shard work/model-00002-of-00002.safetensors head.weight 131072
  echo "Better." >>work/README.md
  git -C work commit -qam "Train more"
  git -C work push -q
  keep_state
  as bob
  set +x
  phases=(weights rename refs listing bundle)
  declare -A hits=()
  resumed=0
  for ((i = 0; i < runs; i++)); do
    one_pull "${phases[i % 5]}"
    hits[$hit]=$((${hits[$hit]:-0} + 1))
    resumed=$((resumed + $(number resumedBytes)))
  done
  line="# seed $seed:"
  for phase in listing bundle weights rename refs none; do
    line+=" $phase ${hits[$phase]:-0}"
  done
  echo "$line" >&3
  # A quarter of what was aimed at, and something to go on with.
  for phase in listing bundle weights rename; do
    [ "${hits[$phase]:-0}" -ge $((runs / 20)) ] ||
      fail "phase $phase was hit ${hits[$phase]:-0} times only"
  done
  [ "$runs" -lt 20 ] || [ "$resumed" -gt 0 ] || fail "nothing was resumed"
)
end_test
