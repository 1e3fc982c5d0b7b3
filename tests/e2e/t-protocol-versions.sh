#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Where protocol version 2 is not to be had, git asks the helper to fetch line
# by line, and git's own transport stores the objects. Nothing may get in
# unjudged on this way either, and nothing may stay behind.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

start_hub

# older WAY COMMAND...: by the user's configuration, or by the server.
older() {
  local way=$1
  shift
  case $way in
    server) "$@" ;;
    *) GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.version \
      GIT_CONFIG_VALUE_0=$way "$@" ;;
  esac
}

# prepare WAY NAME: NAME (org/x) is published by alice, trusted by bob, who
# has a copy of it.
prepare() {
  repo=$2
  signer alice
  hub_create "$repo"
  bare=$HUB_ROOT/$repo.git
  make_model work
  git -C work remote add origin "$HUB_URL/$repo"
  git -C work push -q -u origin main
  as bob
  git sigstore trust add "$HUB_URL/$repo" --key "$(public_key alice)" --name alice >/dev/null
  if [ "$1" = server ]; then hub_switch old-protocol; fi
  assert_exit 0 older "$1" git clone "$HUB_URL/$repo" copy
  assert_contains "verified: signed by alice"
}

# What an attacker with push rights does, without us.
attack() {
  as_plain mallory
  git clone -q "$HUB_URL/$repo" evil
  (cd evil && echo evil >>README.md && git commit -qam "Improve" && git push -q)
}

state() {
  (cd "$1" && git for-each-ref && git count-objects -v &&
    ls -I FETCH_HEAD .git && cat .git/shallow .git/FETCH_HEAD 2>/dev/null) || true
}
no_leftovers() { assert_eq "" "$(find "$1/.git/objects" \( -name 'tmp_*' -o -name '*.keep' \))"; }

for way in 0 1 server; do
begin_test "version $way: clone, fetch, pull and push verify and sign"
(
  set -eu -o pipefail
  prepare "$way" "org/good$way"
  no_leftovers copy
  assert_eq 1 "$(find copy/.git/objects/pack -name '*.pack' | wc -l)"
  git -C copy fsck --strict
  as alice
  echo more >>work/config.json
  git -C work commit -qam "Say more"
  older "$way" git -C work push -q
  assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C work rev-parse main)"
  assert_contains model.sig "$(git -C work show --stat --format= HEAD)"
  as bob
  assert_exit 0 older "$way" git -C copy pull
  assert_contains "verified: signed by alice"
  assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C copy rev-parse main)"
  no_leftovers copy
  git -C copy fsck --strict
  assert_exit 0 older "$way" git -C copy fetch
  assert_eq "" "$out"
  assert_exit 0 older "$way" git -C copy ls-remote origin
  assert_contains "refs/heads/main"
)
end_test

begin_test "version $way: a changed model is refused, twice, and leaves nothing"
(
  set -eu -o pipefail
  prepare "$way" "org/bad$way"
  attack
  as bob
  before=$(state copy)
  assert_refused "does not match its signature: changed README.md" \
    older "$way" git clone "$HUB_URL/$repo" fresh
  assert_missing fresh
  for i in 1 2; do
    assert_refused "does not match its signature: changed README.md" \
      older "$way" git -C copy fetch
    assert_eq "$before" "$(state copy)"
    assert_exit 128 older "$way" git -C copy fetch origin main:other
  done
  # pull ends as fetch does.
  out=$(older "$way" git -C copy pull 2>&1) && fail "pulled"
  assert_contains "does not match its signature"
  assert_eq "$before" "$(state copy)"
  no_leftovers copy
  # The server lists what is here already: judged from the list.
  GIT_SIGSTORE_SKIP=1 git -C copy fetch -q origin main:refs/prefetch/main
  assert_refused "does not match its signature: changed README.md" \
    older "$way" git -C copy fetch
)
end_test
done

begin_test "version 0: a refused --depth, --deepen and --unshallow put the shallow file back"
(
  set -eu -o pipefail
  prepare 0 org/shallow
  for i in 1 2 3; do
    as alice
    echo "$i" >>work/config.json
    git -C work commit -qam "Step $i"
    git -C work push -q
  done
  as bob
  assert_exit 0 older 0 git clone --depth 2 "$HUB_URL/org/shallow" cut
  assert_contains "verified: signed by alice"
  [ -s cut/.git/shallow ] || fail "not shallow"
  assert_exit 0 older 0 git -C cut fetch --deepen 1
  git -C cut fsck
  attack
  as bob
  rm cut/.git/FETCH_HEAD
  before=$(state cut)
  for how in "--depth 1" "--deepen 2" --unshallow "--shallow-since=2000-01-01"; do
    # shellcheck disable=SC2086
    assert_refused "changed README.md" older 0 git -C cut fetch $how
    assert_eq "$before" "$(state cut)"
    git -C cut fsck
    no_leftovers cut
  done
  # A complete repository stays complete.
  before=$(state copy)
  assert_refused "changed README.md" older 0 git -C copy fetch --depth 1
  assert_eq "$before" "$(state copy)"
  assert_missing copy/.git/shallow
  # And what is good deepens.
  git -C "$bare" update-ref refs/heads/main refs/heads/main~1
  assert_exit 0 older 0 git -C cut fetch --unshallow
  assert_missing cut/.git/shallow
  git -C cut fsck
)
end_test

begin_test "version 0: a pack with an unsafe object is refused by git's own checks"
(
  set -eu -o pipefail
  prepare 0 org/unsafe
  as_plain mallory
  git clone -q "$HUB_URL/org/unsafe" evil
  blob=$(git -C evil rev-parse HEAD:README.md)
  tree=$({ git -C evil ls-tree HEAD; printf '100644 blob %s\t..\n' "$blob"; } | git -C evil mktree)
  commit=$(git -C evil commit-tree -p HEAD -m "Odd" "$tree")
  git -C evil push -q origin "$commit:main"
  as bob
  before=$(state copy)
  assert_exit 128 older 0 git -C copy fetch
  assert_contains "hasDotdot"
  # Also where the user asks for less.
  assert_exit 128 older 0 git -c fetch.fsckObjects=false -C copy fetch
  assert_eq "$before" "$(state copy)"
  no_leftovers copy
)
end_test

begin_test "version 0: a filter is ignored, so that all can be verified"
(
  set -eu -o pipefail
  prepare 0 org/partial
  as alice
  echo more >>work/config.json
  git -C work commit -qam "Say more"
  git -C work push -q
  as bob
  for filter in blob:none tree:0; do
    assert_exit 0 older 0 git clone --filter=$filter "$HUB_URL/org/partial" "whole-${filter%:*}"
    assert_contains "verified: signed by alice"
    assert_contains "without protocol version 2 nothing can be left out and verified: --filter is ignored"
    assert_eq 1 "$(grep -c 'filter is ignored' <<<"$out")"
    objects=$(git -C "whole-${filter%:*}" rev-list --objects --all --missing=print)
    refute_contains "?" "$(cut -c1 <<<"$objects")"
    assert_eq "" "$(git -C "whole-${filter%:*}" status --porcelain)"
    no_leftovers "whole-${filter%:*}"
  done
  # What a fetch with version 2 left out comes with the tip that needs it.
  git clone -q --filter=blob:none "$HUB_URL/org/partial" part
  as alice
  git -C work show HEAD~2:config.json >config.json
  git -C work rm -q config.json
  git -C work commit -qm "Go without"
  git -C work push -q
  as bob
  git -C part fetch -q
  as alice
  cp config.json work/old.json
  git -C work add old.json
  git -C work commit -qm "Bring it back"
  git -C work push -q
  as bob
  assert_exit 0 older 0 git -C part fetch
  assert_contains "verified: signed by alice"
  assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C part rev-parse origin/main)"
  # And the attack gets in by neither.
  attack
  as bob
  assert_refused "changed README.md" older 0 git clone --filter=blob:none "$HUB_URL/org/partial" evil-copy
  assert_missing evil-copy
)
end_test

begin_test "version 0: a repository that cannot be written says so"
(
  set -eu -o pipefail
  prepare 0 org/readonly
  as alice
  echo more >>work/config.json
  git -C work commit -qam "Say more"
  git -C work push -q
  as bob
  mv copy/.git/objects elsewhere
  : >copy/.git/objects
  out=$(older 0 git -C copy fetch 2>&1) && fail "fetched"
  rm copy/.git/objects
  mv elsewhere copy/.git/objects
  assert_exit 0 older 0 git -C copy fetch
)
end_test

begin_test "version 0: two fetches at once"
(
  set -eu -o pipefail
  prepare 0 org/twice
  git clone -q "$HUB_URL/org/twice" --bare both.git
  as alice
  echo more >>work/config.json
  git -C work commit -qam "Say more"
  git -C work push -q
  as bob
  # Into different refs of one repository.
  older 0 git -C both.git fetch -q "$HUB_URL/org/twice" main:a &
  older 0 git -C both.git fetch -q origin main:b
  wait $!
  assert_eq "$(git -C both.git rev-parse a)" "$(git -C both.git rev-parse b)"
  git -C both.git fsck --strict
  assert_eq "" "$(find both.git/objects -name 'tmp_*')"
)
end_test
