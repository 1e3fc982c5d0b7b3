#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore signs with a key that an authority of one's own certified.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

# issue NAME SUBJECT DAYS EXTENSION... [-- ISSUER]: NAME.pem for NAME.key, by
# ISSUER or by itself, long expired for DAYS below 0. The key is made if it is
# not there.
issue() {
  local -
  set +x
  local name=$1 subject=$2 valid=(-days "$3") by=()
  # From OpenSSL 3.4 on, which refuses to end before it begins.
  if [ "$3" -lt 0 ] && [[ $(openssl x509 -help 2>&1) == *-not_after* ]]; then
    valid=(-not_before 20200101000000Z -not_after 20200102000000Z)
  fi
  shift 3
  : >"$name.ext"
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    echo "$1" >>"$name.ext"
    shift
  done
  [ -e "$name.key" ] ||
    hf-sigstore keygen --no-password --curve "${CURVE:-p256}" "$name"
  by=(-signkey "$name.key")
  [ $# -lt 2 ] || by=(-CA "$2.pem" -CAkey "$2.key" -CAcreateserial)
  openssl req -new -key "$name.key" -subj "/CN=$subject" |
    openssl x509 -req "${by[@]}" "${valid[@]}" -extfile "$name.ext" \
      -out "$name.pem"
}

# make_company: root, middle and signer, and a model in m.
make_company() {
  local ca="basicConstraints=critical,CA:TRUE" use="keyUsage=critical"
  issue root "Root" 100 "$ca" "$use,keyCertSign"
  issue middle "Middle" 100 "$ca" "$use,keyCertSign" -- root
  issue signer "Signer" 100 "$use,digitalSignature" -- middle
  mkdir m
  echo weights >m/weights.bin
}

sign() {
  hf-sigstore sign m --key signer.key --signing-certificate signer.pem "$@"
}

begin_test "a folder is signed with a certificate, and verified by its root"
(
  set -eu -o pipefail
  for CURVE in p256 p384 p521; do
    mkdir "$CURVE"
    cd "$CURVE"
    make_company
    assert_exit 0 sign --certificate-chain middle.pem \
      --certificate-chain root.pem
    assert_contains "signed: 1 resources, 8 bytes, certificate CN=Signer"
    assert_exit 0 hf-sigstore verify m --certificate-chain root.pem
    assert_contains "CN=Signer"
    # With a key, or another authority, it is somebody else's.
    assert_exit 1 hf-sigstore verify m --key signer.pub
    assert_contains "signed with a certificate, expected"
    issue other "Root" 100 "basicConstraints=critical,CA:TRUE" \
      "keyUsage=critical,keyCertSign"
    assert_exit 1 hf-sigstore verify m --certificate-chain other.pem
    echo more >>m/weights.bin
    assert_exit 1 hf-sigstore verify m --certificate-chain root.pem
    assert_contains "changed weights.bin"
    cd ..
  done
)
end_test

begin_test "the chain may be one file, and the result JSON"
(
  set -eu -o pipefail
  make_company
  cat middle.pem root.pem >chain.pem
  assert_exit 0 sign --certificate-chain chain.pem --json
  assert_contains '"certificate": "CN=Signer"'
  assert_contains "\"keyFingerprint\": \"$(sha256sum <signer.pub | cut -d ' ' -f 1)\""
  assert_exit 0 hf-sigstore verify m --certificate-chain root.pem
)
end_test

begin_test "what does not belong together signs nothing"
(
  set -eu -o pipefail
  make_company
  refused() {
    assert_exit 4 "${@:2}"
    assert_contains "$1"
    assert_eq 1 "$(wc -l <<<"$out")"
    assert_missing m/model.sig
  }
  hf-sigstore keygen --no-password other
  refused "certificate CN=Signer is for another key than the one that signs" \
    hf-sigstore sign m --key other.key --signing-certificate signer.pem \
    --certificate-chain middle.pem
  refused "certificate CN=Signer is not certified by the next one, certificate CN=Root" \
    sign --certificate-chain root.pem --certificate-chain middle.pem
  refused "certificate CN=Signer is in the chain, and no authority (CA)" \
    sign --certificate-chain signer.pem
  refused "signer.key: " sign --certificate-chain signer.key
  cat signer.pem middle.pem >both.pem
  refused "both.pem: several certificates, the signer's alone is wanted" \
    hf-sigstore sign m --key signer.key --signing-certificate both.pem \
    --certificate-chain middle.pem
  refused "--signing-certificate and --certificate-chain belong together" sign
  refused "--signing-certificate and --certificate-chain belong together" \
    hf-sigstore sign m --key signer.key --certificate-chain middle.pem
  refused "--signing-certificate needs the key it is for" \
    hf-sigstore sign m --signing-certificate signer.pem \
    --certificate-chain middle.pem

  # Without the usage, and with an end that is over.
  issue signer "Signer" 100 "keyUsage=critical,keyAgreement" -- middle
  refused "certificate CN=Signer is for neither digitalSignature nor codeSigning" \
    sign --certificate-chain middle.pem
  issue signer "Signer" -1 "keyUsage=critical,digitalSignature" -- middle
  refused "certificate CN=Signer expired at " sign --certificate-chain middle.pem
)
end_test
