#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# git sigstore doctor: what protects this repository, and what does not.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/hooklib.sh
. "$(dirname "$0")/hooklib.sh"

# doctor: not by git, which puts its own folder in front of PATH.
doctor() { (cd copy && git-sigstore doctor "$@"); }

prepare() {
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  # Versions of this machine are no subject of these tests.
  mkdir bin
  real_git=$(command -v git)
  cat >bin/git <<SCRIPT
#!/bin/sh
case \$1 in version) echo "git version \${GIT_IS:-2.60.0}"; exit ;; esac
exec $real_git "\$@"
SCRIPT
  cat >bin/git-lfs <<SCRIPT
#!/bin/sh
case \$1 in version) echo "git-lfs/\${LFS_IS:-3.8.0} (GitHub)"; exit ;; esac
exec $(command -v git-lfs) "\$@"
SCRIPT
  chmod +x bin/*
  PATH=$PWD/bin:$PATH
}

begin_test "a protected clone: every line is ok or a warning"
(
  set -eu -o pipefail
  prepare
  assert_exit 0 doctor
  assert_contains "ok             route: the helper, by git sigstore install (file:"
  assert_contains "ok             git: 2.60.0 has the fix of CVE-2025-48384"
  assert_contains "ok             git-lfs: 3.8.0 has the fix of CVE-2025-26625"
  assert_contains "ok             checkout: filter.lfs.required is true"
  assert_contains "ok             trust: pinned: alice"
  assert_contains "git-remote-sigstore "
  refute_contains "not effective"
  assert_exit 0 git -C copy sigstore doctor --json
  assert_contains '"ok": true'
  assert_contains '"health": "ok"'
)
end_test

begin_test "no route: no vcs, another remote, mode off, the bypass"
(
  set -eu -o pipefail
  prepare
  git -C copy remote add hub "$HUB_URL/org/m"
  assert_exit 1 doctor
  assert_contains "not effective  route: none for remote hub (git config remote.hub.vcs sigstore)"
  git -C copy config remote.hub.vcs sigstore
  assert_exit 0 doctor
  git -C copy remote remove hub
  git -C copy config remote.origin.vcs none
  assert_exit 1 doctor
  assert_contains "not effective  route: none: nothing of remote origin is verified"
  git -C copy config remote.origin.vcs sigstore
  assert_exit 0 doctor
  assert_contains "the helper, by remote.origin.vcs"
  git config --global sigstore.mode off
  assert_exit 1 doctor
  assert_contains "not effective  settings: sigstore.mode is off"
  git config --global sigstore.mode warn
  assert_exit 0 doctor
  assert_contains "warning        settings: sigstore.mode is warn"
  assert_exit 1 env GIT_SIGSTORE_SKIP=1 git -C copy sigstore doctor
  assert_contains "GIT_SIGSTORE_SKIP is set"
  mkdir empty
  assert_exit 4 git -C empty sigstore doctor
  assert_contains "cannot tell    route: not in a git repository"
)
end_test

begin_test "hooks that a husky repository puts in front"
(
  set -eu -o pipefail
  # By the real git: prepare puts one in front that says another version.
  configured=$(has_configured_hooks && echo yes || echo no)
  prepare
  git -C copy config core.hooksPath .husky
  if [ "$configured" = yes ]; then
    assert_exit 0 git -C copy sigstore doctor
    assert_contains "ok             hooks: by configuration"
    by_file
  fi
  assert_exit 1 git -C copy sigstore doctor
  assert_contains "not effective  hooks: core.hooksPath is .husky"
)
end_test

begin_test "filters and line ends that are not what they have to be"
(
  set -eu -o pipefail
  prepare
  git -C copy config filter.lfs.required false
  assert_exit 1 doctor
  assert_contains "not effective  checkout: filter.lfs.required is not true"
  git -C copy config --unset filter.lfs.required
  git sigstore install --host "$HUB_URL" --strict >/dev/null
  assert_exit 0 doctor
  assert_contains "ok             checkout: what git-lfs checks out is hashed"
  # git lfs install --local wins over the include.
  git -C copy config filter.lfs.process "git-lfs filter-process"
  assert_exit 1 doctor
  assert_contains "not effective  checkout: filter.lfs.process is 'git-lfs filter-process', not our filter"
  git -C copy config --unset filter.lfs.process
  git -C copy config core.autocrlf true
  assert_exit 0 doctor
  assert_contains "warning        checkout: core.autocrlf is true"
)
end_test

begin_test "programs that are missing, and versions with known problems"
(
  set -eu -o pipefail
  prepare
  for old in 2.39.3 2.43.6 2.47.2 2.50.0; do
    GIT_IS=$old assert_exit 4 doctor
    assert_contains "cannot tell    git: $old is older than the fix of "
    assert_contains "CVE-2025-48384, unless your distribution has mended it"
  done
  for good in 2.43.7 2.47.3 2.50.1 2.51.0 3.0.0; do
    GIT_IS=$good assert_exit 0 doctor
  done
  GIT_IS=2.43.3 assert_exit 4 doctor
  assert_contains "CVE-2024-32002"
  LFS_IS=3.7.0 assert_exit 4 doctor
  assert_contains "git-lfs: 3.7.0 is older than the fix of CVE-2025-26625"
  # Debian mends without a new version: dpkg knows.
  cat >bin/dpkg-query <<'SCRIPT'
#!/bin/sh
echo "1:2.39.5-0+$REVISION"
SCRIPT
  chmod +x bin/dpkg-query
  if [ "$("$real_git" --exec-path)" = /usr/lib/git-core ] &&
    command -v dpkg >/dev/null; then
    export GIT_IS=2.39.5
    REVISION=deb12u3 assert_exit 0 doctor
    assert_contains "1:2.39.5-0+deb12u3 has the fix of CVE-2025-48384"
    REVISION=deb12u2 assert_exit 0 doctor
    assert_contains "warning        git: 1:2.39.5-0+deb12u2 has the problem CVE-2025-48384; Debian mended it in 1:2.39.5-0+deb12u3"
    unset GIT_IS
  else
    not_run "git is not Debian's"
  fi
  mkdir few
  for tool in git sh git-sigstore git-lfs dpkg; do
    ln -s "$(command -v $tool)" "few/$tool"
  done
  assert_exit 1 env PATH="$PWD/few" git -C copy sigstore doctor
  assert_contains "not effective  programs: git-remote-sigstore is not on PATH"
)
end_test

begin_test "a clock that is behind, a trust file that cannot be read"
(
  set -eu -o pipefail
  prepare
  trust=$HOME/.local/share/hf-sigstore/trust.json
  cp "$trust" kept
  sed -E 's/"verifiedAt": *"20[0-9]{2}/"verifiedAt": "2099/' kept >"$trust"
  assert_exit 0 doctor
  assert_contains "warning        clock: it is "
  assert_contains "signed or verified at 2099"
  echo '{' >"$trust"
  assert_exit 4 doctor
  assert_contains "cannot tell    trust: "
)
end_test
