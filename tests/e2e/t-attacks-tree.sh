#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Attacks by what a commit holds: attributes, pointers, names, modes;
# docs/attacks.md has the table, by the same numbers.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/attacklib.sh
. "$(dirname "$0")/attacklib.sh"

again() { git -C "$bare" update-ref refs/heads/main "$good"; }

begin_test "7: .gitattributes, which model signatures leave out"
(
  set -eu -o pipefail
  prepare
  attack "echo '*.json text eol=crlf' >>.gitattributes"
  works_without "cloned, config.json has other bytes"
  grep -q $'\r' victim/config.json
  refused "unsafe .gitattributes: 'text' on config.json would change signed bytes"
  record 7 ".gitattributes with eol=crlf"
  again
  attack_raw "echo '# nothing' >.gitattributes && git commit -qm x .gitattributes"
  works_without "cloned, pointers in the place of weights"
  head -1 victim/model-00001-of-00002.safetensors | grep -q git-lfs
  refused "no filter=lfs attribute covers"
  record 7 ".gitattributes without filter=lfs"
)
end_test

begin_test "8: .gitattributes further down"
(
  set -eu -o pipefail
  prepare
  attack "mkdir d; echo '* ident' >d/.gitattributes; echo '\$Id\$' >d/x"
  works_without "cloned, d/x has other bytes"
  grep -q 'Id: ' victim/d/x
  refused "unsafe .gitattributes: 'ident' on d/"
  record 8 "nested .gitattributes"
  # Nor can it be signed.
  as alice
  git -C work pull -q "$TEST_DIR/evil" main
  echo more >>work/README.md
  git -C work commit -qam more
  assert_exit 1 git -C work push
  assert_contains "unsafe .gitattributes: 'ident'"
)
end_test

begin_test "9: the user's own line endings"
(
  set -eu -o pipefail
  prepare
  as_plain victim
  git config --global core.autocrlf true
  works_without "config.json has other bytes, without an attacker"
  grep -q $'\r' victim/config.json
  # Install comes after it in the configuration, and so wins.
  as_plain carol
  git config --global core.autocrlf true
  git sigstore install --host "$HUB_URL"
  trusting carol alice
  assert_exit 0 git clone "$HUB_URL/org/m" fresh
  if grep -q $'\r' fresh/config.json; then fail "line endings were changed"; fi
  assert_exit 0 git -C fresh sigstore verify --worktree
  with="the bytes that were signed; install sets core.autocrlf=false"
  message=
  record 9 "core.autocrlf=true"
)
end_test

begin_test "10: .lfsconfig"
(
  set -eu -o pipefail
  prepare
  attack "git config -f .lfsconfig lfs.fetchexclude '*'"
  works_without "cloned, pointers in the place of weights"
  head -1 victim/model-00001-of-00002.safetensors | grep -q git-lfs
  refused ".lfsconfig: 'fetchexclude' would leave pointers in the place of files"
  record 10 ".lfsconfig with fetchexclude"
  again
  attack "git config -f .lfsconfig lfs.url http://127.0.0.1:1/x; git config -f .lfsconfig lfs.skipdownloaderrors true"
  works_without "cloned from another server, pointers in the place of weights"
  refused ".lfsconfig: 'skipdownloaderrors' would leave pointers"
  record 10 ".lfsconfig with another server and skipdownloaderrors"
)
end_test

begin_test "11: pointers that git-lfs reads otherwise"
(
  set -eu -o pipefail
  prepare
  shard=model-00001-of-00002.safetensors
  swap='git show HEAD:model-00001-of-00002.safetensors | sed "$edit" >.git/p && git update-index --cacheinfo 100644,$(git hash-object -w .git/p),model-00001-of-00002.safetensors && git commit -qm x'
  export edit='s/^size .*/size 0/'
  attack_raw "$swap"
  works_without "cloned, the weights are an empty file"
  assert_eq 0 "$(stat -c %s "victim/$shard")"
  refused "not in canonical form"
  record 11 "a pointer of size 0"
  again
  export edit='s/$/\r/'
  attack_raw "$swap"
  works_without "cloned; git-lfs reads it, others do not"
  refused "not in canonical form"
  record 11 "a pointer with CRLF"
  again
  export edit='s,^version.*,&\next-0-x sha256:0000000000000000000000000000000000000000000000000000000000000000,'
  attack_raw "$swap"
  as_plain victim
  git config --global lfs.extension.x.smudge "sed s/a/b/"
  git config --global lfs.extension.x.clean cat
  git config --global lfs.extension.x.priority 0
  without="a program of the configuration writes the file"
  refused "not in canonical form"
  record 11 "a pointer with an extension"
)
end_test

begin_test "13: files that nobody signed"
(
  set -eu -o pipefail
  prepare
  attack "echo import os >modeling_evil.py; mkdir d; echo x >d/weights.pkl"
  works_without "cloned, with the code"
  [ -e victim/modeling_evil.py ]
  refused "does not match its signature: extra d/weights.pkl, extra modeling_evil.py"
  record 13 "add code that is not signed"
)
end_test

begin_test "15: a symbolic link"
(
  set -eu -o pipefail
  prepare
  attack "ln -s /etc/passwd vocab.txt"
  works_without "cloned; a loader reads /etc/passwd"
  [ -L victim/vocab.txt ]
  refused "vocab.txt is a symbolic link"
  record 15 "add a symbolic link"
  as bob
  git config --global sigstore.allowSymlinks true
  refused "vocab.txt is a symbolic link"
)
end_test

begin_test "16: a submodule"
(
  set -eu -o pipefail
  prepare
  attack_raw "git update-index --add --cacheinfo 160000,$good,sub && git config -f .gitmodules submodule.sub.path sub && git config -f .gitmodules submodule.sub.url ./../m && git add .gitmodules && git commit -qm x"
  works_without "cloned; the files come from elsewhere"
  assert_eq 160000 "$(git -C victim ls-files -s sub | cut -c1-6)"
  refused "sub is a submodule; its files cannot be signed"
  record 16 "add a submodule"
)
end_test

begin_test "17: paths that lead elsewhere"
(
  set -eu -o pipefail
  prepare
  blob=$(git -C "$bare" rev-parse main:README.md)
  plant_tree "100644 blob $blob\tx\\\\\\\\..\\\\\\\\y\n"
  works_without "cloned; on Windows the path leads elsewhere"
  refused "unsafe name: it has a backslash, colon or slash"
  record 17 "a backslash in a name"
  again
  plant_tree "100644 blob $blob\tgitatt~1\n"
  works_without "cloned; on Windows it is .gitattributes"
  refused "unsafe name: NTFS may take it for one of git's own files"
  record 17 "gitatt~1"
  again
  plant_tree "100644 blob $blob\t.git\n"
  as_plain victim
  assert_exit 128 git clone "$HUB_URL/org/m" victim
  without="git refuses at checkout; the objects are here"
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "hasDotgit"
  assert_missing fresh
  with="refused, exit 128" message="hasDotgit (git's own check of the pack)"
  record 17 ".git as a name"
)
end_test

begin_test "18: two names that are one file elsewhere"
(
  set -eu -o pipefail
  prepare
  attack "echo '{}' >CONFIG.json"
  works_without "cloned; on macOS and Windows one of them wins"
  refused "two names differ only in case: config.json"
  record 18 "names that differ in case"
  again
  attack "echo a >\"\$(printf 'caf\303\251')\"; echo b >\"\$(printf 'cafe\314\201')\""
  works_without "cloned; on macOS one of them wins"
  assert_eq 2 "$(find victim -maxdepth 1 -name 'caf*' | wc -l)"
  refused "two names differ only in case or composition: cafe"
  record 18 "names that differ in composition"
)
end_test

begin_test "19: one name twice in a tree"
(
  set -eu -o pipefail
  prepare
  blob=$(printf evil | git -C "$bare" hash-object -w --stdin)
  plant_tree "100644 blob $blob\ttokenizer.json\n"
  works_without "cloned; which of them counts differs by program"
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "duplicateEntries"
  assert_missing fresh
  with="refused, exit 128" message="duplicateEntries (git's own check of the pack)"
  record 19 "one name twice"
)
end_test

begin_test "20: modes"
(
  set -eu -o pipefail
  prepare
  attack "chmod +x config.json"
  works_without "cloned; model signatures do not cover the mode"
  [ -x victim/config.json ]
  refused "does not match its signature: changed file modes or other unlisted entries"
  record 20 "set the executable bit"
  again
  blob=$(git -C "$bare" rev-parse main:README.md)
  plant_tree "100664 blob $blob\tzz\n"
  works_without "cloned"
  refused "zz has an unknown mode"
  record 20 "mode 100664"
)
end_test

begin_test "22: a tree made to run code in old versions of git"
(
  set -eu -o pipefail
  prepare
  # CVE-2024-32002: a link and a folder that are one where case folds.
  attack_raw 'printf .git >.git/l; oid=$(git hash-object -w .git/l); printf "#!/bin/sh\ntouch /tmp/owned\n" >.git/h; hook=$(git hash-object -w .git/h); git update-index --add --cacheinfo "120000,$oid,a" --cacheinfo "100755,$hook,A/hooks/post-checkout" && git commit -qm x'
  works_without "cloned; where case folds, old versions run the hook"
  refused "two names differ only in case: a"
  record 22 "CVE-2024-32002: a link beside a folder of its name"
)
end_test

begin_test "23: control characters in names and server messages"
(
  set -eu -o pipefail
  prepare
  attack "echo x >\"\$(printf 'a\033]0;owned\007b')\""
  works_without "cloned; tools print the name raw"
  refused "has control characters"
  refute_contains $'\033' "$message"
  refute_contains $'\007' "$message"
  record 23 "escape sequences in a name"
)
end_test

print_table
