#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore on folders and files, without git.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

# make_folder [DIR]: a model without git; alice's and mallory's keys.
make_folder() {
  local dir=${1:-m}
  mkdir -p "$dir/sub"
  echo '{"model_type": "tiny"}' >"$dir/config.json"
  head -c 5000 /dev/urandom >"$dir/sub/weights.bin"
  : >"$dir/empty"
  if [ ! -e alice.key ]; then
    hf-sigstore keygen --no-password alice
    hf-sigstore keygen --no-password mallory
  fi
}

# as_json CODE COMMAND...: its output is JSON, in ./out.json, and nothing is on
# standard error.
as_json() {
  local -
  set +x
  local expected=$1 status=0
  shift
  "$@" >out.json 2>err || status=$?
  cat out.json err
  assert_eq "$expected" "$status"
  assert_eq "" "$(cat err)"
  python3 -m json.tool out.json >/dev/null || fail "no JSON: $(cat out.json)"
}

# assert_json EXPRESSION: in Python, of the answer a.
assert_json() {
  local -
  set +x
  python3 -c 'import json, sys
a = json.load(open("out.json"))
sys.exit(not eval(sys.argv[1]))' "$1" || fail "not so: $1: $(cat out.json)"
}

# type_at_prompts COMMAND [PROMPT TEXT]...: on a terminal of its own, each TEXT
# once PROMPT is shown and the echo is off. ./screen is what was shown.
type_at_prompts() {
  local -
  set +x
  local command=$1 pid
  shift
  rm -f keys screen tty-name
  mkfifo keys
  script -qefc "tty >tty-name; $command" screen <keys >/dev/null 2>&1 &
  pid=$!
  exec 9>keys
  while [ $# -gt 0 ]; do
    until grep -qsF "$1" screen &&
      stty -F "$(cat tty-name)" -a | grep -q -- ' -echo '; do
      kill -0 "$pid" || fail "it ended before it asked '$1': $(cat screen)"
      sleep 0.02
    done
    printf '%s\n' "$2" >&9
    shift 2
  done
  typed_status=0
  wait "$pid" || typed_status=$?
  exec 9>&-
  cat -v screen
}

begin_test "a folder is signed and verified"
(
  set -eu -o pipefail
  make_folder
  assert_exit 0 hf-sigstore sign m --key alice.key
  assert_contains "signed: 3 resources, 5.0 kB, key $(sha256sum alice.pub | cut -d ' ' -f 1)"
  assert_contains "signature: m/model.sig"
  assert_exit 0 hf-sigstore verify m --key alice.pub
  assert_contains "verified: 3 resources, 5.0 kB, signed by key $(sha256sum alice.pub | cut -d ' ' -f 1)"
  # One of several keys; the folder may be moved, and seen from inside.
  assert_exit 0 hf-sigstore verify m --key mallory.pub --key alice.pub
  mv m elsewhere
  assert_exit 0 hf-sigstore verify elsewhere/ --key alice.pub
  cd elsewhere
  assert_exit 0 hf-sigstore verify . --key ../alice.pub
)
end_test

begin_test "what was changed, is missing or came in is named"
(
  set -eu -o pipefail
  make_folder
  hf-sigstore sign m --key alice.key
  echo x >>m/config.json
  rm m/empty
  echo evil >m/sub/pickle.bin
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "hf-sigstore: does not match its signature: changed config.json, missing empty, extra sub/pickle.bin"
  assert_contains "  extra sub/pickle.bin"
  echo more >m/more
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "(+1 more)"
)
end_test

begin_test "folders that are empty and modes of files are not covered"
(
  set -eu -o pipefail
  make_folder
  hf-sigstore sign m --key alice.key
  mkdir m/nothing
  chmod 755 m/config.json
  touch -d 2001-01-01 m/config.json
  mkdir m/.git m/.github
  echo x | tee m/.git/x m/.github/x m/.gitignore >m/.gitattributes
  assert_exit 0 hf-sigstore verify m --key alice.pub
  # At the top only.
  echo x >m/sub/.gitattributes
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "extra sub/.gitattributes"
)
end_test

begin_test "a single file has its signature beside it"
(
  set -eu -o pipefail
  make_folder
  assert_exit 0 hf-sigstore sign m/sub/weights.bin --key alice.key
  assert_contains "signature: m/sub/weights.bin.sig"
  assert_exit 0 hf-sigstore verify m/sub/weights.bin --key alice.pub
  cd m/sub
  assert_exit 0 hf-sigstore verify weights.bin --key ../../alice.pub
  cp weights.bin other.bin
  cp weights.bin.sig other.bin.sig
  assert_exit 1 hf-sigstore verify other.bin --key ../../alice.pub
  assert_contains "missing weights.bin, extra other.bin"
  echo x >>weights.bin
  assert_exit 1 hf-sigstore verify weights.bin --key ../../alice.pub
  assert_contains "changed weights.bin"
)
end_test

begin_test "every result is JSON when asked for"
(
  set -eu -o pipefail
  make_folder
  print=$(sha256sum alice.pub | cut -d ' ' -f 1)
  as_json 0 hf-sigstore sign m --key alice.key --json
  assert_json "a['ok'] is True and a['signature'] == 'm/model.sig'"
  assert_json "a['keyFingerprint'] == '$print' and a['resources'] == 3"
  assert_json "a['bytes'] == $(cat m/config.json m/sub/weights.bin | wc -c)"
  root=$(sed -n 's/.*"rootDigest": "\(.*\)".*/\1/p' out.json)
  as_json 0 hf-sigstore verify m --key alice.pub --json
  assert_json "a['ok'] is True and a['rootDigest'] == '$root' and a['notes'] == []"
  assert_json "a['keyFingerprint'] == '$print' and a['resources'] == 3 and a['modelName'] == 'm'"
  as_json 0 hf-sigstore digest m --json
  assert_json "a['ok'] is True and a['rootDigest'] == '$root' and a['algorithm'] == 'sha256'"
  assert_json "[r['name'] for r in a['resources']] == ['config.json', 'empty', 'sub/weights.bin']"
  assert_eq "$root" "$(hf-sigstore digest m)"
  as_json 0 hf-sigstore inspect m --json
  assert_json "a['verified'] is False and a['method'] == 'key' and a['keyFingerprint'] == '$print'"
  assert_json "a['statement']['predicateType'] == 'https://model_signing/signature/v1.0'"
  assert_json "a['statement']['subject'][0]['digest']['sha256'] == '${root#sha256:}'"
  as_json 0 hf-sigstore keygen bob --no-password --json
  assert_json "a['ok'] is True and a['privateKey'] == 'bob.key' and a['publicKey'] == 'bob.pub'"
  assert_json "a['keyFingerprint'] == '$(sha256sum bob.pub | cut -d ' ' -f 1)'"
)
end_test

begin_test "every failure is JSON when asked for"
(
  set -eu -o pipefail
  make_folder
  as_json 1 hf-sigstore verify m --key alice.pub --json
  assert_json "a['ok'] is False and a['kind'] == 'unsigned' and a['details'] == []"
  hf-sigstore sign m --key alice.key
  as_json 1 hf-sigstore verify m --key mallory.pub --json --exit-detail
  assert_json "a['kind'] == 'wrong_signer' and 'expected key' in a['message']"
  rm m/empty
  as_json 1 hf-sigstore verify m --key alice.pub --json
  assert_json "a['kind'] == 'content_differs' and a['details'] == ['missing empty']"
  for verb in "sign --key alice.key" digest inspect; do
    # shellcheck disable=SC2086
    as_json 4 hf-sigstore $verb absent --json
    assert_json "a['ok'] is False and a['kind'] == 'not_found' and 'absent' in a['message']"
  done
  as_json 4 hf-sigstore keygen alice --no-password --json
  assert_json "a['kind'] == 'invalid_input' and 'never overwritten' in a['message']"
)
end_test

begin_test "the kind of a failure is one word on standard output"
(
  set -eu -o pipefail
  make_folder
  kind() { # CODE KIND COMMAND...
    local code=$1 expected=$2 status=0
    shift 2
    out=$("$@" --exit-detail 2>err) || status=$?
    assert_eq "$code $expected" "$status $out"
    grep -q "^hf-sigstore: " err || fail "no message"
  }
  kind 1 unsigned hf-sigstore verify m --key alice.pub
  hf-sigstore sign m --key alice.key
  assert_eq "verified" "$(hf-sigstore verify m --key alice.pub --exit-detail | cut -d : -f 1)"
  kind 4 unknown_signer hf-sigstore verify m
  kind 1 wrong_signer hf-sigstore verify m --key mallory.pub
  kind 4 not_found hf-sigstore verify m --key absent.pub
  cp m/model.sig good.sig
  sed 's/bundle\.v0\.3/bundle.v0.2/' good.sig >m/model.sig
  kind 4 unsupported hf-sigstore verify m --key alice.pub
  cp good.sig m/model.sig
  ln -s config.json m/link
  kind 1 unsafe_tree hf-sigstore verify m --key alice.pub
  rm m/link
  echo x >m/extra
  kind 1 content_differs hf-sigstore verify m --key alice.pub
  rm m/extra
  # The signature itself, by one character.
  sed -E 's/("sig": ?"[A-Za-z0-9+\/]{20})./\1-/; s/-/A/2; s/("sig": ?"[^-"]*)-/\1B/' good.sig >m/model.sig
  cmp -s good.sig m/model.sig && fail "nothing was changed"
  kind 1 bad_signature hf-sigstore verify m --key alice.pub
  echo '{' >m/model.sig
  kind 4 invalid_input hf-sigstore verify m --key alice.pub
)
end_test

begin_test "the command line is checked: exit code 2"
(
  set -eu -o pipefail
  make_folder
  for wrong in "" "bogus" "verify" "sign m --key" "verify m --bogus" \
    "sign m --key alice.key --method x" "digest m --hash md5" \
    "digest m --method shards --shard-size 0" "digest m --shard-size -1" \
    "keygen" "keygen k --curve p999" "inspect" "inspect a b"; do
    # shellcheck disable=SC2086
    assert_exit 2 hf-sigstore $wrong
    assert_contains "--help"
  done
  assert_missing k.key
  assert_exit 0 hf-sigstore --version
  assert_exit 0 hf-sigstore verify --help
)
end_test

begin_test "every hash engine gives the same digest, or says that it cannot"
(
  set -eu -o pipefail
  mkdir m
  head -c 3000001 /dev/urandom >m/a.bin
  head -c 400000 /dev/urandom >m/b.bin
  : >m/empty
  for hash in sha256 blake2b blake3; do
    expected=$(hf-sigstore digest m --paranoid --hash "$hash")
    for engine in best openssl sha-ni avx2 avx512; do
      as=(hf-sigstore digest m --paranoid --hash "$hash" --hash-engine "$engine")
      if got=$("${as[@]}" 2>error); then
        assert_eq "$expected" "$got"
      else
        assert_exit 4 "${as[@]}"
        assert_contains "this processor cannot run the hash engine"
      fi
    done
  done
  assert_exit 2 hf-sigstore digest m --hash-engine fastest
)
end_test

begin_test "shards and blake2b are what their specification says"
(
  set -eu -o pipefail
  make_folder
  cat >digest.py <<'PYTHON'
import hashlib, os, sys
name, size = sys.argv[1], int(sys.argv[2])
root = hashlib.sha256()
for path in ["config.json", "empty", "sub/weights.bin"]:
    data = open(os.path.join("m", path), "rb").read()
    parts = [data] if size == 0 else [data[i:i + size] for i in range(0, len(data), size)]
    for part in parts:
        root.update(hashlib.new(name, part).digest())
print("sha256:" + root.hexdigest())
PYTHON
  assert_eq "$(python3 digest.py sha256 0)" "$(hf-sigstore digest m)"
  assert_eq "$(python3 digest.py blake2b512 0)" "$(hf-sigstore digest m --hash blake2b)"
  assert_eq "$(python3 digest.py sha256 2000)" "$(hf-sigstore digest m --method shards --shard-size 2000)"
  assert_eq "$(python3 digest.py blake2b512 2000)" \
    "$(hf-sigstore digest m --method shards --shard-size 2000 --hash blake2b)"
  as_json 0 hf-sigstore sign m --key alice.key --method shards --shard-size 2000 --hash blake2b --json
  assert_json "a['resources'] == 4 and a['rootDigest'] == '$(python3 digest.py blake2b512 2000)'"
  as_json 0 hf-sigstore inspect m --json
  assert_json "a['statement']['predicate']['serialization']['shard_size'] == 2000"
  assert_json "'sub/weights.bin:4000:5000' in [r['name'] for r in a['statement']['predicate']['resources']]"
  assert_exit 0 hf-sigstore verify m --key alice.pub
  printf x | dd of=m/sub/weights.bin bs=1 seek=3000 conv=notrunc 2>/dev/null
  echo x >>m/sub/weights.bin
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "does not match its signature: changed sub/weights.bin"
)
end_test

begin_test "what a signer leaves out is extra, unless the verifier leaves it out"
(
  set -eu -o pipefail
  make_folder
  assert_exit 0 hf-sigstore sign m --key alice.key --ignore m/sub --ignore empty
  assert_contains "signed: 1 resources"
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "extra empty, extra sub/weights.bin"
  # As typed from here, or from the top of the model.
  assert_exit 0 hf-sigstore verify m --key alice.pub --ignore sub/ --ignore m/empty
  assert_exit 0 hf-sigstore verify m --key alice.pub --ignore "$PWD/m/sub" --ignore ./m/empty
  # The signature says what may be hidden; an attacker puts a file there.
  hf-sigstore sign m --key alice.key --ignore m/cache
  assert_exit 0 hf-sigstore verify m --key alice.pub
  mkdir m/cache
  echo evil >m/cache/evil.py
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "extra cache/evil.py; the signer left out cache, which counts only if you ignore it too"
)
end_test

begin_test "what is signed cannot be ignored, nor what is outside, nor a pattern"
(
  set -eu -o pipefail
  make_folder
  hf-sigstore sign m --key alice.key
  echo evil >m/sub/weights.bin
  assert_exit 1 hf-sigstore verify m --key alice.pub --ignore sub
  assert_contains "does not match its signature: changed sub/weights.bin"
  assert_exit 4 hf-sigstore verify m --key alice.pub --ignore ../m2
  assert_contains "--ignore ../m2 is not inside of m"
  assert_exit 4 hf-sigstore verify m --key alice.pub --ignore "$PWD"
  assert_exit 4 hf-sigstore sign m --key alice.key --ignore "*.bin"
  assert_contains "only plain paths are allowed"
)
end_test

begin_test "unsigned files can be passed over, and then only they"
(
  set -eu -o pipefail
  make_folder
  hf-sigstore sign m --key alice.key
  echo new >m/notes
  ln -s /etc/passwd m/link
  assert_exit 0 hf-sigstore verify m --key alice.pub --ignore-unsigned-files
  rm m/empty
  assert_exit 1 hf-sigstore verify m --key alice.pub --ignore-unsigned-files
  assert_contains "does not match its signature: missing empty"
)
end_test

begin_test "the signature may lie elsewhere"
(
  set -eu -o pipefail
  make_folder
  assert_exit 0 hf-sigstore sign m --key alice.key --signature apart.sig
  assert_missing m/model.sig
  assert_exit 0 hf-sigstore verify m --key alice.pub --signature apart.sig
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains "not signed: there is no m/model.sig"
  # Under another name inside it is no file of the model either.
  assert_exit 0 hf-sigstore sign m --key alice.key --signature m/sub/other.sig
  assert_exit 0 hf-sigstore verify m --key alice.pub --signature m/sub/other.sig
  assert_exit 1 hf-sigstore verify m --key alice.pub --signature apart.sig
  assert_contains "extra sub/other.sig"
)
end_test

begin_test "symbolic links count only where both sides say so"
(
  set -eu -o pipefail
  make_folder
  ln -s config.json m/link
  for verb in "sign --key alice.key" digest; do
    # shellcheck disable=SC2086
    assert_exit 1 hf-sigstore $verb m
    assert_contains "link is a symbolic link; links are not allowed in this model"
  done
  assert_missing m/model.sig
  assert_exit 0 hf-sigstore sign m --key alice.key --allow-symlinks
  assert_contains "signed: 4 resources"
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_exit 0 hf-sigstore verify m --key alice.pub --allow-symlinks
  rm m/link
  echo '{"model_type": "tiny"}' >m/link
  assert_exit 0 hf-sigstore verify m --key alice.pub
  ln -s sub m/folder
  assert_exit 1 hf-sigstore sign m --key alice.key --allow-symlinks
  assert_contains "folder is a symbolic link to a folder"
  rm m/folder
  # OMS v1.0 6.1.1: what leads out of the model is signed with a warning.
  echo elsewhere >apart
  ln -s ../apart m/outside
  ln -s sub/../config.json m/inside
  assert_exit 0 hf-sigstore sign m --key alice.key --allow-symlinks
  assert_contains "warning: outside is a symbolic link that leads out of the model, to $PWD/apart"
  refute_contains "warning: inside"
  assert_exit 0 hf-sigstore verify m --key alice.pub --allow-symlinks
  assert_contains "outside is a symbolic link that leads out of the model"
  rm m/outside m/inside
  # The signer did not allow them: the verifier cannot.
  hf-sigstore sign m --key alice.key
  rm m/link
  ln -s config.json m/link
  assert_exit 1 hf-sigstore verify m --key alice.pub --allow-symlinks
  ln -s m linked
  assert_exit 1 hf-sigstore digest linked
  assert_contains "name the folder it points to"
)
end_test

begin_test "names cannot write to the terminal"
(
  set -eu -o pipefail
  make_folder
  hf-sigstore sign m --key alice.key
  touch m/$'new\nline' m/$'red\e[31m' m/$'back\x08' m/$'turn\xe2\x80\xae' m/'quote"\'
  assert_exit 1 hf-sigstore verify m --key alice.pub
  assert_contains 'extra new\x0aline'
  assert_contains 'extra red\x1b[31m'
  assert_contains 'extra back\x08'
  assert_contains 'extra turn\xe2\x80\xae'
  # One line, and a line for each of five.
  assert_eq 6 "$(wc -l <<<"$out")"
  as_json 1 hf-sigstore verify m --key alice.pub --json
  assert_json "'extra new\nline' in a['details'] and 'extra quote\"\\\\' in a['details']"
  hf-sigstore sign m --key alice.key
  assert_exit 0 hf-sigstore verify m --key alice.pub
  assert_exit 0 hf-sigstore inspect m
  assert_contains 'red\x1b[31m'
  assert_exit 4 hf-sigstore verify $'absent\e[31m' --key alice.pub
  assert_contains 'absent\x1b[31m'
)
end_test

begin_test "a name that is not UTF-8 is refused, and no crash"
(
  set -eu -o pipefail
  make_folder
  touch m/$'bad\xff'
  for verb in "sign --key alice.key" digest; do
    # shellcheck disable=SC2086
    assert_exit 1 hf-sigstore $verb m
    assert_contains 'the name bad\xff is not valid UTF-8'
  done
  rm m/$'bad\xff'
  mkdir $'f\xff'
  cp -R m/. $'f\xff'
  assert_exit 4 hf-sigstore sign $'f\xff' --key alice.key
  hf-sigstore sign m --key alice.key
  cp m/model.sig $'f\xff'
  assert_exit 0 hf-sigstore verify $'f\xff' --key alice.pub
  assert_exit 0 hf-sigstore inspect $'f\xff'
  as_json 0 hf-sigstore inspect $'f\xff' --json
  as_json 0 hf-sigstore keygen $'k\xff' --no-password --json
  as_json 0 hf-sigstore sign m --key alice.key --signature $'s\xff' --json
)
end_test

begin_test "keys: modes, curves, and nothing is ever overwritten"
(
  set -eu -o pipefail
  for mask in 000 022 077; do
    (umask "$mask" && hf-sigstore keygen "k$mask" --no-password)
    assert_eq "600 644" "$(stat -c %a "k$mask.key" "k$mask.pub" | xargs)"
  done
  before=$(cat k000.key k000.pub)
  for gone in k000.key k000.pub none; do
    mv "$gone" saved || true
    assert_exit 4 hf-sigstore keygen k000 --no-password
    assert_contains "exists already; keys are never overwritten"
    assert_missing "$gone"
    mv saved "$gone" || true
  done
  assert_eq "$before" "$(cat k000.key k000.pub)"
  mkdir m
  echo x >m/x
  for curve in p256 p384 p521; do
    hf-sigstore keygen "$curve" --curve "$curve" --no-password
    openssl pkey -in "$curve.key" -noout -text | grep -i "p-${curve#p}"
    openssl pkey -in "$curve.key" -pubout | cmp - "$curve.pub"
    hf-sigstore sign m --key "$curve.key"
    assert_exit 0 hf-sigstore verify m --key "$curve.pub"
  done
  # Made by others.
  openssl ecparam -name prime256v1 -genkey -noout -out sec1.key
  openssl pkey -in sec1.key -pubout -out sec1.pub
  assert_exit 0 hf-sigstore sign m --key sec1.key
  assert_exit 0 hf-sigstore verify m --key sec1.pub
)
end_test

begin_test "a password comes from a file or the environment"
(
  set -eu -o pipefail
  make_folder
  printf 'first line\r\nsecond\n' >word
  hf-sigstore keygen locked --password-file word
  grep -q "BEGIN ENCRYPTED PRIVATE KEY" locked.key
  assert_eq 600 "$(stat -c %a locked.key)"
  openssl pkey -in locked.key -passin "pass:first line" -noout
  assert_exit 0 hf-sigstore sign m --key locked.key --password-file word
  assert_exit 0 env MY_WORD="first line" hf-sigstore sign m --key locked.key --password-env MY_WORD
  assert_exit 0 env HF_SIGSTORE_PASSWORD="first line" hf-sigstore sign m --key locked.key
  # The file first, then the named variable.
  assert_exit 0 env HF_SIGSTORE_PASSWORD=other hf-sigstore sign m --key locked.key --password-file word
  assert_exit 0 env HF_SIGSTORE_PASSWORD=other MY_WORD="first line" \
    hf-sigstore sign m --key locked.key --password-env MY_WORD
  # A key without one asks for none.
  assert_exit 0 hf-sigstore sign m --key alice.key
  assert_exit 4 hf-sigstore sign m --key locked.key --password-env UNSET_WORD
  assert_contains "the environment has no UNSET_WORD"
  assert_exit 4 hf-sigstore sign m --key locked.key --password-file absent
  assert_contains "cannot open absent"
  before=$(sha256sum m/model.sig)
  assert_exit 4 env HF_SIGSTORE_PASSWORD=wrong-secret hf-sigstore sign m --key locked.key
  assert_contains "wrong password"
  refute_contains wrong-secret
  assert_exit 4 setsid -w hf-sigstore sign m --key locked.key
  assert_contains "no terminal to ask"
  assert_eq "$before" "$(sha256sum m/model.sig)"
)
end_test

begin_test "a password is asked for on the terminal, without echo"
(
  set -eu -o pipefail
  unset GIT_TERMINAL_PROMPT
  make_folder
  type_at_prompts "hf-sigstore keygen locked" \
    "Password for the new key" typed-secret "The same again" typed-secret
  assert_eq 0 "$typed_status"
  openssl pkey -in locked.key -passin pass:typed-secret -noout
  ! grep -q typed-secret screen || fail "the password was shown"
  type_at_prompts "hf-sigstore sign m --key locked.key; stty -a" \
    "Password of the signing key: " typed-secret
  grep -q "signed: 3 resources" screen
  ! grep -q typed-secret screen || fail "the password was shown"
  grep -q " echo " screen || fail "the echo stays off"
  type_at_prompts "hf-sigstore sign m --key locked.key" \
    "Password of the signing key: " wrong-secret
  assert_eq 4 "$typed_status"
  grep -q "wrong password" screen
  ! grep -q wrong-secret screen || fail "the password was shown"
  type_at_prompts "hf-sigstore keygen other" \
    "Password for the new key" one-secret "The same again" two-secret
  assert_eq 4 "$typed_status"
  grep -q "the two passwords differ" screen
  assert_missing other.key
  assert_missing other.pub
)
end_test

begin_test "an interrupted prompt leaves the terminal as it was"
(
  set -eu -o pipefail
  unset GIT_TERMINAL_PROMPT
  make_folder
  echo x >word
  hf-sigstore keygen locked --password-file word
  type_at_prompts "trap : INT; env --default-signal=INT hf-sigstore sign m --key locked.key; stty -a" \
    "Password of the signing key: " $'\x03'
  grep -q " echo " screen || fail "the echo stays off"
)
end_test

begin_test "no password is in an argument or a message"
(
  set -eu -o pipefail
  make_folder
  printf 'very-secret-word\n' >word
  hf-sigstore keygen locked --password-file word
  truncate -s 3G m/large
  # While it hashes, nobody's command line holds the word.
  HF_SIGSTORE_PASSWORD=very-secret-word hf-sigstore sign m --key locked.key >said 2>&1 &
  pid=$!
  looks=0
  while [ -d "/proc/$pid" ] && [ "$looks" -lt 20 ]; do
    ! grep -slFf word /proc/[0-9]*/cmdline || fail "the password is in an argument"
    looks=$((looks + 1))
  done
  [ "$looks" -gt 0 ] || fail "it ended too early to look"
  kill "$pid" 2>/dev/null || true
  wait "$pid" || true
  ! grep -qFf word said || fail "the password is in a message"
  # git is called with arguments when a repository is signed.
  mkdir bin
  printf '#!/bin/sh\necho "$@" >>"%s/arguments"\nenv >>"%s/environment"\nexec "%s" "$@"\n' \
    "$PWD" "$PWD" "$(command -v git)" >bin/git
  chmod 755 bin/git
  make_model work
  git -C work remote add origin https://example.org/org/m
  cd work
  PATH=$TEST_DIR/bin:$PATH assert_exit 0 git-sigstore sign --key ../locked.key --password-file ../word
  assert_contains "signed: 5 files"
  [ -s ../arguments ] || fail "git was not called"
  ! grep -qFf ../word ../arguments ../environment || fail "git was given the password"
)
end_test

begin_test "in a pipe there is no progress and no colour, on a terminal NO_COLOR is heard"
(
  set -eu -o pipefail
  make_folder
  truncate -s 600M m/large
  hf-sigstore sign m --key alice.key >said 2>&1
  hf-sigstore verify m --key alice.pub >>said 2>&1
  hf-sigstore verify m --key mallory.pub >>said 2>&1 || true
  ! grep -q $'[\r\e]' said || fail "control characters: $(cat -v said)"
  assert_eq 4 "$(wc -l <said)"
  type_at_prompts "hf-sigstore verify m --key mallory.pub"
  assert_eq 1 "$typed_status"
  grep -q $'\e\\[31m' screen || fail "no colour on a terminal"
  NO_COLOR=1 type_at_prompts "hf-sigstore verify m --key mallory.pub"
  ! grep -q $'\e\\[31m' screen || fail "NO_COLOR is not heard"
  type_at_prompts "hf-sigstore digest m"
  grep -q "hashing .*% of 629.2 MB" screen || fail "no progress on a terminal"
)
end_test

begin_test "a new signature replaces the old one at once"
(
  set -eu -o pipefail
  make_folder
  hf-sigstore sign m --key alice.key
  chmod 640 m/model.sig
  cp m/model.sig old.sig
  exec 8<m/model.sig
  set +x
  for i in $(seq 40); do hf-sigstore sign m --key alice.key; done >/dev/null &
  writer=$!
  reads=0
  while kill -0 "$writer" 2>/dev/null; do
    hf-sigstore inspect m >/dev/null || fail "half a signature was read"
    reads=$((reads + 1))
  done
  set -x
  wait "$writer"
  [ "$reads" -gt 2 ] || fail "nothing was read meanwhile"
  # Who had the old one open still reads the old one.
  assert_eq "$(cat old.sig)" "$(cat <&8)"
  ! cmp -s old.sig m/model.sig || fail "nothing was written"
  assert_eq 640 "$(stat -c %a m/model.sig)"
  assert_exit 0 hf-sigstore verify m --key alice.pub
  assert_eq "config.json empty model.sig sub" "$(ls -A m | xargs)"
  # A signature that is a link stays one.
  mv m/model.sig kept.sig
  ln -s ../kept.sig m/model.sig
  hf-sigstore sign m --key alice.key
  [ -L m/model.sig ] || fail "the link was replaced"
  # What cannot be signed leaves the old one.
  before=$(sha256sum kept.sig)
  mkfifo m/fifo
  assert_exit 1 hf-sigstore sign m --key alice.key
  assert_eq "$before" "$(sha256sum kept.sig)"
)
end_test

begin_test "a result that cannot be written is no success"
(
  set -eu -o pipefail
  make_folder
  for verb in "digest m" "digest m --json" "sign m --key alice.key" "inspect m"; do
    status=0
    # shellcheck disable=SC2086
    hf-sigstore $verb >/dev/full || status=$?
    assert_eq "4 of $verb" "$status of $verb"
  done
)
end_test

begin_test "a signature is not written over a device"
(
  set -eu -o pipefail
  make_folder
  mkfifo pipe
  status=0
  hf-sigstore sign m --key alice.key --signature pipe || status=$?
  [ -p pipe ] || fail "the pipe was replaced by a file"
  assert_eq 4 "$status"
)
end_test
