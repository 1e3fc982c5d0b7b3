#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Ways to have a repository that are not a plain clone: shallow, bare,
# worktrees, alternates, background prefetch, two fetches at once, commits by
# their id (tests 4, 5, 7 and 11 of the transport list).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

prepare() {
  start_hub
  publish alice
  trusting bob alice
}

# more TEXT: alice's next state, pushed and signed.
more() {
  as alice
  echo "$1" >>work/README.md
  git -C work commit -qam "$1"
  git -C work push -q
  as bob
}

# tamper: mallory's commit on top.
tamper() {
  as_plain mallory
  rm -rf evil
  git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/README.md
  git -C evil commit -qam "Improve the model"
  git -C evil push -q
  as bob
}

# state DIR: refs, shallow file, number of objects, left-overs.
state() {
  git -C "$1" for-each-ref
  cat "$(git -C "$1" rev-parse --path-format=absolute --git-path shallow)" 2>/dev/null || true
  git -C "$1" count-objects -v | grep -E '^(count|in-pack)'
  find "$(git -C "$1" rev-parse --path-format=absolute --git-path objects)" -name 'tmp_*'
}

begin_test "depth, deepen, shallow-since, unshallow"
(
  set -eu -o pipefail
  prepare
  more two
  more three
  assert_exit 0 git clone --depth 1 "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_eq 1 "$(git -C copy rev-list --count HEAD)"
  assert_exit 0 git -C copy fetch --deepen 1
  assert_eq 2 "$(git -C copy rev-list --count HEAD)"
  assert_exit 0 git -C copy fetch --shallow-since=2001-01-01
  assert_exit 0 git clone --shallow-since=2001-01-01 "$HUB_URL/org/m" since
  assert_contains "verified: signed by alice"
  more four
  assert_exit 0 git -C copy fetch --depth 1
  assert_contains "verified: signed by alice"
  assert_exit 0 git -C copy fetch --unshallow
  assert_missing copy/.git/shallow
  assert_exit 0 git -C copy merge -q --ff-only origin/main
  assert_eq "$(git -C work rev-parse main)" "$(git -C copy rev-parse HEAD)"
)
end_test

begin_test "after a refusal the shallow file is as before"
(
  set -eu -o pipefail
  prepare
  more two
  git clone -q --depth 1 "$HUB_URL/org/m" copy
  git clone -q --depth 2 "$HUB_URL/org/m" deep
  tamper
  for how in "" "--depth 1" "--depth 5" "--unshallow" "--deepen 1" "--shallow-since=2001-01-01"; do
    for dir in copy deep; do
      before=$(state $dir)
      # shellcheck disable=SC2086
      assert_exit 128 git -C $dir fetch $how
      assert_contains "changed README.md"
      assert_eq "$before" "$(state $dir)"
    done
  done
  assert_refused "changed README.md" git clone --depth 1 "$HUB_URL/org/m" fresh
  assert_missing fresh
)
end_test

begin_test "rollback, forced or not, in full and shallow clones; a rewrite that the user accepts"
(
  set -eu -o pipefail
  prepare
  old=$(git -C "$bare" rev-parse main)
  sleep 1.1 # signing times have whole seconds
  more two
  git clone -q "$HUB_URL/org/m" copy
  git clone -q --depth 1 "$HUB_URL/org/m" shallow
  new=$(git -C "$bare" rev-parse main)
  git -C "$bare" update-ref refs/heads/main "$old"
  for dir in copy shallow; do
    before=$(state $dir)
    assert_exit 128 git -C $dir fetch
    assert_contains "org/m@main "
    assert_exit 128 git -C $dir fetch --force origin +refs/heads/main:refs/remotes/origin/main
    assert_eq "$before" "$(state $dir)"
  done
  assert_refused "org/m@main " git clone --depth 1 "$HUB_URL/org/m" fresh
  # alice rewrites: another commit in the place of the newest.
  as alice
  git -C work reset -q --hard "$old"
  echo rewritten >>work/README.md
  git -C work commit -qam rewritten
  sleep 1.1
  git -C work push -q --force
  as bob
  [ "$new" != "$(git -C "$bare" rev-parse main)" ] || fail "nothing was rewritten"
  assert_exit 128 git -C copy fetch
  assert_contains "moved back from ${new:0:7}"
  git sigstore trust remove "$HUB_URL/org/m" --history
  assert_exit 0 git -C copy fetch
  assert_contains "verified: signed by alice"
  # From there on, fast-forwards.
  more three
  assert_exit 0 git -C copy fetch
  assert_contains "verified: signed by alice"
)
end_test

begin_test "linked work trees share the quarantine's store, and are refused alike"
(
  set -eu -o pipefail
  prepare
  git clone -q "$HUB_URL/org/m" copy
  git -C copy worktree add -q -b side ../linked
  more two
  assert_exit 0 git -C linked fetch
  assert_contains "verified: signed by alice"
  tamper
  before=$(state copy)
  assert_exit 128 git -C linked fetch
  assert_contains "changed README.md"
  assert_eq "$before" "$(state copy)"
)
end_test

begin_test "mirrors, bare clones, refetch, alternates"
(
  set -eu -o pipefail
  prepare
  git clone -q --mirror "$HUB_URL/org/m" mirror.git
  git clone -q --bare "$HUB_URL/org/m" bare.git
  git clone -q "$HUB_URL/org/m" copy
  assert_exit 0 git -C copy fetch --refetch
  assert_contains "verified: signed by alice"
  assert_exit 0 git clone --reference copy "$HUB_URL/org/m" borrower
  assert_same_file work/model-00001-of-00002.safetensors borrower/model-00001-of-00002.safetensors
  more two
  assert_exit 0 git -C mirror.git remote update
  assert_contains "verified: signed by alice"
  assert_exit 0 git -C borrower pull
  assert_contains "verified: signed by alice"
  tamper
  for dir in mirror.git borrower copy; do
    before=$(state $dir)
    assert_exit 128 git -C $dir fetch
    assert_contains "changed README.md"
    assert_eq "$before" "$(state $dir)"
  done
  assert_exit 128 git -C copy fetch --refetch
  assert_exit 128 git -C bare.git fetch origin +refs/heads/main:refs/heads/main
  assert_contains "changed README.md"
  # With the rejected objects in what is borrowed from.
  assert_refused "changed README.md" git clone --reference evil "$HUB_URL/org/m" fresh
  assert_missing fresh
)
end_test

begin_test "a background prefetch brings nothing in that was not judged"
(
  set -eu -o pipefail
  prepare
  git clone -q "$HUB_URL/org/m" copy
  more two
  assert_exit 0 git -C copy maintenance run --task=prefetch
  assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C copy rev-parse refs/prefetch/remotes/origin/main)"
  assert_exit 0 git -C copy pull
  assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C copy rev-parse HEAD)"
  tamper
  before=$(state copy)
  assert_exit 1 git -C copy maintenance run --task=prefetch
  assert_contains "changed README.md"
  assert_eq "$before" "$(state copy)"
  # Prefetched by somebody without us: judged from the listing.
  GIT_SIGSTORE_SKIP=1 git -C copy maintenance run --task=prefetch --quiet
  before=$(state copy)
  assert_exit 128 git -C copy fetch
  assert_contains "changed README.md"
  assert_exit 1 git -C copy pull
  assert_eq "$before" "$(state copy)"
)
end_test

begin_test "two at once: one trust file, no quarantine confused"
(
  set -eu -o pipefail
  prepare
  as alice
  for n in 1 2 3 4; do
    hub_create "org/n$n"
    git -C work push -q "sigstore::$HUB_URL/org/n$n" main
  done
  as bob
  for n in 1 2 3 4; do
    git sigstore trust add "$HUB_URL/org/n$n" --key "$(public_key alice)" --name alice
  done
  pids=""
  for n in 1 2 3 4; do
    git clone -q "$HUB_URL/org/n$n" "c$n" &
    pids="$pids $!"
  done
  for pid in $pids; do wait "$pid"; done
  assert_exit 0 git sigstore trust list --json
  for n in 1 2 3 4; do
    assert_exit 0 git sigstore trust list "$HUB_URL/org/n$n" --json
    assert_contains refs/heads/main
    assert_contains "$(git -C "c$n" rev-parse HEAD)"
  done
  # Several fetches of one repository: each has a quarantine of its own.
  git clone -q "$HUB_URL/org/m" copy
  more two
  pids=""
  for n in 1 2 3 4; do
    git -C copy fetch -q --refmap= origin "main:refs/heads/at-once-$n" >"$n.log" 2>&1 &
    pids="$pids $!"
  done
  for pid in $pids; do wait "$pid" || fail "$(cat ./*.log)"; done
  for n in 1 2 3 4; do
    assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C copy rev-parse "at-once-$n")"
  done
  assert_eq "" "$(find copy/.git/objects -name 'tmp_*')"
)
end_test

begin_test "a commit asked for by its id verifies, or is history of what did"
(
  set -eu -o pipefail
  prepare
  git clone -q "$HUB_URL/org/m" copy
  signed=$(git -C "$bare" rev-parse main)
  more two
  git -C copy pull -q
  git clone -q --depth 1 "$HUB_URL/org/m" shallow
  # History of a verified state, signed or not.
  assert_exit 0 git -C copy fetch "$HUB_URL/org/m" "$signed"
  assert_exit 0 git -C copy fetch origin "$(git -C copy rev-parse "$signed~1")"
  # Where that history is not here, it says nothing.
  assert_exit 128 git -C shallow fetch --depth 1 origin "$(git -C copy rev-parse "$signed~1")"
  assert_contains "is not signed (it was signed on"
  # Evil: not the tip of any ref.
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  git -C evil checkout -q -b dev
  for n in 1 2; do
    echo "evil $n" >>evil/README.md
    git -C evil commit -qam "evil $n"
  done
  git -C evil push -q origin dev
  evil=$(git -C evil rev-parse dev~1)
  as bob
  for how in "" --no-tags; do
    for dir in copy shallow; do
      before=$(state $dir)
      # shellcheck disable=SC2086
      assert_exit 128 git -C $dir fetch $how origin "$evil:refs/heads/main2"
      assert_contains "org/m@$evil does not match its signature: changed README.md"
      assert_eq "$before" "$(state $dir)"
    done
  done
  # A signed state by its id, whose history is not here.
  assert_exit 0 git -C shallow fetch --depth 1 origin "$signed:refs/heads/older"
  assert_contains "verified: signed by alice"
)
end_test
