#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The test hub against the Hub's own clients: huggingface_hub and the
# JavaScript @huggingface/hub create, upload (regular files, LFS in one piece,
# LFS in parts), list and download there, and read each other's. What they
# take for the Hub, our client's tests may.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"

"$SIGSTORE_PEERS/bin/python" -c 'import huggingface_hub' 2>/dev/null ||
  not_run "no huggingface_hub in $SIGSTORE_PEERS; run tests/interop/install"

# with CLIENT ACTION ARGUMENT...: CLIENT is python or node
with() {
  local program=("$SIGSTORE_PEERS/bin/python" "$interop/hub_client.py")
  [ "$1" = python ] || program=(node "$interop/hub_client.cjs")
  HF_ENDPOINT=$HUB_URL HF_TOKEN=${token-hf_writer} SIGSTORE_PEERS=$SIGSTORE_PEERS \
    HF_HOME=$HOME/hf "${program[@]}" "${@:2}"
}

clients=(python)
if command -v node >/dev/null && [ -d "$SIGSTORE_PEERS/node_modules/@huggingface/hub" ]; then
  clients+=(node)
else
  echo "NOT RUN: no @huggingface/hub in $SIGSTORE_PEERS; it needs node and npm"
  [ -z "${CI:-}" ] || exit 1
fi

# make_files FOLDER: regular files, and large ones by their names
make_files() {
  mkdir -p "$1/sub/deep"
  echo '{"architectures": []}' >"$1/config.json"
  printf -- '---\nlicense: mit\n---\n# Model\n' >"$1/README.md"
  echo note >"$1/sub/deep/a note.txt"
  make_shard "$1/model.safetensors" weight 64
  head -c 300000 /dev/urandom >"$1/sub/more.bin"
}

# expected FOLDER: what a listing must say, read from the files
expected() {
  (cd "$1" && find . -type f ! -name .gitattributes | sed 's/^..//' | LC_ALL=C sort | while read -r file; do
    case $file in
      *.safetensors | *.bin) echo "$file $(stat -c %s "$file") $(sha256sum <"$file" | cut -d ' ' -f 1)" ;;
      *) echo "$file $(stat -c %s "$file") $(git hash-object --stdin <"$file")" ;;
    esac
  done)
}

same_folder() { diff -r --exclude=.gitattributes --exclude=.cache "$1" "$2"; }

for client in "${clients[@]}"; do
for transfer in basic multipart; do
begin_test "$client uploads ($transfer) and lists; each client downloads the same bytes"
(
  set -eu -o pipefail
  start_hub
  make_files files
  if [ "$transfer" = multipart ]; then
    hub_switch multipart '{"from": 100000, "chunk_size": 65536}'
  fi
  with "$client" create org/m
  with "$client" upload org/m files >commit
  assert_eq "$(git -C "$HUB_ROOT/org/m.git" rev-parse main)" "$(tail -n 1 commit)"
  expected files >expected
  with "$client" list org/m | grep -v .gitattributes | LC_ALL=C sort >listed
  assert_same_file expected listed
  if [ "$transfer" = multipart ]; then
    assert_eq 5 "$(hub_requests | grep -c '"PUT","path":"/part".*"status":200')"
  fi
  for reader in "${clients[@]}"; do
    with "$reader" snapshot org/m "$PWD/cache-$reader" >folder
    same_folder files "$(tail -n 1 folder)"
    with "$reader" download org/m "sub/deep/a note.txt" "$PWD/one-$reader"
    assert_same_file "files/sub/deep/a note.txt" "one-$reader/sub/deep/a note.txt"
    with "$reader" download org/m sub/more.bin "$PWD/one-$reader"
    assert_same_file files/sub/more.bin "one-$reader/sub/more.bin"
  done
  git clone --quiet "$HUB_URL/org/m" clone
  diff -r --exclude=.gitattributes --exclude=.git files clone
)
end_test
done

begin_test "$client: a dataset, a pull request, a file that goes, pages, a private one"
(
  set -eu -o pipefail
  start_hub
  make_files files
  # Uploaded and listed only: @huggingface/hub asks for bytes 0-0 of it, which
  # there are not, and gives up.
  : >files/sub/empty.txt
  with "$client" create datasets/org/d
  with "$client" upload datasets/org/d files
  hub_switch page-size '{"entries": 2}'
  expected files >expected
  with "$client" list datasets/org/d | grep -v .gitattributes | LC_ALL=C sort >listed
  assert_same_file expected listed
  hub_clear page-size

  echo more >files/more.txt
  token=hf_stranger with "$client" upload datasets/org/d files pr >url
  assert_contains "/datasets/org/d/discussions/1" "$(cat url)"
  with "$client" list datasets/org/d refs/pr/1 >listed
  assert_contains "more.txt 5" "$(cat listed)"
  with "$client" delete datasets/org/d config.json
  with "$client" list datasets/org/d >listed
  refute_contains config.json "$(cat listed)"
  refute_contains more.txt "$(cat listed)"

  hub_settings datasets/org/d '{"private": true}'
  token=hf_stranger assert_exit 1 with "$client" list datasets/org/d
  with "$client" list datasets/org/d
)
end_test
done
