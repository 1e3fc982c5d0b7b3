#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore and git sign with a key that stays in its token.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/tokenlib.sh
. "$(dirname "$0")/tokenlib.sh"

# begin_token_test: a token "ml" with a key "signer", and a model in m; ends
# the body where there are no tokens.
begin_token_test() {
  if ! has_token; then
    not_run "no softhsm2 and opensc"
    exit 0
  fi
  make_token ml
  make_token_key ml prime256v1 01 signer
  mkdir m
  echo weights >m/weights.bin
  export HF_SIGSTORE_PASSWORD=$TOKEN_PIN
}

# refused PHRASE COMMAND...: one line, exit 4, nothing signed, no PIN.
refused() {
  assert_exit 4 "${@:2}"
  assert_contains "$1"
  assert_eq 1 "$(wc -l <<<"$out")"
  refute_contains "$TOKEN_PIN"
  assert_missing m/model.sig
}

begin_test "a key in a token signs, for both methods and on every curve"
(
  set -eu -o pipefail
  begin_token_test
  id=2
  for curve in prime256v1 secp384r1 secp521r1; do
    make_token_key ml $curve 0$id "key$id"
    uri=$(token_uri "token=ml;object=key$id;type=private")
    # ECDSA has random numbers: some r and s begin with a zero.
    for _ in 1 2 3 4 5 6; do
      assert_exit 0 hf-sigstore sign m --pkcs11-uri "$uri"
    done
    assert_contains "signed: 1 resources, 8 bytes, key $(openssl pkey -pubin -in "key$id.pub" | sha256sum | cut -d ' ' -f 1)"
    assert_exit 0 hf-sigstore verify m --key "key$id.pub"
    assert_exit 1 hf-sigstore verify m --key signer.pub
    id=$((id + 1))
  done

  # A certificate for it, by an authority that has only the public half.
  hf-sigstore keygen --no-password ca
  openssl req -x509 -key ca.key -subj /CN=Root -days 10 \
    -addext keyUsage=critical,keyCertSign -out ca.pem
  hf-sigstore keygen --no-password unused
  echo "keyUsage=critical,digitalSignature" >ext
  openssl req -new -key unused.key -subj /CN=Signer |
    openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 10 \
      -force_pubkey signer.pub -extfile ext -out signer.pem
  assert_exit 0 hf-sigstore sign m --pkcs11-uri "$(token_uri "object=signer")" \
    --signing-certificate signer.pem --certificate-chain ca.pem
  assert_contains "certificate CN=Signer"
  assert_exit 0 hf-sigstore verify m --certificate-chain ca.pem
  rm m/model.sig
  refused "certificate CN=Signer is for another key than the one that signs" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=key2")" \
    --signing-certificate signer.pem --certificate-chain ca.pem
)
end_test

begin_test "the PIN comes from a file, a variable or the terminal"
(
  set -eu -o pipefail
  begin_token_test
  unset HF_SIGSTORE_PASSWORD
  uri=$(token_uri "id=%01")
  echo "$TOKEN_PIN" >pin
  assert_exit 0 hf-sigstore sign m --pkcs11-uri "$uri" --password-file pin
  assert_exit 0 env OTHER="$TOKEN_PIN" hf-sigstore sign m --pkcs11-uri "$uri" \
    --password-env OTHER
  assert_exit 0 hf-sigstore sign m \
    --pkcs11-uri "$(token_uri "id=%01" "pin-source=file:$PWD/pin")"
  assert_eq 2 "$(wc -l <<<"$out")"
  assert_exit 0 hf-sigstore sign m \
    --pkcs11-uri "$(token_uri "id=%01" "pin-value=$TOKEN_PIN")"
  assert_contains "warning: a PIN on a command line is there for every user of this machine to read"
  refute_contains "$TOKEN_PIN"
  (
    unset GIT_TERMINAL_PROMPT
    (sleep 1 && echo "$TOKEN_PIN") |
      script -qec "hf-sigstore sign m --pkcs11-uri '$uri'" screen >/dev/null
  )
  out=$(cat screen)
  assert_contains "PIN of the token: "
  assert_contains "signed: 1 resources"
  assert_exit 0 hf-sigstore verify m --key signer.pub
  rm m/model.sig
  refused "token 'ml': the token wants a PIN and there is no terminal to ask" \
    hf-sigstore sign m --pkcs11-uri "$uri"
  refused "the PIN is in the PKCS#11 URI and in an option, name it once" \
    hf-sigstore sign m --password-file pin \
    --pkcs11-uri "$(token_uri "id=%01" "pin-source=$PWD/pin")"
)
end_test

begin_test "a wrong PIN is tried once"
(
  set -eu -o pipefail
  begin_token_test
  HF_SIGSTORE_PASSWORD=0000 refused "token 'ml': login: wrong PIN" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "id=%01")"
  HF_SIGSTORE_PASSWORD=1 refused "token 'ml': login: wrong PIN" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "id=%01")"
)
end_test

begin_test "one key has to match"
(
  set -eu -o pipefail
  begin_token_test
  refused "token 'ml' has no private key that the PKCS#11 URI names" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=other")"
  refused "token 'ml' has no private key that the PKCS#11 URI names" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=signer;id=%02")"
  refused "no token matches the PKCS#11 URI (there is 'ml')" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "token=other")"
  refused "no token matches the PKCS#11 URI (there is 'ml')" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "token=ml;serial=0")"
  make_token_key ml prime256v1 02 signer
  refused "token 'ml' has several private keys that the PKCS#11 URI names; say which by id= or object=" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "token=ml;object=signer")"
  make_token spare
  refused "2 tokens match the PKCS#11 URI; say which by token= or serial=" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=signer")"
  assert_exit 0 hf-sigstore sign m \
    --pkcs11-uri "$(token_uri "token=ml;object=signer;id=%02")"
  assert_exit 0 hf-sigstore verify m --key signer.pub
)
end_test

begin_test "a key needs its public half, and to be ECDSA"
(
  set -eu -o pipefail
  begin_token_test
  token_tool ml --keypairgen --key-type rsa:2048 --id 05 --label rsa
  refused "the key in the token is not ECDSA" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=rsa")"
  token_tool ml --delete-object --type pubkey --id 01
  refused "the token has neither the public key nor a certificate of the private key" \
    hf-sigstore sign m --pkcs11-uri "$(token_uri "object=signer")"
  # A certificate in the token says it too.
  hf-sigstore keygen --no-password ca
  openssl req -new -x509 -key ca.key -subj /CN=Root -days 10 -out ca.pem
  openssl req -new -key ca.key -subj /CN=Signer |
    openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 10 \
      -force_pubkey signer.pub -outform DER -out signer.der
  token_tool ml --write-object signer.der --type cert --id 01
  assert_exit 0 hf-sigstore sign m --pkcs11-uri "$(token_uri "object=signer")"
  assert_exit 0 hf-sigstore verify m --key signer.pub
)
end_test

begin_test "a key that wants its PIN every time is given it"
(
  set -eu -o pipefail
  begin_token_test
  make_token_key ml prime256v1 06 strict --always-auth
  assert_exit 0 hf-sigstore sign m --pkcs11-uri "$(token_uri "object=strict")"
  assert_exit 0 hf-sigstore verify m --key strict.pub
)
end_test

begin_test "only a module that root alone may write is loaded"
(
  set -eu -o pipefail
  begin_token_test
  cp "$TOKEN_MODULE" own.so
  refused "own.so is not loaded: others than root may write /" \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01?module-path=$PWD/own.so"
  # A link into a good place is as good, a link out of it is not.
  ln -s "$TOKEN_MODULE" link.so
  assert_exit 0 hf-sigstore sign m \
    --pkcs11-uri "pkcs11:id=%01?module-path=$PWD/link.so"
  rm m/model.sig
  refused "PKCS#11 module 'libsofthsm2.so': not an absolute path" \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01?module-path=libsofthsm2.so"
  library=$(ls /lib/*/libc.so.6)
  refused "$library is not a PKCS#11 module" \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01?module-path=$library"
  refused "PKCS#11 module: /etc/passwd: " \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01?module-path=/etc/passwd"
  refused "PKCS#11 module /usr/lib: not a file" \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01?module-path=/usr/lib"
  refused "PKCS#11 module /absent.so: No such file or directory" \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01?module-path=/absent.so"
  refused "the PKCS#11 URI names no module" \
    hf-sigstore sign m --pkcs11-uri "pkcs11:id=%01"
  refused "--key and --pkcs11-uri are two signers, name one" \
    hf-sigstore sign m --key own.so --pkcs11-uri "pkcs11:id=%01"
)
end_test

# begin_git_token_test: and alice, whose git signs with that key, and has a
# model in work to push to org/m.
begin_git_token_test() {
  begin_token_test
  unset HF_SIGSTORE_PASSWORD
  start_hub
  hub_create org/m
  as alice
  echo "$TOKEN_PIN" >pin
  uri=$(token_uri "token=ml;object=signer")
  git config --global sigstore.key "$uri"
  git config --global sigstore.passwordFile "$PWD/pin"
  make_model work
  git -C work remote add origin "$HUB_URL/org/m"
  key=$(openssl pkey -pubin -in signer.pub | sha256sum | cut -d ' ' -f 1)
}

# verified_by_bob: who has nothing but the public key.
verified_by_bob() {
  as bob
  git sigstore trust add "$HUB_URL/org/m" --key signer.pub --name alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
}

begin_test "a push signs with a key in a token"
(
  set -eu -o pipefail
  begin_git_token_test
  assert_exit 0 git -C work push -u origin main
  assert_contains "with key ${key:0:16}"
  assert_eq model.sig "$(git -C work diff --name-only HEAD~ HEAD)"
  assert_exit 0 git -C work push
  assert_contains "Everything up-to-date"
  verified_by_bob
)
end_test

begin_test "a hook signs with a key in a token"
(
  set -eu -o pipefail
  begin_git_token_test
  git sigstore uninstall
  git sigstore install --hooks-only --host "$HUB_URL"
  assert_exit 0 git -C work push -u origin main
  assert_contains "with key ${key:0:16}"
  verified_by_bob
)
end_test

begin_test "git sigstore sign uses a key in a token"
(
  set -eu -o pipefail
  begin_git_token_test
  git config --global --unset sigstore.passwordFile
  git config --global sigstore.key /absent.key
  assert_exit 0 git -C work sigstore sign --json \
    --key "$(token_uri "object=signer" "pin-source=$PWD/pin")"
  assert_contains "\"keyFingerprint\": \"$key\""
  echo more >>work/README.md
  git -C work commit -qam more
  assert_exit 0 git -C work sigstore tag v1 --key "$uri" --password-file "$PWD/pin"
  assert_exit 0 git -C work sigstore verify v1 --key "$TEST_DIR/signer.pub"
)
end_test

begin_test "without the PIN, the token or its module git pushes nothing"
(
  set -eu -o pipefail
  begin_git_token_test
  before=$(git -C work rev-parse main)
  unpushed() { # PHRASE URI
    assert_exit 1 git -C work -c "sigstore.key=$2" push -u origin main
    assert_contains "cannot sign: $1"
    refute_contains "$TOKEN_PIN"
    assert_eq "$before" "$(git -C work rev-parse main)"
    assert_eq "" "$(git -C "$HUB_ROOT/org/m.git" for-each-ref)"
  }
  echo wrong-pin >pin
  unpushed "token 'ml': login: wrong PIN" "$uri"
  git config --global --unset sigstore.passwordFile
  unpushed "token 'ml': the token wants a PIN and there is no terminal to ask" "$uri"
  echo "$TOKEN_PIN" >pin
  git config --global sigstore.passwordFile "$PWD/pin"
  unpushed "no token matches the PKCS#11 URI (there is 'ml')" "$(token_uri "token=other")"
  unpushed "the PKCS#11 URI names no module" "pkcs11:object=signer"
  cp "$TOKEN_MODULE" own.so
  unpushed "PKCS#11 module $PWD/own.so is not loaded: others than root may write /" \
    "pkcs11:object=signer?module-path=$PWD/own.so"
  unpushed "the PKCS#11 URI has the PIN itself (pin-value)" \
    "$(token_uri "object=signer" "pin-value=$TOKEN_PIN")"
  git config --global sigstore.key "$(token_uri "object=signer" "pin-value=$TOKEN_PIN")"
  assert_exit 0 git -C work sigstore status
  assert_contains "signing key:   pkcs11:object=signer"
  refute_contains "$TOKEN_PIN"
  refute_contains module-path
)
end_test
