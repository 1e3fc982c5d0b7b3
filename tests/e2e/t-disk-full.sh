#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A disk that is full. Each command is run on a disk with no free page, with
# one more, and so on until it succeeds, so that every write of the helper, the
# hooks, git-sigstore and git fails once. Nothing is lost, what failed is said
# in a line, and the same command works when there is room.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

PAGE=4096

# disk: a small file system in ./disk, which ends with the test.
disk() {
  mkdir disk
  if [ "$EUID" -ne 0 ] || ! mount -t tmpfs -o size=16m tmpfs disk; then
    not_run "a disk that fills up needs a tmpfs, and so root"
    exit 0
  fi
  trap 'status=$?; umount -l "$TEST_DIR/disk"; (exit $status); _leave_test' EXIT
}

# on_disk: from here on what bob has is on the disk.
on_disk() {
  as bob
  export XDG_DATA_HOME=$PWD/disk/data XDG_CACHE_HOME=$PWD/disk/cache TMPDIR=$PWD/disk/tmp
}

# prepare: alice's model is published; on the disk are bob's clone of the
# commit $old, and what he trusts. The server has $new by now.
prepare() {
  start_hub
  publish alice
  disk
  signer bob
  git config --global sigstore.key "$HOME/bob.key"
  trusting bob alice
  mkdir -p disk/data disk/tmp
  mv "$HOME/.local/share/hf-sigstore" disk/data/
  on_disk
  git clone -q --template= "$HUB_URL/org/m" disk/copy
  old=$(git -C disk/copy rev-parse HEAD)
  (
    unset XDG_DATA_HOME XDG_CACHE_HOME TMPDIR
    as alice
    echo more >>work/README.md
    git -C work commit -qam "More"
    git -C work push -q
  )
  new=$(git -C work rev-parse HEAD)
  printf '%s\n' "$old" "$new" >known
  rm -rf before
  cp -a disk before
}

# room PAGES: the disk is as it was, with that many pages free.
room() {
  git -C "$bare" update-ref refs/heads/main "$new"
  find disk -mindepth 1 -delete
  cp -a before/. disk/
  : >disk/ballast
  local free
  free=$(($(stat -f -c %a disk) - $1))
  head -c $((free * PAGE)) /dev/zero >disk/ballast
  assert_eq "$1" "$(stat -f -c %a disk)"
}

# fills CODES CHECK COMMAND...: fails with one of the codes and a reason until
# there is room; after each failure, and room, CHECK and the command succeed.
fills() {
  local codes=$1 check=$2 pages failures=0 status again recover=${recover:-just}
  shift 2
  for ((pages = 0; ; pages += step)); do
    room "$pages"
    echo "-- $pages pages: $*"
    status=0
    out=$("$@" 2>&1) || status=$?
    printf '%s\n' "$out"
    if [ "$status" -eq 0 ] && ("$check" done); then break; fi
    failures=$((failures + 1))
    [[ " $codes " = *" $status "* ]] || fail "exit code $status with $pages pages"
    case $out in
      *"o space left on device"* | *"write error"* | *"unable to write"* | \
        *"unable to create"* | *"t write"* | *"not write"* | *"failed to"*) ;;
      *) fail "no reason with $pages pages" ;;
    esac
    # One line of ours, not one for each layer.
    [ "$(grep -c '^sigstore: [^w]*No space' <<<"$out")" -le 1 ] || fail "said twice"
    rm disk/ballast
    "$check"
    again=$("$recover" "$@" 2>&1) || fail "does not work again: $again"
    "$check" done
    assert_eq "" "$(find disk/copy -name 'tmp_objdir-*' -o -name '*.lock')"
  done
  "$check" done
  echo "# $*: failed with $failures sizes of the disk, then succeeded" |
    sed "s,$HUB_URL,URL,; s,$PWD/,,g" >&3
  [ "$failures" -ge "${least:-3}" ] || fail "failed $failures times only"
}

just() { "$@"; }

# What has a name was signed by one of the two, and bob still trusts alice.
nothing_lost() {
  git sigstore trust list | grep -q alice || fail "trust is lost"
  git -C disk/copy fsck --no-dangling --connectivity-only
  local id
  for id in $(git -C disk/copy for-each-ref --format='%(objectname)' refs/remotes); do
    grep -q "$id" known || fail "a ref names $id"
  done
}

step=${SIGSTORE_DISK_STEP:-2}

begin_test "10: a disk that fills up at any write of a fetch or a pull"
(
  set -eu -o pipefail
  prepare
  set +x
  fetched() {
    nothing_lost
    assert_eq "$old" "$(git -C disk/copy rev-parse HEAD)"
    [ "${1:-}" != done ] || assert_eq "$new" "$(git -C disk/copy rev-parse origin/main)"
  }
  fills "1 128 255" fetched git -C disk/copy fetch
  fills "1 128 255" fetched git -C disk/copy -c protocol.version=0 fetch
  pulled() {
    nothing_lost
    [ "${1:-}" != done ] || assert_eq "$new" "$(git -C disk/copy rev-parse HEAD)"
  }
  # git leaves a pull whose work tree it could not write half done, as ever.
  tidy() { git -C disk/copy reset -q --hard && "$@"; }
  recover=tidy fills "1 128 255" pulled git -C disk/copy pull
)
end_test

begin_test "10: a disk that fills up at any write of a clone"
(
  set -eu -o pipefail
  prepare
  set +x
  cloned() {
    git sigstore trust list | grep -q alice || fail "trust is lost"
    [ "${1:-}" != done ] || assert_eq "$new" "$(git -C disk/fresh rev-parse HEAD)"
    [ "${1:-}" = done ] || [ ! -e disk/fresh ] ||
      assert_eq "$new" "$(git -C disk/fresh rev-parse origin/main)"
  }
  # "Clone succeeded, but checkout failed": the folder stays, with what is in it.
  anew() { rm -rf disk/fresh && "$@"; }
  step=$((step * 3))
  recover=anew fills "1 128 255" cloned git clone --template= "$HUB_URL/org/m" disk/fresh
)
end_test

begin_test "10: a disk that fills up at any write of signing and of a push"
(
  set -eu -o pipefail
  prepare
  git -C disk/copy pull -q
  echo mine >>disk/copy/README.md
  git -C disk/copy commit -qam "Mine"
  mine=$(git -C disk/copy rev-parse HEAD)
  git sigstore trust add "$HUB_URL/org/m" --key "$(public_key bob)" --name bob
  rm -rf before
  cp -a disk before
  set +x
  kept() {
    git sigstore trust list | grep -q alice || fail "trust is lost"
    git -C disk/copy fsck --no-dangling --connectivity-only
    git -C disk/copy merge-base --is-ancestor "$mine" HEAD || fail "a commit is lost"
    assert_eq "" "$(git -C disk/copy status --porcelain)"
  }
  signed() {
    kept
    [ "${1:-}" != done ] || git -C disk/copy sigstore verify
  }
  fills "4" signed git -C disk/copy sigstore sign
  pushed() {
    kept
    [ "${1:-}" != done ] ||
      assert_eq "$(git -C "$bare" rev-parse main)" "$(git -C disk/copy rev-parse main)"
  }
  # The server may have it while there was no room for it here.
  catch_up() { "$@" || { git -C disk/copy pull -q && "$@"; }; }
  recover=catch_up fills "0 1 128 255" pushed git -C disk/copy push
)
end_test
