# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Completion of hf-sigstore for bash. Where no word fits, bash offers files.

# The words that may follow the option or verb.
_hf_sigstore_values() {
  case $1 in
    --method) echo files shards ;;
    --hash) echo sha256 blake2b blake3 ;;
    --hash-engine) echo best openssl sha-ni avx2 avx512 ;;
    --type) echo model dataset space ;;
    --curve) echo p256 p384 p521 ;;
    hf-sigstore) echo sign verify pull push publish attach fetch list-signatures proxy digest inspect keygen logout trust-instance \
      update-trust-root cache extension --help --version ;;
    cache) echo verify ;;
    extension) echo install remove ;;
  esac
}

_hf_sigstore_options() {
  local model="--signature --ignore --allow-symlinks --paranoid --hash-engine"
  local hash="--method --hash --shard-size"
  local password="--password-file --password-env"
  case $1 in
    sign)
      echo "--key --pkcs11-uri $password --signing-certificate --certificate-chain" \
        "--identity-token-file --signing-config --trusted-root" \
        "--trust-config --instance $model $hash --json --help"
      ;;
    verify)
      echo "--key --identity --identity-pattern --issuer --claim" \
        "--certificate-chain --trusted-root --instance $model" \
        "--ignore-unsigned-files --fs-verity --exit-detail --explain --json --help"
      ;;
    push | publish)
      case $1 in
        push) echo "--private --commit-description --delete-extra --ignore" \
          "--allow-symlinks --paranoid $hash" ;;
        publish) echo "--signature --trust-hub-digests" ;;
      esac
      echo "--type --revision --create-pr --commit-message --token-file" \
        "--token --quiet --key --pkcs11-uri $password --signing-certificate" \
        "--certificate-chain --identity-token-file --signing-config" \
        "--trusted-root --trust-config --instance --json --help"
      ;;
    attach)
      echo "--type --revision --branch --separate --any-subject --create-pr" \
        "--commit-message --token-file --token --quiet --json --help"
      ;;
    fetch | list-signatures)
      case $1 in fetch) echo "--local-dir --all" ;; esac
      echo "--type --revision --key --identity --identity-pattern --issuer" \
        "--claim --certificate-chain --trusted-root --instance --token-file" \
        "--token --quiet --json --help"
      ;;
    pull)
      echo "--type --revision --include --exclude --cache-dir --local-dir" \
        "--max-workers --force-download --dry-run --offline --paranoid --token-file" \
        "--token --explain --quiet --json --help"
      ;;
    proxy) echo "--port --cache-dir --use-token --quiet --json --help" ;;
    digest) echo "$model $hash --json --help" ;;
    inspect) echo "--json --help" ;;
    trust-instance | update-trust-root) echo "--instance --json --help" ;;
    logout | "extension install" | "extension remove") echo "--json --help" ;;
    cache | extension) echo "--help" ;;
    "cache verify")
      echo "--revision --cache-dir --key --identity --identity-pattern --issuer" \
        "--claim --certificate-chain --trusted-root --instance --json --help"
      ;;
    keygen) echo "--curve $password --no-password --json --help" ;;
  esac
}

_hf_sigstore() {
  local current=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words
  case $verb in
    cache | extension) [ "$COMP_CWORD" -eq 2 ] || verb="$verb ${COMP_WORDS[2]}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=$(_hf_sigstore_values hf-sigstore)
  elif [ "${current:0:1}" = - ]; then
    words=$(_hf_sigstore_options "$verb")
  else
    words=$(_hf_sigstore_values "${COMP_WORDS[COMP_CWORD - 1]}")
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _hf_sigstore hf-sigstore
