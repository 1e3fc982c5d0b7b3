# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Completion of "git sigstore" for bash, under the name where git's own
# completion looks for it, and of git-sigstore. Where no word fits, bash
# offers files.

_git_sigstore_options() {
  case $1 in
    install) echo "--host --strict --hooks-only --json --help" ;;
    uninstall) echo "--json --help" ;;
    sign) echo "--key --password-file --password-env --remote --json --help" ;;
    verify)
      echo "--key --last-signed --worktree --remote --exit-detail --explain --json --help"
      ;;
    status) echo "--remote --json --help" ;;
    doctor) echo "--remote --json --help" ;;
    tag)
      echo "--annotate --message --sign --force --key --password-file --password-env --remote --json --help"
      ;;
    pull) echo "--remote --json --help" ;;
    release) echo "--yes --json --help" ;;
    filter-process) echo "--skip --help" ;;
    "trust add" | "trust replace")
      echo "--key --identity --issuer --name --fingerprint --json --help"
      ;;
    "trust remove") echo "--fingerprint --identity --issuer --history --json --help" ;;
    "trust list") echo "--json --help" ;;
    trust) echo "--help" ;;
    "") echo "--help --version" ;;
  esac
}

# _git_sigstore_words CURRENT WORD...: what may stand in place of CURRENT
# after these words.
_git_sigstore_words() {
  local current=$1 verb=${2:-} previous=${!#}
  [ $# -gt 1 ] || previous=""
  [ "$verb" != trust ] || [ $# -eq 2 ] || verb="trust $3"
  case $current:$verb:$previous in
    -*) _git_sigstore_options "$verb" ;;
    *:--host) echo huggingface.co ;;
    *:--remote) git remote 2>/dev/null ;;
    *:--*) ;;
    *::) echo install uninstall sign verify status trust doctor tag pull release filter-process ;;
    *:trust:*) echo add replace remove list ;;
    *:verify:*)
      git for-each-ref --format="%(refname:short)" refs/heads refs/tags \
        2>/dev/null
      ;;
  esac
}

# Called by git's completion, which sets cur, words and cword.
# shellcheck disable=SC2154
_git_sigstore() {
  local i=1
  while [ "$i" -lt "$cword" ] && [ "${words[i]}" != sigstore ]; do
    i=$((i + 1))
  done
  i=$((i + 1))
  __gitcomp "$(_git_sigstore_words "$cur" "${words[@]:i:cword-i}")"
}

_git_sigstore_command() {
  local current=${COMP_WORDS[COMP_CWORD]} words
  words=$(_git_sigstore_words "$current" "${COMP_WORDS[@]:1:COMP_CWORD-1}")
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _git_sigstore_command git-sigstore
