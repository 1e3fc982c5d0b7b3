# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A token without hardware (SoftHSM), for tests of keys that stay in one. To
# be sourced after testlib.sh.

TOKEN_PIN=4711-pin

for TOKEN_MODULE in /usr/lib/softhsm/libsofthsm2.so \
  /usr/lib/*/softhsm/libsofthsm2.so; do
  [ ! -e "$TOKEN_MODULE" ] || break
done

# has_token: are the programs there that make one?
has_token() {
  [ -e "$TOKEN_MODULE" ] && command -v softhsm2-util pkcs11-tool >/dev/null
}

# make_token LABEL: the first one sets SOFTHSM2_CONF.
make_token() {
  local -
  set +x
  if [ ! -e softhsm.conf ]; then
    mkdir tokens
    printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' \
      "$PWD" >softhsm.conf
    export SOFTHSM2_CONF=$PWD/softhsm.conf
  fi
  softhsm2-util --init-token --free --label "$1" --pin "$TOKEN_PIN" \
    --so-pin 5678
}

# token_tool LABEL OPTION...
token_tool() {
  pkcs11-tool --module "$TOKEN_MODULE" --token-label "$1" --login \
    --pin "$TOKEN_PIN" "${@:2}"
}

# make_token_key LABEL CURVE ID NAME [OPTION...]: its public key is NAME.pub.
# OpenSC 0.23 reads public keys of P-256 alone: others come from outside.
make_token_key() {
  local -
  set +x
  if [ "$2" = prime256v1 ]; then
    token_tool "$1" --keypairgen --key-type "EC:$2" --id "$3" --label "$4" \
      "${@:5}"
    token_tool "$1" --read-object --type pubkey --id "$3" -o "$4.der"
    openssl pkey -pubin -inform DER -in "$4.der" -out "$4.pub"
    return
  fi
  openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -out "$4.key"
  openssl pkey -in "$4.key" -pubout -out "$4.pub"
  softhsm2-util --import "$4.key" --token "$1" --label "$4" --id "$3" \
    --pin "$TOKEN_PIN"
  rm "$4.key"
}

# token_uri ATTRIBUTES [QUERY]
token_uri() { echo "pkcs11:$1?module-path=$TOKEN_MODULE${2:+&$2}"; }
