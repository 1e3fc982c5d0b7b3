#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The certificate method of OMS v1.0: the model_signing program and ours read
# what the other one signed.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"

model_signing=$SIGSTORE_PEERS/bin/model_signing

# make_company CURVE: root.pem, middle.pem, signer.pem with their keys, and a
# model in m.
make_company() {
  local -
  set +x
  local name by=()
  for name in root middle signer; do
    hf-sigstore keygen --no-password --curve "$1" $name
    echo "keyUsage=critical,digitalSignature,keyCertSign" >$name.ext
    [ $name = signer ] || echo "basicConstraints=critical,CA:TRUE" >>$name.ext
    [ $name != signer ] || echo "keyUsage=critical,digitalSignature" >$name.ext
    [ ${#by[@]} -gt 0 ] || by=(-signkey root.key)
    openssl req -new -key $name.key -subj "/CN=$name" |
      openssl x509 -req "${by[@]}" -days 100 -extfile $name.ext -out $name.pem
    by=(-CA $name.pem -CAkey $name.key -CAcreateserial)
  done
  mkdir -p m/sub
  echo '{"hidden_size": 32}' >m/config.json
  head -c 5000 /dev/urandom >m/sub/weights.bin
}

# shape BUNDLE: its members with their values' lengths, read by nobody of ours.
shape() {
  "$SIGSTORE_PEERS/bin/python" - "$1" <<'END'
import json, sys
bundle = json.load(open(sys.argv[1]))
material = bundle["verificationMaterial"]
print(bundle["mediaType"], sorted(bundle), sorted(material),
      [c["rawBytes"] for c in material["x509CertificateChain"]["certificates"]],
      material.get("tlogEntries"), bundle["dsseEnvelope"]["payloadType"],
      [sorted(s) for s in bundle["dsseEnvelope"]["signatures"]])
END
}

begin_test "a folder signed here with a certificate verifies there"
(
  set -eu -o pipefail

  for curve in p256 p384 p521; do
    mkdir $curve
    cd $curve
    make_company $curve
    hf-sigstore sign m --key signer.key --signing-certificate signer.pem \
      --certificate-chain middle.pem --certificate-chain root.pem
    assert_exit 0 "$model_signing" verify certificate \
      --certificate_chain root.pem --signature m/model.sig m
    assert_contains "Verification succeeded"
    ours=$(shape m/model.sig)
    "$model_signing" sign certificate --private_key signer.key \
      --signing_certificate signer.pem --certificate_chain middle.pem \
      --certificate_chain root.pem --signature m/model.sig m
    assert_eq "$(shape m/model.sig)" "$ours"
    cd ..
  done
)
end_test

begin_test "a folder signed there with a certificate verifies here"
(
  set -eu -o pipefail

  for curve in p256 p384 p521; do
    mkdir $curve
    cd $curve
    make_company $curve
    "$model_signing" sign certificate --private_key signer.key \
      --signing_certificate signer.pem --certificate_chain middle.pem \
      --certificate_chain root.pem --signature m/model.sig m
    assert_exit 0 hf-sigstore verify m --certificate-chain root.pem
    assert_contains "CN=signer"
    cd ..
  done
)
end_test

begin_test "a folder signed here and then altered is refused there"
(
  set -eu -o pipefail

  make_company p256
  hf-sigstore sign m --key signer.key --signing-certificate signer.pem \
    --certificate-chain middle.pem --certificate-chain root.pem
  echo more >>m/sub/weights.bin
  assert_exit 1 "$model_signing" verify certificate \
    --certificate_chain root.pem --signature m/model.sig m
  assert_contains "Hash mismatch"
  mkdir other
  (cd other && make_company p256)
  assert_exit 1 "$model_signing" verify certificate \
    --certificate_chain other/root.pem --signature m/model.sig m
  assert_contains "Verification failed with error"
)
end_test

begin_test "what a key in a token signed verifies there"
(
  set -eu -o pipefail

  # shellcheck source=tests/e2e/tokenlib.sh
  . "$interop/../e2e/tokenlib.sh"
  has_token || { not_run "no softhsm2 and opensc" && exit 0; }
  make_token ml
  export HF_SIGSTORE_PASSWORD=$TOKEN_PIN
  mkdir m
  head -c 5000 /dev/urandom >m/weights.bin
  for curve in prime256v1 secp384r1; do
    make_token_key ml $curve 01 $curve
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=$curve")"
    assert_exit 0 their_verify $curve.pub m
    token_tool ml --delete-object --type privkey --id 01
    token_tool ml --delete-object --type pubkey --id 01
  done
)
end_test
