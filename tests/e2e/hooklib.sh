# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Which hooks git can have. Source after testlib.sh.

# From 2.54 on git runs hooks that the configuration names.
has_configured_hooks() {
  local version
  version=$(git version | sed -nE 's/^git version ([0-9]+)\.([0-9]+).*/\1 \2/p')
  # shellcheck disable=SC2086
  set -- $version
  [ "$1" -gt 2 ] || { [ "$1" -eq 2 ] && [ "$2" -ge 54 ]; }
}

# need_configured_hooks: false, and says so, where git has none.
need_configured_hooks() {
  has_configured_hooks ||
    { echo "# NOT APPLICABLE: configured hooks, below git 2.54" >&3 && false; }
}

# by_file: this person's git has no configured hook, however new it is, so
# that the helper leaves its file.
by_file() {
  local event
  for event in reference-transaction post-checkout post-merge; do
    git config --file "$HOME/.config/hf-sigstore/gitconfig" \
      --remove-section "hook.sigstore-$event" 2>/dev/null || true
  done
}
