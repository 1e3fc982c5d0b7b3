#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every way in which git comes to call the helper: other names of remotes,
# sigstore:: URLs, bare and mirror, submodules, work trees; and remotes of
# other kinds in a repository that has a protected one (git.md, section 10:
# tests 11, 13 and 14).

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# mixed URL: a repository of bob's whose `origin` is elsewhere and which has a
# protected remote, so that git calls us for both.
mixed() {
  rm -rf mixed
  git init -q mixed
  git -C mixed remote add hub "$HUB_URL/org/m"
  git -C mixed remote add origin "$1"
  assert_eq sigstore "$(git -C mixed config remote.origin.vcs)"
}

elsewhere() {
  git init -q --bare elsewhere.git
  git -C work push -q "$PWD/elsewhere.git" main
}

# round_trip: fetch, push and fetch again over that origin.
round_trip() {
  assert_exit 0 git -C mixed fetch origin
  assert_eq "$(git -C elsewhere.git rev-parse main)" "$(git -C mixed rev-parse origin/main)"
  refute_contains "sigstore:"
  commit=$(git -C mixed commit-tree -p origin/main -m "Over there" "origin/main^{tree}")
  # Signing is for protected remotes.
  assert_exit 0 git -C mixed push --no-verify origin "$commit:main"
  assert_eq "$commit" "$(git -C elsewhere.git rev-parse main)"
  assert_exit 0 git -C mixed fetch origin
  assert_exit 0 git -C mixed ls-remote origin
  assert_contains "refs/heads/main"
}

begin_test "13: a local path, relative and absolute, and file://"
(
  set -eu -o pipefail
  start_hub
  publish alice
  elsewhere
  trusting bob alice
  for url in "$PWD/elsewhere.git" "file://$PWD/elsewhere.git" ../elsewhere.git; do
    mixed "$url"
    round_trip
  done
  mkdir "with space%"
  cp -R elsewhere.git "with space%/x.git"
  mixed "$PWD/with space%/x.git"
  assert_exit 0 git -C mixed fetch origin
)
end_test

begin_test "13: ssh, by URL and in short"
(
  set -eu -o pipefail
  start_hub
  publish alice
  elsewhere
  trusting bob alice
  cat >ssh <<'SSH'
#!/bin/sh
printf '%s\n' "$*" "${GIT_PROTOCOL:-none}" >>"$SSH_LOG"
while [ "$1" != git@host.example ]; do shift; done
shift
eval "$*"
SSH
  chmod +x ssh
  export SSH_LOG=$PWD/ssh.log GIT_SSH_COMMAND="$PWD/ssh"
  for url in "ssh://git@host.example:2222$PWD/elsewhere.git" "git@host.example:$PWD/elsewhere.git"; do
    mixed "$url"
    # Now the hook is there as well, which looks at all remotes.
    git -C mixed -c remote.hub.vcs=sigstore fetch -q hub
    round_trip
  done
  assert_contains "-p 2222 git@host.example git-upload-pack" "$(cat ssh.log)"
  assert_contains "SendEnv=GIT_PROTOCOL" "$(cat ssh.log)"
  assert_contains "version=2" "$(cat ssh.log)"
  GIT_SSH_COMMAND="$PWD/ssh" git -C mixed -c protocol.version=0 fetch origin
  assert_eq none "$(tail -n 1 ssh.log)"
  # A connection that fails ends.
  export GIT_SSH_COMMAND="sh -c 'exit 255'"
  assert_exit 128 timeout 20 git -C mixed fetch origin
  # A host that ssh would take for an option.
  mixed "ssh://-oProxyCommand=touch%20$PWD/owned/x"
  assert_exit 128 git -C mixed fetch origin
  assert_missing owned
)
end_test

begin_test "13: git://, with versions 0, 1 and 2"
(
  set -eu -o pipefail
  start_hub
  publish alice
  elsewhere
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  GIT_TRACE_PACKET=$PWD/daemon.trace git daemon --reuseaddr --listen=127.0.0.1 --port="$port" \
    --base-path="$PWD" --export-all --enable=receive-pack --pid-file="$PWD/pid" 2>daemon.log &
  daemon=$!
  until git ls-remote -q "git://127.0.0.1:$port/elsewhere.git" >/dev/null 2>&1; do sleep 0.05; done
  trusting bob alice
  mixed "git://127.0.0.1:$port/elsewhere.git"
  round_trip
  for version in 0 1 2; do
    : >daemon.trace
    assert_exit 0 git -C mixed -c protocol.version=$version fetch origin +main:refs/test/$version
    case $version in
      0) refute_contains "version " "$(grep -a '< ' daemon.trace | head -n 1)" ;;
      *) assert_contains "version $version" "$(cat daemon.trace)" ;;
    esac
  done
  mixed "git://127.0.0.1:$port/absent.git"
  assert_exit 128 git -C mixed fetch origin
  kill "$daemon"
  wait "$daemon" || true
  mixed "git://127.0.0.1:$port/elsewhere.git"
  assert_exit 128 git -C mixed fetch origin
  assert_contains "sigstore: cannot connect to 127.0.0.1:$port: Connection refused"
  for url in git://127.0.0.1 git:///path "git://127.0.0.1:/x"; do
    mixed "$url"
    assert_exit 128 git -C mixed fetch origin
    assert_contains "not a usable git:// URL"
  done
)
end_test

begin_test "13: a bundle"
(
  set -eu -o pipefail
  start_hub
  publish alice
  git -C work bundle create -q "$PWD/model.bundle" main
  trusting bob alice
  mixed "$PWD/model.bundle"
  assert_exit 0 git -C mixed fetch origin
  assert_eq "$(git -C work rev-parse main)" "$(git -C mixed rev-parse origin/main)"
  assert_exit 0 git -C mixed fetch origin
  head -c 300 model.bundle >short.bundle
  mixed "$PWD/short.bundle"
  assert_exit 128 git -C mixed fetch origin
)
end_test

begin_test "13: another scheme is refused, and says how to get rid of us"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  mixed "rsync://host/x"
  assert_exit 128 git -C mixed fetch origin
  assert_contains "remotes with rsync:// cannot be used while another remote of this repository is protected"
)
end_test

begin_test "14: sigstore:: becomes a plain URL, whatever the remote is called"
(
  set -eu -o pipefail
  start_hub
  publish alice
  trusting bob alice
  # Without the include.
  cp "$HOME/.gitconfig" with
  git config --global --get-regexp '^includeif' | cut -d ' ' -f 1 | while read -r key; do
    git config --global --unset-all "$key" || true
  done
  check() { # REPOSITORY REMOTE
    assert_contains "verified: signed by alice"
    assert_eq "$HUB_URL/org/m" "$(git -C "$1" config "remote.$2.url")"
    assert_eq sigstore "$(git -C "$1" config "remote.$2.vcs")"
  }
  assert_exit 0 git clone "sigstore::$HUB_URL/org/m" a
  check a origin
  assert_same_file work/model-00001-of-00002.safetensors a/model-00001-of-00002.safetensors
  assert_exit 0 git clone -o hub "sigstore::$HUB_URL/org/m" b
  check b hub
  assert_exit 0 git clone --bare "sigstore::$HUB_URL/org/m" c
  check c origin
  assert_exit 0 git clone --mirror "sigstore::$HUB_URL/org/m" d
  check d origin
  # With two URLs the user has wishes of their own.
  git init -q two
  git -C two config --add remote.origin.url "sigstore::$HUB_URL/org/m"
  git -C two config --add remote.origin.url "sigstore::$HUB_URL/org/other"
  git -C two config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
  assert_exit 0 git -C two fetch
  assert_contains "verified: signed by alice"
  assert_eq 2 "$(git -C two config --get-all remote.origin.url | grep -c sigstore::)"
  assert_eq "" "$(git -C two config --local remote.origin.vcs || true)"
)
end_test

begin_test "14: each of them refuses what is not what was signed"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && echo evil >>README.md && git commit -qam Improve && git push -q)
  trusting bob alice
  i=0
  for how in "" "-o hub" --bare --mirror "--depth 1" "--single-branch -b main" --no-checkout; do
    i=$((i + 1))
    # shellcheck disable=SC2086
    assert_refused "does not match its signature: changed README.md" \
      git clone $how "sigstore::$HUB_URL/org/m" "copy$i"
    assert_missing "copy$i"
  done
)
end_test

begin_test "11: submodules come through us, recursively, and a work tree fetches"
(
  set -eu -o pipefail
  start_hub
  publish alice
  as_plain carol
  hub_create org/super
  git init -q super
  git -C super submodule --quiet add "$HUB_URL/org/m" absolute
  git -C super submodule --quiet add "$HUB_URL/org/m" relative
  git -C super config -f .gitmodules submodule.relative.url ../m
  git -C super add .gitmodules
  git -C super commit -qm "Two models"
  git -C super push -q "$HUB_URL/org/super" main
  trusting bob alice
  assert_exit 0 git clone --recurse-submodules "$HUB_URL/org/super" copy
  assert_eq 2 "$(grep -c "org/m@main .* verified: signed by alice" <<<"$out")"
  assert_same_file work/model-00001-of-00002.safetensors copy/relative/model-00001-of-00002.safetensors
  # git allows it because install says so.
  assert_exit 1 git -c protocol.sigstore.allow=user clone --recurse-submodules "$HUB_URL/org/super" not
  assert_contains "transport 'sigstore' not allowed"
  # What the submodule's server has now does not fit.
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (cd evil && echo evil >>README.md && git commit -qam Improve && git push -q)
  as bob
  assert_exit 1 git clone --recurse-submodules "$HUB_URL/org/super" refused
  assert_contains "fatal: remote error: sigstore: org/m@main"
  assert_contains "does not match its signature: changed README.md"
  # A work tree has its own folder for git, and the same objects.
  git -C "$bare" update-ref refs/heads/main main~1
  assert_exit 0 git clone "$HUB_URL/org/m" model
  git -C model worktree add -q -b side ../side
  as alice
  echo more >>work/README.md
  git -C work commit -qam More
  git -C work push -q
  as bob
  assert_exit 0 git -C side fetch
  assert_contains "verified: signed by alice"
  assert_eq "" "$(find model/.git/objects -name 'tmp_*')"
)
end_test
