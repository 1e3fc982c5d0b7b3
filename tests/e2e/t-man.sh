#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Manual pages and completions tell what the programs tell, no less and no
# more.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
manual_dir=$source_dir/docs/man
completion_dir=$source_dir/scripts/completions
PROGRAMS="hf-sigstore git-sigstore"

# Of git, in examples and explanations.
OPTIONS_OF_GIT="--global --dry-run --filter"

# manual NAME: the page as plain text, every paragraph on one line.
manual() {
  groff -mandoc -Tascii -P-c -P-b -P-u -rLL=2000n "$manual_dir/$1.1"
}

# section NAME SECTION
section() { manual "$1" | sed -n "/^$2\$/,/^[A-Z]/p"; }

# options_in: every long option of standard input, once.
options_in() {
  grep -oE -- '(^|[^[:alnum:]-])--[a-z][a-z0-9-]*' | sed 's/^[^-]*//' | sort -u
}

# options_of PROGRAM [VERB...]: as --help prints them.
options_of() {
  "$@" --help | sed -nE 's/^  (-[a-z],)?(--[a-z0-9-]+).*/\2/p' | sort -u
}

# verbs_of PROGRAM [VERB]: one a line, "trust add" for verbs of verbs.
verbs_of() {
  local verb
  "$@" --help | sed -nE '/^Subcommands:/,/^$/s/^  ([a-z-]+) .*/\1/p' |
    while read -r verb; do
      if "$@" "$verb" --help | grep -q ^Subcommands:; then
        verbs_of "$@" "$verb" | sed "s/^/$verb /"
      else
        echo "$verb"
      fi
    done
}

# synopsis PROGRAM: "verb --option ..." a line. The page of git-sigstore says
# "git sigstore", as people type it.
synopsis() {
  section "$1" SYNOPSIS | sed -nE "s/^ +(git sigstore|$1) //p"
}

# offered PROGRAM WORD...: what its completion offers for the last word.
offered() {
  bash -c '
    . "$1"
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    if [ "$1" = hf-sigstore ]; then _hf_sigstore; else _git_sigstore_command; fi
    printf "%s\n" "${COMPREPLY[@]}"' - "$completion_dir/$1.bash" "$@" | sort -u
}

begin_test "the synopsis has every verb with every option, and no other"
(
  set -eu -o pipefail
  for program in $PROGRAMS; do
    verbs=$(verbs_of "$program")
    [ -n "$verbs" ] || fail "$program --help names no verbs"
    while read -r verb; do
      # shellcheck disable=SC2086
      expected=$(options_of "$program" $verb | grep -vx -- --help)
      line=$(synopsis "$program" | grep -E "^$verb( |\$)") ||
        fail "the synopsis of $program has no verb $verb"
      assert_eq "$expected" "$(options_in <<<"$line")"
    done <<<"$verbs"
    # And no line of a verb that is gone: one line is --help or --version.
    assert_eq "$(($(wc -l <<<"$verbs") + 1))" "$(synopsis "$program" | wc -l)"
  done
)
end_test

begin_test "every verb and every option is explained"
(
  set -eu -o pipefail
  for program in $PROGRAMS; do
    text=$(manual "$program")
    options=$(section "$program" OPTIONS)
    while read -r verb; do
      grep -qE "^     $verb( |\$)" <<<"$text" ||
        fail "the manual of $program does not explain $verb"
      # shellcheck disable=SC2086
      for option in $(options_of "$program" $verb) --version; do
        grep -qE -- "^     (-[a-z], )?$option( |\$)" <<<"$options" ||
          fail "the manual of $program does not explain $option"
      done
    done <<<"$(verbs_of "$program")"
  done
)
end_test

begin_test "no manual speaks of an option that does not exist"
(
  set -eu -o pipefail
  for page in $PROGRAMS git-remote-sigstore; do
    known="--help --version $OPTIONS_OF_GIT"
    for program in $PROGRAMS; do
      [ "$page" = "$program" ] || [ "$page" = git-remote-sigstore ] || continue
      while read -r verb; do
        # shellcheck disable=SC2086
        known="$known $(options_of "$program" $verb | tr '\n' ' ')"
      done <<<"$(verbs_of "$program")"
    done
    for option in $(manual "$page" | options_in); do
      case " $known " in
        *" $option "*) ;;
        *) fail "$page.1 speaks of $option" ;;
      esac
    done
  done
)
end_test

begin_test "completion offers every verb with every option, and no other"
(
  set -eu -o pipefail
  for program in $PROGRAMS; do
    top=$("$program" --help | sed -nE '/^Subcommands:/,/^$/s/^  ([a-z-]+) .*/\1/p' | sort)
    assert_eq "$top" "$(offered "$program" "" | grep -v ^-)"
    assert_eq "$(options_of "$program")" "$(offered "$program" --)"
    while read -r verb; do
      # shellcheck disable=SC2086
      assert_eq "$(options_of "$program" $verb)" \
        "$(offered "$program" $verb --)"
    done <<<"$(verbs_of "$program")"
  done
  assert_eq "$(git-sigstore trust --help | sed -nE '/^Subcommands:/,/^$/s/^  ([a-z-]+) .*/\1/p' | sort)" \
    "$(offered git-sigstore trust "")"
  assert_eq "files shards" "$(offered hf-sigstore sign m --method "" | xargs)"
  assert_eq "blake2b blake3 sha256" "$(offered hf-sigstore digest m --hash "" | xargs)"
  assert_eq "p256 p384 p521" "$(offered hf-sigstore keygen k --curve "" | xargs)"
  # Nothing offered is how bash comes to offer file names.
  assert_eq "" "$(offered hf-sigstore sign "")"
  assert_eq "" "$(offered git-sigstore sign --key "")"
  git init -q here
  git -C here remote add upstream https://example.org/org/m
  cd here
  assert_eq upstream "$(offered git-sigstore sign --remote "")"
)
end_test

begin_test "git's own completion finds ours"
(
  set -eu -o pipefail
  git_completion=/usr/share/bash-completion/completions/git
  if [ ! -e "$git_completion" ]; then
    not_run "git's own completion is not installed"
    exit 0
  fi
  complete_git() {
    bash -c '
      . "$1"
      . "$2"
      shift 2
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
      __git_wrap__git_main
      printf "%s\n" "${COMPREPLY[@]% }"' - \
      "$git_completion" "$completion_dir/git-sigstore.bash" "$@" | sort | xargs
  }
  assert_eq "doctor filter-process install pull release sign status tag trust uninstall verify" "$(complete_git git sigstore "")"
  assert_eq "add list remove replace" "$(complete_git git -C . sigstore trust "")"
  assert_eq "--exit-detail --explain" "$(complete_git git sigstore verify HEAD --ex)"
)
end_test

begin_test "settings, variables, kinds and exit codes are those of the source"
(
  set -eu -o pipefail
  text=$(manual git-sigstore)
  assert_eq "$(sed -nE 's/.*key == "([a-z]+)".*/\1/p' "$source_dir/core/app/settings.cpp" | sort)" \
    "$(section git-sigstore CONFIGURATION | sed -nE 's/^     sigstore\.([A-Za-z]+)$/\1/p' | tr '[:upper:]' '[:lower:]' | sort)"
  for name in HF_SIGSTORE_PASSWORD GIT_SIGSTORE_SKIP NO_COLOR XDG_DATA_HOME \
    XDG_CONFIG_HOME GIT_CONFIG_GLOBAL GIT_TERMINAL_PROMPT; do
    grep -rq "\"$name\"" "$source_dir/core" || fail "nothing reads $name"
    section git-sigstore ENVIRONMENT | grep -q "$name" || fail "$name is not explained"
  done
  assert_eq "$(sed -nE 's/.*return "([a-z_]+)";.*/\1/p' "$source_dir/core/base/error.cpp" | sort -u)" \
    "$(section hf-sigstore "EXIT STATUS" | sed -nE 's/^     ([a-z_]{2,})( .*|$)/\1/p' | sort)"
  codes=$(sed -nE 's/^  [a-z_]+ = ([0-9]),.*/\1/p' "$source_dir/core/app/exit_code.h" | sort)
  [ -n "$codes" ] || fail "no exit codes found"
  for program in $PROGRAMS; do
    assert_eq "$codes" "$(section "$program" "EXIT STATUS" | sed -nE 's/^     ([0-9]) .*/\1/p' | sort)"
  done
  for phrase in "# >>> hf-sigstore, written by 'git sigstore install'" "# <<< hf-sigstore"; do
    assert_contains "$phrase" "$text"
    grep -qF "$phrase" "$source_dir/hooks/activation.cpp" || fail "the block has another mark"
  done
)
end_test

begin_test "the examples of hf-sigstore work"
(
  set -eu -o pipefail
  mkdir -p my-model/checkpoints
  echo weights >my-model/weights
  echo state >my-model/checkpoints/1
  echo secret-word >secret
  export HF_SIGSTORE_PASSWORD=secret-word
  section hf-sigstore EXAMPLES |
    awk '/^ *\$ / || more { sub(/^ *\$ /, ""); print; more = /(\\|\|\|)$/ }' >examples
  assert_eq 7 "$(grep -c hf-sigstore examples)"
  assert_exit 0 bash -e examples
  assert_contains "$(sha256sum alice.pub)"
  refute_contains "not loaded"
  assert_eq "$(hf-sigstore inspect --json my-model | sed -n 's/.*"keyFingerprint": "\(.*\)",/\1/p')" \
    "$(sha256sum alice.pub | cut -d ' ' -f 1)"
  # "git sigstore -h" is ours; git answers --help itself, with the manual.
  assert_exit 0 git sigstore -h
  assert_contains "Usage: git sigstore"
)
end_test

begin_test "the manuals are well formed"
(
  set -eu -o pipefail
  for page in "$manual_dir"/*.1; do
    assert_eq "" "$(groff -mandoc -ww -Tutf8 -z "$page" 2>&1)"
    if command -v mandoc >/dev/null; then
      assert_exit 0 mandoc -T lint -W warning "$page"
    fi
    sed -n 's/^\.Xr \([^ ]*\) 1.*/\1/p' "$page" | sort -u | while read -r other; do
      case $other in
        git-config | git-credential | git-lfs) ;;
        *) [ -e "$manual_dir/$other.1" ] || fail "there is no manual of $other" ;;
      esac
    done
  done
)
end_test
