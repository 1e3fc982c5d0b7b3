#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Bad input has one clear line, a documented exit code, no crash, and does not
# take the machine's memory.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# bad CODE PHRASE COMMAND...: the exit code, nothing on standard output, and on
# standard error one line with PHRASE, with details below it, if any, indented.
bad() {
  local -
  set +x
  local code=$1 phrase=$2 status=0
  shift 2
  "$@" >said 2>err </dev/null || status=$?
  printf '$ %s -> %s\n' "$*" "$status"
  cat said err
  [ "$status" -eq "$code" ] || fail "exit code $status instead of $code: $*"
  [ ! -s said ] || fail "standard output: $(cat said)"
  head -n 1 err | grep -qE '^(hf-)?sigstore: .' || fail "no message of ours"
  assert_contains "$phrase" "$(head -n 1 err)"
  [ "$(grep -cv '^  ' err)" -eq 1 ] || fail "more than one line: $(cat err)"
  ! grep -q '[^[:print:]]' err || fail "control characters: $(cat -v err)"
}

# small COMMAND...: fails when it takes more than 300 MB of memory; programs
# with sanitizers, which keep freed memory, have SIGSTORE_MEMORY_FACTOR.
small() {
  python3 -c 'import os, resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
if used > 300000 * int(os.environ.get("SIGSTORE_MEMORY_FACTOR", "1")):
    sys.exit("used %d kB of memory" % used)
sys.exit(status if status >= 0 else 128 - status)' "$@"
}

# as_other COMMAND...: by somebody to whom modes of files apply.
as_other() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}

make_folder() {
  mkdir m
  echo '{"model_type": "tiny"}' >m/config.json
  head -c 5000 /dev/urandom >m/weights.bin
  hf-sigstore keygen --no-password alice
  hf-sigstore keygen --no-password mallory
  hf-sigstore sign m --key alice.key
  cp m/model.sig good.sig
}

# trusting_repository: ./repository, a clone of org/m that bob trusts.
trusting_repository() {
  start_hub
  publish alice
  trusting bob alice
  git clone -q "$HUB_URL/org/m" repository
  trust=$HOME/.local/share/hf-sigstore/trust.json
}

begin_test "a model.sig that is no bundle"
(
  set -eu -o pipefail
  make_folder
  while IFS= read -r text; do
    printf '%b' "$text" >m/model.sig
    bad 4 "malformed bundle: " hf-sigstore verify m --key alice.pub
    bad 4 "m/model.sig: malformed bundle: " hf-sigstore inspect m
  done <<'CASES'

{
null
[]
"text"
{}
{"mediaType": 1}
{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}
{} {}
{"a": 1e999}
\x00\x00\x00
\xff\xfe{}
\xef\xbb\xbf{}
<html>not found</html>
-----BEGIN PUBLIC KEY-----
CASES
  for bytes in 1 100 700 $(($(wc -c <good.sig) - 2)); do
    head -c "$bytes" good.sig >m/model.sig
    bad 4 "malformed bundle: " hf-sigstore verify m --key alice.pub
  done
  sed 's/"payload": *"/&*/' good.sig >m/model.sig
  bad 4 "malformed bundle: " hf-sigstore verify m --key alice.pub
  sed 's/"payload": *"..../&AAAA/' good.sig >m/model.sig
  bad 1 "the signature is not by key " hf-sigstore verify m --key alice.pub
)
end_test

begin_test "a model.sig with a member twice"
(
  set -eu -o pipefail
  make_folder
  sed 's/{/{"mediaType":"x",/' good.sig >m/model.sig
  bad 4 "duplicate member 'mediaType'" hf-sigstore verify m --key alice.pub
  bad 4 "duplicate member 'mediaType'" hf-sigstore inspect m
)
end_test

begin_test "a model.sig nested ten thousand deep"
(
  set -eu -o pipefail
  make_folder
  python3 -c 'print("[" * 10000 + "]" * 10000)' >m/model.sig
  bad 4 "nested deeper than" hf-sigstore verify m --key alice.pub
  python3 -c 'print("{\"a\":" * 10000 + "1" + "}" * 10000)' >m/model.sig
  bad 4 "nested deeper than" hf-sigstore verify m --key alice.pub
  bad 4 "nested deeper than" hf-sigstore inspect m
  python3 -c 'print("[" * 10000000)' >m/model.sig
  bad 4 "nested deeper than" small hf-sigstore verify m --key alice.pub
)
end_test

begin_test "a model.sig of 100 MB"
(
  set -eu -o pipefail
  make_folder
  head -c 100000000 /dev/zero | tr '\0' ' ' >m/model.sig
  bad 4 "m/model.sig is larger than" small hf-sigstore verify m --key alice.pub
  bad 4 "m/model.sig is larger than" small hf-sigstore inspect m
  truncate -s 1T m/model.sig
  bad 4 "m/model.sig is larger than" small hf-sigstore verify m --key alice.pub
  # A file that does not say its size: endless, but bounded.
  bad 4 "is not a regular file" small hf-sigstore verify m --key alice.pub --signature /dev/zero
  # Signing replaces it.
  assert_exit 0 hf-sigstore sign m --key alice.key
  assert_exit 0 hf-sigstore verify m --key alice.pub
)
end_test

begin_test "a model.sig just below the limit does not take much more than its size"
(
  set -eu -o pipefail
  make_folder
  python3 -c 'print("[" + "0," * 33000000 + "0]")' >m/model.sig
  bad 4 "malformed bundle: " small hf-sigstore verify m --key alice.pub
)
end_test

begin_test "a model.sig of the wrong kind of file"
(
  set -eu -o pipefail
  make_folder
  rm m/model.sig
  mkdir m/model.sig
  bad 4 "m/model.sig is not a regular file" hf-sigstore verify m --key alice.pub
  bad 4 "m/model.sig is not a regular file" hf-sigstore inspect m
  bad 4 "m/model.sig is not a regular file" hf-sigstore sign m --key alice.key
  rmdir m/model.sig
  assert_eq "config.json weights.bin" "$(ls -A m | xargs)"
  mkfifo m/model.sig
  bad 4 "m/model.sig is not a regular file" hf-sigstore verify m --key alice.pub
  rm m/model.sig
  ln -s model.sig m/model.sig
  bad 4 "cannot open m/model.sig" hf-sigstore verify m --key alice.pub
)
end_test

begin_test "the wrong key, a missing key, and files that are no key"
(
  set -eu -o pipefail
  make_folder
  echo hello >text
  : >nothing
  head -c 200000 /dev/urandom >random
  printf -- '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n' >broken.pub
  printf -- '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' >broken.key
  openssl genrsa -out rsa.key 2048 2>/dev/null
  openssl pkey -in rsa.key -pubout -out rsa.pub
  openssl genpkey -algorithm ed25519 -out ed.key
  openssl pkey -in ed.key -pubout -out ed.pub
  bad 1 "expected key $(sha256sum mallory.pub | cut -d ' ' -f 1)" hf-sigstore verify m --key mallory.pub
  bad 4 "which is not known here" hf-sigstore verify m
  bad 4 "cannot open absent.pub" hf-sigstore verify m --key absent.pub
  bad 4 "cannot open absent.key" hf-sigstore sign m --key absent.key
  bad 4 ". is not a regular file" hf-sigstore verify m --key .
  bad 4 "alice.key: public key: no valid PEM block" hf-sigstore verify m --key alice.key
  bad 4 "alice.pub: private key: no valid PEM block" hf-sigstore sign m --key alice.pub
  for file in text nothing broken.pub; do
    bad 4 "$file: public key: " hf-sigstore verify m --key "$file"
  done
  for file in text nothing broken.key; do
    bad 4 "$file: private key: no valid PEM block" hf-sigstore sign m --key "$file"
  done
  bad 4 "random is larger than" hf-sigstore verify m --key random
  for key in rsa ed; do
    bad 4 "$key.pub: public key: not an ECDSA key" hf-sigstore verify m --key "$key.pub"
    bad 4 "$key.key: " hf-sigstore sign m --key "$key.key"
    assert_contains "not an ECDSA key" "$(cat err)"
  done
  # One bad key among good ones is not passed over.
  bad 4 "text: public key" hf-sigstore verify m --key alice.pub --key text
  assert_same_file good.sig m/model.sig
)
end_test

begin_test "a folder without files, and one that is not there"
(
  set -eu -o pipefail
  make_folder
  mkdir -p empty/only/folders
  bad 4 "there is no file to sign" hf-sigstore sign empty --key alice.key
  bad 4 "empty has no file to hash" hf-sigstore digest empty
  bad 1 "not signed: there is no empty/model.sig" hf-sigstore verify empty --key alice.pub
  assert_eq only "$(ls -A empty)"
  for verb in "sign --key alice.key" digest; do
    # shellcheck disable=SC2086
    bad 4 "absent does not exist" hf-sigstore $verb absent
  done
  bad 4 "cannot open absent" hf-sigstore inspect absent
  assert_missing absent.sig
)
end_test

begin_test "to verify what is not there is no verdict"
(
  set -eu -o pipefail
  make_folder
  bad 4 absent hf-sigstore verify absent --key alice.pub
  bad 4 absent hf-sigstore verify absent --key alice.pub --signature good.sig
)
end_test

begin_test "a folder with a FIFO, a socket or a device does not hang"
(
  set -eu -o pipefail
  make_folder
  odd() {
    bad 1 "odd is neither a file nor a folder" timeout 10 hf-sigstore sign m --key alice.key
    bad 1 "odd is neither a file nor a folder" timeout 10 hf-sigstore verify m --key alice.pub
    bad 1 "odd is neither a file nor a folder" timeout 10 hf-sigstore digest m
    bad 1 "m/odd is neither a file nor a folder" timeout 10 hf-sigstore digest m/odd
    assert_exit 0 timeout 10 hf-sigstore verify m --key alice.pub --ignore odd
    rm m/odd
    assert_same_file good.sig m/model.sig
  }
  mkfifo m/odd
  bad 4 "m/odd is not a regular file" timeout 10 hf-sigstore verify m --key m/odd
  bad 4 "m/odd is not a regular file" timeout 10 hf-sigstore sign m --key m/odd
  bad 4 "m/odd is not a regular file" timeout 10 hf-sigstore inspect m/odd
  odd
  (cd m && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("odd")')
  bad 4 "m/odd" timeout 10 hf-sigstore inspect m/odd
  odd
  if mknod m/odd c 1 5 2>/dev/null; then odd; else not_run "devices (mknod is not allowed)"; fi
)
end_test

begin_test "files and folders that may not be read"
(
  set -eu -o pipefail
  make_folder
  mkdir m/sub
  echo x >m/sub/x
  hf-sigstore sign m --key alice.key
  # Somebody else must come here, and to the program.
  cp "$SIGSTORE_BIN_DIR/hf-sigstore" .
  chmod 711 "$TEST_ROOT" "$TEST_DIR"
  if ! as_other ./hf-sigstore --version >/dev/null; then
    not_run "unreadable files (no way to be somebody else here)"
    exit 0
  fi
  chmod 000 m/weights.bin
  bad 4 "cannot open weights.bin: Permission denied" as_other ./hf-sigstore verify m --key alice.pub
  bad 4 "cannot open weights.bin: Permission denied" as_other ./hf-sigstore digest m
  assert_exit 4 as_other ./hf-sigstore verify m --key alice.pub --exit-detail
  assert_contains io
  chmod 644 m/weights.bin
  chmod 000 m/sub
  bad 4 "cannot open sub: Permission denied" as_other ./hf-sigstore verify m --key alice.pub
  chmod 755 m/sub
  chmod 000 m/model.sig
  # Not "unsigned": nobody could look.
  bad 4 "cannot open m/model.sig: Permission denied" as_other ./hf-sigstore verify m --key alice.pub
  chmod 644 m/model.sig
  chmod 000 alice.key
  bad 4 "cannot open alice.key: Permission denied" as_other ./hf-sigstore sign m --key alice.key
  chmod 644 alice.key
  chmod 555 m
  bad 4 "m/model.sig: Permission denied" as_other ./hf-sigstore sign m --key alice.key
  chmod 000 m
  bad 4 "m: Permission denied" as_other ./hf-sigstore digest m
  chmod 755 m
  assert_exit 0 as_other ./hf-sigstore verify m --key alice.pub
)
end_test

# writes_fail PHRASE FOLDER: nothing more can be written into FOLDER, which
# has m with a good signature, and dot with a trust file and a configuration.
writes_fail() {
  bad 4 "$1" hf-sigstore sign "$2/m" --key alice.key
  bad 4 "$1" hf-sigstore keygen "$2/k" --no-password
  bad 4 "$1" env HOME="$2/dot" git-sigstore trust add org/n --key alice.pub
  bad 4 "$1" env HOME="$2/dot" git-sigstore install
  # What was there before is there as it was.
  assert_exit 0 hf-sigstore verify "$2/m" --key alice.pub
  assert_exit 0 env HOME="$2/dot" git-sigstore trust list
  assert_contains org/m
  assert_same_file config "$2/dot/.gitconfig"
  assert_missing "$2/k.key"
  assert_missing "$2/k.pub"
  assert_eq "" "$(find "$2" -name '*.tmp-*')"
}

make_folder_to_fill() {
  cp -R m "$1/m"
  mkdir -p "$1/dot/.config/hf-sigstore"
  printf '[user]\n\tname = A' >"$1/dot/.gitconfig"
  cp "$1/dot/.gitconfig" config
  HOME=$1/dot git-sigstore trust add org/m --key alice.pub
}

begin_test "a full disk"
(
  set -eu -o pipefail
  make_folder
  mkdir disk
  if [ "$(id -u)" -ne 0 ] || ! mount -t tmpfs -o size=96k tmpfs disk; then
    not_run "a full disk (mounting is not allowed); a limit on files stands in"
    exit 0
  fi
  trap 'umount "$TEST_DIR/disk"' EXIT
  make_folder_to_fill disk
  dd if=/dev/zero of=disk/fill bs=1k status=none 2>/dev/null || true
  writes_fail "No space left on device" disk
)
end_test

# limited COMMAND...: no file can grow.
limited() { (trap "" XFSZ && ulimit -f 0 && exec "$@"); }

begin_test "a file that may not grow"
(
  set -eu -o pipefail
  make_folder
  mkdir disk
  make_folder_to_fill disk
  assert_exit 4 limited hf-sigstore sign disk/m --key alice.key
  assert_contains "File too large"
  assert_exit 4 limited hf-sigstore keygen disk/k --no-password
  assert_missing disk/k.key
  HOME=disk/dot assert_exit 4 limited git-sigstore trust add org/n --key alice.pub
  HOME=disk/dot assert_exit 4 limited git-sigstore install
  assert_same_file config disk/dot/.gitconfig
  assert_exit 0 hf-sigstore verify disk/m --key alice.pub
  assert_exit 0 env HOME=disk/dot git-sigstore trust list
  assert_contains org/m
  refute_contains org/n
  assert_eq "" "$(find disk -name '*.tmp-*')"
)
end_test

begin_test "a message about a failed write names the file"
(
  set -eu -o pipefail
  make_folder
  assert_exit 4 limited hf-sigstore sign m --key alice.key
  assert_contains m/model.sig
)
end_test

begin_test "a damaged trust file refuses, and nothing is forgotten"
(
  set -eu -o pipefail
  trusting_repository
  cp "$trust" good.json
  head -c 200 good.json >cut.json
  sed 's/"version": 1/"version": 2/' good.json >later.json
  sed 's/"signers": \[/"signers": 7, "old": [/' good.json >members.json
  sed 's/BEGIN PUBLIC KEY/BEGIN PRIVATE KEY/' good.json >key.json
  sed 's/"version": 1/"version": 1, "version": 1/' good.json >twice.json
  : >empty.json
  echo '{}' >none.json
  head -c 300 /dev/urandom >random.json
  truncate -s 20M large.json
  for damage in cut later members key twice empty none random large; do
    cp "$damage.json" "$trust"
    bad 4 "$trust" git sigstore trust list
    bad 4 "$trust" git sigstore trust add org/n --key "$(public_key alice)"
    bad 4 "$trust" git sigstore trust remove "$HUB_URL/org/m"
    bad 4 "$trust" git -C repository sigstore verify
    bad 4 "$trust" git -C repository sigstore status
    assert_same_file "$damage.json" "$trust"
  done
  assert_refused "$trust" git clone "$HUB_URL/org/m" copy
  assert_missing copy
  assert_exit 128 git -C repository fetch
  assert_exit 1 git -C repository pull
  rm "$trust"
  mkdir "$trust"
  bad 4 "$trust is not a regular file" git sigstore trust list
  bad 4 "$trust" git sigstore trust add org/n --key "$(public_key alice)"
  rmdir "$trust"
  cp good.json "$trust"
  assert_exit 0 git -C repository fetch
)
end_test

begin_test "a trust file that another process holds"
(
  set -eu -o pipefail
  trusting_repository
  # Who waits goes on when the other has ended.
  flock "$trust.lock" sleep 1 &
  until ! flock -n "$trust.lock" true; do sleep 0.02; done
  assert_exit 0 git sigstore trust add org/n --key "$(public_key alice)"
  # But not for ever.
  cp "$trust" before.json
  flock --no-fork "$trust.lock" sleep 60 &
  holder=$!
  until ! flock -n "$trust.lock" true; do sleep 0.02; done
  git sigstore trust add org/o --key "$(public_key alice)" >add.log 2>&1 &
  adding=$!
  git clone "$HUB_URL/org/m" copy >clone.log 2>&1 &
  cloning=$!
  # Reading needs no lock.
  assert_exit 0 git sigstore trust list
  assert_exit 0 git -C repository sigstore verify
  status=0
  wait "$adding" || status=$?
  assert_eq 4 "$status"
  assert_eq "sigstore: another process holds $trust.lock; try again when it has ended" "$(cat add.log)"
  status=0
  wait "$cloning" || status=$?
  assert_eq 128 "$status"
  grep -q "another process holds" clone.log
  assert_missing copy
  kill "$holder"
  wait "$holder" || true
  assert_same_file before.json "$trust"
)
end_test

begin_test "a configuration that says nonsense"
(
  set -eu -o pipefail
  trusting_repository
  cd repository
  bad 4 "git config sigstore.mode is 'on'; it can be require, tofu, warn or off" \
    git -c sigstore.mode=on sigstore verify
  bad 4 "git config sigstore.sign is 'yes'" git -c sigstore.sign=yes sigstore status
  bad 4 "only plain paths" git -c sigstore.ignore="*.bin" sigstore verify
  bad 4 "no commit 'nonsense'" git sigstore verify nonsense
  bad 4 "no remote 'nonsense'" git sigstore verify --remote nonsense
  bad 4 "no commit '--all'" git sigstore verify -- --all
  assert_exit 128 git -c sigstore.mode=on fetch
  assert_contains "sigstore.mode is 'on'"
  cd ..
  bad 4 "not in a git repository" git sigstore verify
)
end_test
