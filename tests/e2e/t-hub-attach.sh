#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore attach, fetch and list-signatures: further signatures and
# attestations beside a repository of the Hub. What strangers put there loses
# nothing, breaks nothing, and is never called verified.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/keylesslib.sh
. "$(dirname "$0")/keylesslib.sh"

provenance=https://slsa.dev/provenance/v1

# writer NAME: has a key, and may write everywhere on the hub.
writer() {
  signer "$1"
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf HF_TOKEN=hf_writer
}
# reader NAME [TOKEN]: has a key, and may write nowhere.
reader() {
  signer "$1"
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf
  unset HF_TOKEN
  [ -z "${2:-}" ] || export HF_TOKEN=$2
}
# model: ./work, which alice pushes to org/m, signed; ./alice.pub.
model() {
  start_hub
  writer alice
  make_model work
  rm -rf work/.git work/.gitattributes
  hf-sigstore push work org/m --key "$HOME/alice.key" -q >url
  cp "$(public_key alice)" alice.pub
  root=$(hf-sigstore digest work --ignore work/model.sig | grep -o '[0-9a-f]\{64\}')
}
# statement HEX [TYPE]: an in-toto statement about it, on stdout.
statement() {
  printf '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"m","digest":{"sha256":"%s"}}],"predicateType":"%s","predicate":{"n":"%s"}}' \
    "$1" "${2:-$provenance}" "${3:-1}"
}
# attestation OUT HEX [TYPE [N]]: by the one who is here, with their key.
attestation() {
  statement "${@:2}" >statement.json
  hf-sigstore sign-bundle --key "$HOME/${HOME##*/}.key" --in-toto --bundle "$1" statement.json
}
on_hub() { git -C "$HUB_ROOT/org/m.git" "$@"; }
claims() { on_hub show "${1:-sigstore}:claims.jsonl"; }
# verdict PATH: what list-signatures --json says of it, in "$out".
verdict() {
  python3 -c '
import json, sys
for item in json.load(sys.stdin)["signatures"]:
    if item["path"] + (":%d" % item["line"] if "line" in item else "") == sys.argv[1]:
        print(item["state"], "|", item.get("covers", ""), "|", item.get("reason", ""))
' "$1" <<<"$out"
}

begin_test "an attestation is attached beside a signed model, listed and fetched"
(
  set -eu -o pipefail
  model
  main=$(on_hub rev-parse main)
  attestation p.sigstore.json "$root"
  assert_exit 0 hf-sigstore attach p.sigstore.json org/m
  assert_contains "attached: 1 of 1 bundles to org/m@sigstore"
  assert_contains "url: "
  # The model is as it was, and still verifies.
  assert_eq "$main" "$(on_hub rev-parse main)"
  assert_eq "claims.jsonl" "$(on_hub ls-tree --name-only sigstore)"
  reader bob
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub
  assert_contains "PATH"
  assert_contains "OMS signature"
  assert_contains "attestation $provenance"
  assert_contains "sigstore: claims.jsonl:1"
  assert_contains "verified"
  refute_contains "not verified"
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub --json
  assert_eq "verified | all $(find work -type f ! -name model.sig | wc -l) files | " "$(verdict model.sig)"
  assert_eq "$(verdict model.sig)" "$(verdict claims.jsonl:1)"
  assert_exit 0 hf-sigstore fetch org/m --key alice.pub
  assert_contains "fetched: 2 of 2 bundles"
  assert_same_file work/model.sig m.sigstore/model.sig
  claims >expected
  assert_same_file expected m.sigstore/sigstore/claims.jsonl
  # Again: the same is there already.
  assert_exit 0 hf-sigstore fetch org/m --key alice.pub -q
  assert_eq m.sigstore "$out"
  echo changed >m.sigstore/model.sig
  assert_exit 4 hf-sigstore fetch org/m --key alice.pub
  assert_contains "model.sig is there already, with other bytes"
  git sigstore trust add "$HUB_URL/org/m" --key alice.pub --name Alice
  assert_exit 0 hf-sigstore pull org/m
  assert_contains "verified: signed by Alice"
  # The memory of whom bob trusts serves here, too.
  assert_exit 0 hf-sigstore list-signatures org/m
)
end_test

begin_test "with nobody to judge by, nothing is called verified"
(
  set -eu -o pipefail
  model
  attestation p.sigstore.json "$root"
  hf-sigstore attach p.sigstore.json org/m -q
  reader bob
  assert_exit 4 hf-sigstore list-signatures org/m
  assert_contains "signer not judged"
  assert_contains "[key $(fingerprint work/model.sig | cut -c 1-16)]"
  refute_contains " verified"
  assert_exit 4 hf-sigstore list-signatures org/m --json
  refute_contains '"verified": true'
  assert_exit 4 hf-sigstore fetch org/m
  assert_contains "nobody is named whose signatures count"
  assert_missing m.sigstore
  assert_exit 3 hf-sigstore fetch org/m --all --local-dir all
  assert_contains "model.sig: OMS signature, signer not judged"
  refute_contains " verified"
  assert_same_file work/model.sig all/model.sig
  # Somebody else than those who signed.
  assert_exit 1 hf-sigstore list-signatures org/m --key "$(public_key bob)"
  assert_contains "not verified: signed by key "
  assert_exit 1 hf-sigstore fetch org/m --key "$(public_key bob)"
  assert_contains "fetched: 0 of 2 bundles"
  assert_missing m.sigstore
)
end_test

begin_test "what is no bundle, or about something else, is not attached"
(
  set -eu -o pipefail
  model
  before=$(on_hub for-each-ref)
  echo '{"no": "bundle"}' >no.json
  assert_exit 4 hf-sigstore attach no.json org/m
  assert_contains "no.json: "
  attestation other.json "$(printf 'a%.0s' {1..64})"
  assert_exit 1 hf-sigstore attach other.json org/m
  assert_contains "other.json: none of its subjects is this model, a file of it, or this commit"
  echo more >>work/config.json
  hf-sigstore sign work --key "$HOME/alice.key" --signature other.sig --ignore work/model.sig
  assert_exit 1 hf-sigstore attach other.sig org/m
  assert_contains "other.sig: does not match its signature: changed config.json"
  assert_exit 4 hf-sigstore attach missing.json org/m
  assert_eq "$before" "$(on_hub for-each-ref)"
  # Unless it is said.
  assert_exit 0 hf-sigstore attach other.json org/m --any-subject
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub --json
  assert_contains '"state": "not verified"'
  assert_eq "not verified |  | none of its subjects is this model, a file of it, or this commit" "$(verdict claims.jsonl:1)"
  # A file, and a commit.
  attestation file.json "$(sha256sum work/model-00001-of-00002.safetensors | cut -c 1-64)"
  statement "$root" | sed "s/\"sha256\":\"$root\"/\"gitCommit\":\"$(on_hub rev-parse main)\"/" >statement.json
  hf-sigstore sign-bundle --key "$HOME/alice.key" --in-toto --bundle commit.json statement.json
  assert_exit 0 hf-sigstore attach file.json commit.json org/m --json
  assert_contains '"model-00001-of-00002.safetensors"'
  assert_contains "\"commit $(on_hub rev-parse --short=7 main)\""
)
end_test

begin_test "a second signature of the model comes beside the first one, as a file"
(
  set -eu -o pipefail
  model
  writer bob
  hf-sigstore sign work --key "$HOME/bob.key" --signature bob.sig --ignore work/model.sig
  assert_exit 0 hf-sigstore attach bob.sig org/m --separate
  assert_eq bob.sigstore.json "$(on_hub ls-tree --name-only sigstore)"
  assert_exit 0 hf-sigstore list-signatures org/m --key "$(public_key bob)" --json
  assert_eq "verified" "$(verdict bob.sigstore.json | cut -d ' ' -f 1)"
  assert_eq "not verified" "$(verdict model.sig | cut -d ' ' -f 1-2)"
  assert_exit 0 hf-sigstore fetch org/m --key "$(public_key bob)" -q
  assert_same_file bob.sig m.sigstore/sigstore/bob.sigstore.json
  assert_missing m.sigstore/model.sig
  # The same again adds nothing; another one of that name does not replace it.
  before=$(on_hub rev-parse sigstore)
  assert_exit 0 hf-sigstore attach bob.sig org/m --separate
  assert_contains "attached: 0 of 1"
  hf-sigstore sign work --key "$HOME/bob.key" --signature bob.sig --ignore work/model.sig
  assert_exit 4 hf-sigstore attach bob.sig org/m --separate
  assert_contains "bob.sigstore.json is there already, with other bytes"
  assert_eq "$before" "$(on_hub rev-parse sigstore)"
  # Beside the files of the model itself it would make alice's wrong.
  assert_exit 4 hf-sigstore attach bob.sig org/m --branch main
  assert_contains "org/m@main is signed, and its signature lists no further file"
)
end_test

begin_test "claims.jsonl only grows: duplicates, people at once, lines of strangers"
(
  set -eu -o pipefail
  model
  for n in 1 2 3 4; do attestation "$n.json" "$root" "$provenance" "$n"; done
  assert_exit 0 hf-sigstore attach 1.json org/m
  claims >first
  assert_exit 0 hf-sigstore attach 1.json org/m
  assert_contains "attached: 0 of 1 bundles to org/m@sigstore: the others are there"
  claims >again
  assert_same_file first again
  pids=""
  for n in 2 3 4; do
    hf-sigstore attach "$n.json" org/m >"$n.log" 2>&1 &
    pids="$pids $!"
  done
  for pid in $pids; do wait "$pid" || fail "$(cat ./*.log)"; done
  claims >all
  assert_eq 4 "$(wc -l <all)"
  head -n 1 all >start
  assert_same_file first start
  # Somebody who may write leaves broken, doubled, foreign and hostile lines.
  as_plain mallory
  git clone -q --branch sigstore "$HUB_URL/org/m" evil
  foreign=$(statement "$(printf 'b%.0s' {1..64})" | base64 -w 0)
  {
    cat all
    head -n 1 all
    echo '{"broken":'
    printf '\033]0;owned\007\n\n'
    sed -n 1p all | python3 -c '
import json, sys
b = json.load(sys.stdin)
b["dsseEnvelope"]["payload"] = sys.argv[1]
print(json.dumps(b))' "$foreign"
    printf '"%0*d"\n' 1100000 0
    printf 'no end'
  } >evil/claims.jsonl
  git -C evil commit -qam Improve
  git -C evil push -q
  claims >evil.jsonl
  reader bob
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub
  refute_contains $'\033'
  assert_contains "the line is longer than 1048576 bytes"
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub --json
  assert_eq 5 "$(grep -c '"verified": true' <<<"$out")"
  assert_eq "could not tell" "$(verdict claims.jsonl:6 | cut -d ' ' -f 1-3)"
  assert_eq "not verified" "$(verdict claims.jsonl:9 | cut -d ' ' -f 1-2)"
  assert_exit 0 hf-sigstore fetch org/m --key alice.pub -q
  assert_same_file all m.sigstore/sigstore/claims.jsonl
  # And what they wrote is kept when something is added.
  writer alice
  attestation 5.json "$root" "$provenance" 5
  assert_exit 0 hf-sigstore attach 5.json org/m
  claims >now
  head -c "$(stat -c %s evil.jsonl)" now >kept
  assert_same_file evil.jsonl kept
  assert_contains '"dsseEnvelope"' "$(tail -n 1 now)"
  # Too long as a whole: one that cannot be told, and nothing is added to it.
  head -c 11000000 /dev/zero | tr '\0' '\n' >evil/claims.jsonl
  as_plain mallory
  git -C evil fetch -q
  git -C evil reset -q --soft origin/sigstore
  git -C evil commit -qam Improve
  git -C evil push -q
  reader bob
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub --json
  assert_eq "could not tell |  | it is longer than 10485760 bytes" "$(verdict claims.jsonl)"
  writer alice
  before=$(on_hub rev-parse sigstore)
  assert_exit 4 hf-sigstore attach 5.json org/m
  assert_contains "claims.jsonl"
  assert_eq "$before" "$(on_hub rev-parse sigstore)"
)
end_test

begin_test "who may not write opens a pull request"
(
  set -eu -o pipefail
  model
  reader bob hf_reader
  attestation p.json "$root"
  refs=$(on_hub for-each-ref refs/heads)
  assert_exit 0 hf-sigstore attach p.json org/m
  assert_contains "the pull request is for org/m@main, since there is no branch sigstore yet"
  assert_contains "discussions/1"
  assert_eq "$refs" "$(on_hub for-each-ref refs/heads)"
  assert_exit 0 hf-sigstore list-signatures org/m --revision refs/pr/1 --key "$(public_key bob)" --json
  assert_eq verified "$(verdict claims.jsonl:1 | cut -d ' ' -f 1)"
  # Its owner takes it over.
  writer alice
  assert_exit 0 hf-sigstore fetch org/m --revision refs/pr/1 --key "$(public_key bob)" --local-dir pr -q
  assert_exit 0 hf-sigstore attach pr/claims.jsonl org/m
  assert_eq claims.jsonl "$(on_hub ls-tree --name-only sigstore)"
  # From now on, to the branch that is there.
  reader bob hf_reader
  attestation q.json "$root" "$provenance" 2
  assert_exit 0 hf-sigstore attach q.json org/m
  assert_contains "the token may not write here: opening a pull request"
  assert_eq 2 "$(claims refs/pr/2 | wc -l)"
  assert_eq 1 "$(claims | wc -l)"
)
end_test

begin_test "nothing there, gated, not there, no token"
(
  set -eu -o pipefail
  model
  attestation p.json "$root"
  hub_create org/empty
  as_plain mallory
  git clone -q "$HUB_URL/org/m" other
  git -C other rm -q model.sig
  git -C other commit -qm "Remove it"
  git -C other push -q "$HUB_URL/org/empty" main
  reader bob
  assert_exit 3 hf-sigstore list-signatures org/empty --key alice.pub
  assert_contains "has no signatures and no attestations"
  assert_exit 3 hf-sigstore fetch org/empty --key alice.pub
  assert_missing empty.sigstore
  assert_exit 4 hf-sigstore list-signatures org/nowhere
  assert_exit 4 hf-sigstore attach p.json org/m
  assert_contains "there is no token of the Hub"
  hub_settings org/m '{"gated": "manual"}'
  assert_exit 4 hf-sigstore list-signatures org/m --key alice.pub
  refute_contains "verified"
  # An unsigned model can have them among its files, when that is asked for.
  writer alice
  assert_exit 0 hf-sigstore attach p.json org/empty --branch main
  assert_contains "to org/empty@main"
  assert_exit 0 hf-sigstore list-signatures org/empty --key alice.pub --json
  assert_eq verified "$(verdict claims.jsonl:1 | cut -d ' ' -f 1)"
  assert_contains '"beside": false'
)
end_test

begin_test "identities: who it was and when, by certificate and log"
(
  set -eu -o pipefail
  start_sigstore
  model
  get_token
  statement "$root" >statement.json
  assert_exit 0 hf-sigstore sign-bundle --identity-token "$(cat token)" --in-toto \
    --trusted-root instance/trusted_root.json --signing-config instance/signing_config.json \
    --bundle p.json statement.json
  assert_exit 0 hf-sigstore attach p.json org/m
  reader bob
  trust="--trusted-root instance/trusted_root.json"
  # shellcheck disable=SC2086
  assert_exit 0 hf-sigstore list-signatures org/m $trust --identity alice@example.org --issuer "$SIGSTORE_URL/oidc" --json
  assert_contains '"signer": "alice@example.org'
  assert_contains '"time": "20'
  assert_eq verified "$(verdict claims.jsonl:1 | cut -d ' ' -f 1)"
  # shellcheck disable=SC2086
  assert_exit 1 hf-sigstore list-signatures org/m $trust --identity eve@example.org --issuer "$SIGSTORE_URL/oidc" --json
  assert_eq "not verified" "$(verdict claims.jsonl:1 | cut -d ' ' -f 1-2)"
  # shellcheck disable=SC2086
  assert_exit 4 hf-sigstore list-signatures org/m $trust
  assert_contains "[alice@example.org"
  assert_contains "signer not judged"
  # Not genuine is told even so: another root knows nothing of its authority.
  python3 - <<'PYTHON'
import base64, json
bundle = json.load(open("p.json"))
payload = base64.b64decode(bundle["dsseEnvelope"]["payload"])
bundle["dsseEnvelope"]["payload"] = base64.b64encode(payload.replace(b'"n":"1"', b'"n":"2"')).decode()
json.dump(bundle, open("evil.json", "w"))
PYTHON
  writer alice
  hf-sigstore attach evil.json org/m -q
  # shellcheck disable=SC2086
  assert_exit 1 hf-sigstore list-signatures org/m $trust --json
  assert_eq "not verified" "$(verdict claims.jsonl:2 | cut -d ' ' -f 1-2)"
)
end_test

begin_test "a signature that git made for a repository is none for another one"
(
  set -eu -o pipefail
  start_hub
  publish
  cp "$(public_key alice)" alice.pub
  hub_create org/other
  git -C "$bare" push -q "$HUB_ROOT/org/other.git" main
  reader bob
  assert_exit 0 hf-sigstore list-signatures org/m --key alice.pub --json
  assert_eq verified "$(verdict model.sig | cut -d ' ' -f 1)"
  assert_exit 1 hf-sigstore list-signatures org/other --key alice.pub
  assert_contains "not verified: signature was made for "
  assert_exit 1 hf-sigstore fetch org/other --key alice.pub
  assert_missing other.sigstore
)
end_test
