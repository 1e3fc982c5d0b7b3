#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# git sigstore install and uninstall: what they change, and that they change
# nothing else.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# there_and_back CONFIG: install, again, and uninstall leave the file byte by
# byte as it is, with its mode; meanwhile git reads in it what it read before.
there_and_back() {
  local -
  set +x
  local config=$1 mode values installed
  mode=$(stat -L -c %a "$config")
  values=$(git config --global --list)
  cp "$config" saved
  git sigstore install --host huggingface.co --host http://127.0.0.1:8080 ||
    fail "install fails"
  [ "$(grep -c '^# >>> hf-sigstore' "$config")" = 1 ] || fail "no block: $(cat "$config")"
  assert_eq "$mode" "$(stat -L -c %a "$config")"
  assert_eq "$values" "$(git config --global --list | head -n "$(printf %s "$values" | grep -c '^')")"
  installed=$(cat "$config")
  git sigstore install || fail "the second install fails"
  assert_eq "$installed" "$(cat "$config")"
  git sigstore uninstall || fail "uninstall fails"
  assert_same_file saved "$config"
  assert_eq "$mode" "$(stat -L -c %a "$config")"
}

# vcs_for URL: how git calls a new repository's remote of that URL.
vcs_for() {
  rm -rf repository
  git init -q repository
  git -C repository remote add origin "$1"
  git -C repository config remote.origin.vcs || true
}

begin_test "uninstall leaves every configuration byte for byte as it was"
(
  set -eu -o pipefail
  printf '[user]\n\tname = From Include\n' >"$HOME/more"
  while IFS= read -r text; do
    # shellcheck disable=SC2059
    printf "$text" >"$HOME/.gitconfig"
    echo "# case: $text"
    there_and_back "$HOME/.gitconfig"
  done <<'CASES'

[user]\n\tname = A\n
[user]\n\tname = A
# comment\n\n[user]  \n\n   name=A ; why\n# end
; only a comment
\n\n\n
[include]\n\tpath = more\n[user]\n\temail = a@example.org\n
[user]\r\n\tname = A\r\n
[user]\r\n\tname = A
[alias]\n\tx = "!f() { echo \\"a # b\\"; }; f"\n\n
[core]\n\tpager = less \\\n\t\t-R\n
[includeIf "gitdir:~/models/"]\n\tpath = ~/more\n\n\n# >>> something else\n
[user] name = A
\xef\xbb\xbf[user]\n\tname = A\n
[user]\n\tname = \xc3\xa4\xe2\x82\xac\n\t
CASES
)
end_test

begin_test "the mode of the configuration stays"
(
  set -eu -o pipefail
  for mode in 600 640 644 664; do
    chmod "$mode" "$HOME/.gitconfig"
    there_and_back "$HOME/.gitconfig"
  done
)
end_test

begin_test "a link into a folder of dotfiles stays a link"
(
  set -eu -o pipefail
  mkdir "$HOME/dotfiles"
  mv "$HOME/.gitconfig" "$HOME/dotfiles/gitconfig"
  chmod 600 "$HOME/dotfiles/gitconfig"
  ln -s dotfiles/gitconfig "$HOME/.gitconfig"
  there_and_back "$HOME/.gitconfig"
  assert_eq dotfiles/gitconfig "$(readlink "$HOME/.gitconfig")"
  git sigstore install
  grep -q hf-sigstore "$HOME/dotfiles/gitconfig"
  assert_eq gitconfig "$(ls -A "$HOME/dotfiles")"
)
end_test

begin_test "a link to a file that is not there yet stays a link"
(
  set -eu -o pipefail
  mkdir "$HOME/dotfiles"
  rm "$HOME/.gitconfig"
  ln -s dotfiles/gitconfig "$HOME/.gitconfig"
  git sigstore install
  assert_eq dotfiles/gitconfig "$(readlink "$HOME/.gitconfig")"
  grep -q hf-sigstore "$HOME/dotfiles/gitconfig"
)
end_test

begin_test "what others write into the configuration meanwhile stays"
(
  set -eu -o pipefail
  for text in '[user]\n\tname = A\n' '[user]\n\tname = A'; do
    # shellcheck disable=SC2059
    printf "$text" >"$HOME/.gitconfig"
    git sigstore install
    git config --global user.email a@example.org
    git config --global color.ui auto
    git sigstore install --host example.org
    assert_eq 1 "$(grep -c '^# >>> hf-sigstore' "$HOME/.gitconfig")"
    git config --global core.editor vi
    git sigstore uninstall
    assert_eq "user.name=A user.email=a@example.org color.ui=auto core.editor=vi" \
      "$(git config --global --list | xargs)"
    ! grep -q sigstore "$HOME/.gitconfig"
  done
)
end_test

begin_test "where there is no configuration, one is made, and taken away again"
(
  set -eu -o pipefail
  rm "$HOME/.gitconfig"
  git sigstore install
  grep -q hf-sigstore "$HOME/.gitconfig"
  assert_eq sigstore "$(vcs_for https://huggingface.co/org/m)"
  git sigstore uninstall
  assert_eq "" "$(cat "$HOME/.gitconfig" 2>/dev/null)"
  assert_missing "$HOME/.gitconfig"
)
end_test

begin_test "the configuration is where git has it: XDG and GIT_CONFIG_GLOBAL"
(
  set -eu -o pipefail
  mkdir -p "$HOME/.config/git" xdg/git
  mv "$HOME/.gitconfig" "$HOME/.config/git/config"
  there_and_back "$HOME/.config/git/config"
  assert_missing "$HOME/.gitconfig"
  cp "$HOME/.config/git/config" xdg/git/config
  (
    export XDG_CONFIG_HOME=$PWD/xdg
    there_and_back xdg/git/config
    git sigstore install
    [ -s xdg/hf-sigstore/gitconfig ]
    assert_eq sigstore "$(vcs_for https://huggingface.co/org/m)"
    git sigstore uninstall
    assert_missing xdg/hf-sigstore/gitconfig
  )
  printf '[user]\n\tname = B' >named
  GIT_CONFIG_GLOBAL=$PWD/named there_and_back named
  # ~/.gitconfig wins where both are there.
  cp "$HOME/.config/git/config" "$HOME/.gitconfig"
  git sigstore install
  grep -q hf-sigstore "$HOME/.gitconfig"
  ! grep -q hf-sigstore "$HOME/.config/git/config"
)
end_test

begin_test "only protected hosts are"
(
  set -eu -o pipefail
  git sigstore install --host huggingface.co --host http://127.0.0.1:8080
  for url in https://huggingface.co/org/m https://hf.co/org/m.git \
    https://user@huggingface.co/org/m https://user:word@hf.co/datasets/org/d \
    http://127.0.0.1:8080/org/m; do
    assert_eq "$url sigstore" "$url $(vcs_for "$url")"
    assert_eq false "$(git -C repository config core.autocrlf)"
    assert_eq "$url" "$(git -C repository config remote.origin.url)"
  done
  for url in https://github.com/org/m https://huggingface.co.example.org/org/m \
    https://example.org/huggingface.co/m http://127.0.0.1:8081/org/m \
    http://127.0.0.1/org/m https://nothuggingface.co/org/m \
    https://example.org/@huggingface.co/m /srv/huggingface.co/m; do
    assert_eq "$url " "$url $(vcs_for "$url")"
    assert_eq "" "$(git -C repository config core.autocrlf || true)"
  done
  git sigstore uninstall
  assert_eq "" "$(vcs_for https://huggingface.co/org/m)"
)
end_test

begin_test "hosts add up, by any spelling, with scheme and port"
(
  set -eu -o pipefail
  assert_exit 0 git sigstore install
  assert_contains "protected: https://huggingface.co"
  assert_exit 0 git sigstore install --host EXAMPLE.org/ --host http://10.0.0.1:8080
  assert_exit 0 git sigstore install --host https://Example.org --host HTTP://other.example:99/
  assert_eq "protected: https://huggingface.co
protected: https://example.org
protected: http://10.0.0.1:8080
protected: http://other.example:99" "$(grep ^protected <<<"$out")"
  for url in https://huggingface.co/org/m https://example.org/org/m \
    http://10.0.0.1:8080/org/m http://other.example:99/org/m; do
    assert_eq "$url sigstore" "$url $(vcs_for "$url")"
  done
  cd repository
  assert_exit 0 git sigstore status --json
  assert_contains '"protected": true'
  assert_contains '"http://other.example:99"'
)
end_test

begin_test "a bad host is refused, and nothing is written"
(
  set -eu -o pipefail
  cp "$HOME/.gitconfig" saved
  for host in "a b" "" https:// ftp://example.org ssh://git@example.org \
    https://example.org/org "*" "*.example.org" user@example.org 'a"b' 'a\b' $'a\nb'; do
    assert_exit 4 git sigstore install --host good.example --host "$host"
    assert_contains "is not a host name"
    assert_eq 1 "$(wc -l <<<"$out")"
    assert_same_file saved "$HOME/.gitconfig"
  done
  assert_missing "$HOME/.config/hf-sigstore/gitconfig"
)
end_test

begin_test "a host that cannot be one is refused"
(
  set -eu -o pipefail
  for host in .. . - : example.org: example.org:x "[" "]" "a]b" example..org; do
    assert_exit 4 git sigstore install --host "$host"
  done
)
end_test

begin_test "an IPv6 address is protected, or refused"
(
  set -eu -o pipefail
  status=0
  git sigstore install --host "http://[::1]:8080" || status=$?
  case $status in
    0) assert_eq sigstore "$(vcs_for "http://[::1]:8080/org/m")" ;;
    4) ;;
    *) fail "exit code $status" ;;
  esac
)
end_test

begin_test "a block without its end is not touched"
(
  set -eu -o pipefail
  git sigstore install
  sed -i '/^# <<< hf-sigstore/d' "$HOME/.gitconfig"
  cp "$HOME/.gitconfig" saved
  for verb in install uninstall; do
    assert_exit 4 git sigstore "$verb"
    assert_contains "has no end line"
    assert_same_file saved "$HOME/.gitconfig"
  done
)
end_test

begin_test "what is done is said, as text and as JSON"
(
  set -eu -o pipefail
  assert_exit 0 git sigstore install
  assert_contains "wrote $HOME/.config/hf-sigstore/gitconfig"
  assert_contains "$HOME/.gitconfig"
  git sigstore install --json | python3 -c 'import json, sys
a = json.load(sys.stdin)
sys.exit(not (a["ok"] is True and "protected: https://huggingface.co" in a["done"]))'
  git sigstore uninstall --json | python3 -m json.tool
  assert_exit 0 git sigstore uninstall
  assert_eq "nothing was installed" "$out"
  assert_exit 4 git sigstore install --host "a b" --json
  assert_contains '"kind": "invalid_input"'
  # Without the helper git would refuse: a warning.
  mkdir bin
  ln -s "$SIGSTORE_BIN_DIR/git-sigstore" "$(command -v git)" bin
  assert_exit 0 env PATH="$PWD/bin:/usr/bin:/bin" git-sigstore install
  assert_contains "git-remote-sigstore is not on PATH"
)
end_test

begin_test "uninstall keeps who is trusted"
(
  set -eu -o pipefail
  hf-sigstore keygen --no-password alice
  git sigstore install
  git sigstore trust add org/m --key alice.pub --name alice
  cp "$HOME/.local/share/hf-sigstore/trust.json" saved
  git sigstore uninstall
  assert_same_file saved "$HOME/.local/share/hf-sigstore/trust.json"
  assert_exit 0 git sigstore trust list
  assert_contains alice
)
end_test

begin_test "git-lfs keeps working: install, track, hooks, push and clone"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  cp "$HOME/.gitconfig" saved
  git sigstore install --host "$HUB_URL"
  assert_exit 0 git lfs install
  git init -q work
  cd work
  git remote add origin "$HUB_URL/org/m"
  assert_exit 0 git lfs install --local
  assert_exit 0 git lfs track "*.bin"
  [ -x .git/hooks/pre-push ]
  [ -x .git/hooks/post-checkout ]
  assert_exit 0 git lfs env
  assert_contains "Endpoint=$HUB_URL/org/m.git/info/lfs"
  head -c 3000 /dev/urandom >weights.bin
  git add -A
  git commit -qm "Add weights"
  oid=$(sha256sum weights.bin | cut -d ' ' -f 1)
  assert_contains "oid sha256:$oid" "$(git show HEAD:weights.bin)"
  # The hook of a user, and that of git-lfs in it.
  sed -i '2i touch hook-was-here' .git/hooks/pre-push
  assert_exit 0 git push origin main
  [ -e hook-was-here ] || fail "the hook was not called"
  assert_same_file weights.bin "$(hub_object "$oid")"
  assert_exit 0 git clone "$HUB_URL/org/m" ../copy
  assert_same_file weights.bin ../copy/weights.bin
  git sigstore uninstall
  cd ..
  # All that is left is what git lfs install had written before already.
  assert_same_file saved "$HOME/.gitconfig"
)
end_test
