#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# "hf sigstore" runs us by a manifest that we write, and nothing else is
# touched. t-hub-cache.sh lets the real hf run it.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

# folder: where hf looks for the manifest.
folder() { echo "$HOME/.local/share/hf/extensions/hf-sigstore"; }

member() { sed -nE "s/^ *\"$1\": \"(.*)\",?\$/\1/p" "$(folder)/manifest.json"; }

begin_test "install names this program, remove takes all of it away"
(
  set -eu -o pipefail
  folder=$(folder)
  mkdir -p "$HOME/.local/share/hf/extensions/hf-other"
  assert_exit 0 hf-sigstore extension install
  program=$(readlink -f "$(command -v hf-sigstore)")
  assert_contains "hf sigstore runs $program"
  assert_eq "$program" "$(member executable_path)"
  assert_eq sigstore "$(member short_name)"
  assert_eq binary "$(member type)"
  # Python's datetime.fromisoformat reads an offset before 3.11 as well, "Z"
  # it does not.
  assert_contains "+00:00" "$(member installed_at)"
  assert_eq manifest.json "$(ls "$folder")"
  "$(member executable_path)" --version
  # Once more is fine: another program, perhaps.
  assert_exit 0 hf-sigstore extension install
  assert_exit 0 hf-sigstore extension remove
  assert_contains "hf sigstore is removed"
  assert_missing "$folder"
  assert_eq hf-other "$(ls "$HOME/.local/share/hf/extensions")"
  assert_exit 0 hf-sigstore extension remove --json
  assert_contains '"done": "hf sigstore was not installed"'
)
end_test

begin_test "what hf installed under our name is not touched"
(
  set -eu -o pipefail
  folder=$(folder)
  mkdir -p "$folder"
  echo '{"owner": "huggingface", "executable_path": "/x"}' >"$folder/manifest.json"
  cp "$folder/manifest.json" theirs
  for verb in install remove; do
    assert_exit 4 hf-sigstore extension "$verb"
    assert_contains "is not ours; hf extensions remove sigstore removes it"
    assert_same_file theirs "$folder/manifest.json"
  done
  rm "$folder/manifest.json"
  assert_exit 4 hf-sigstore extension install
  rmdir "$folder"
  ln -s /nonexistent "$folder"
  assert_exit 4 hf-sigstore extension install
  assert_contains "is not ours"
)
end_test

begin_test "remove leaves what others put beside the manifest"
(
  set -eu -o pipefail
  folder=$(folder)
  assert_exit 0 hf-sigstore extension install
  touch "$folder/theirs"
  assert_exit 0 hf-sigstore extension remove
  assert_eq theirs "$(ls "$folder")"
)
end_test

begin_test "a home that cannot be written says so"
(
  set -eu -o pipefail
  folder=$(folder)
  touch "$HOME/.local"
  assert_exit 4 hf-sigstore extension install
  assert_contains "cannot create $folder"
  unset HOME
  assert_exit 4 hf-sigstore extension install
  assert_contains "HOME is not set"
)
end_test
