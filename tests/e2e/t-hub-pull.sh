#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore pull: what was signed comes in, nothing else gets a name, and the
# weights are asked for last. The hub's second origin ends a test that shows it
# a token.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# reader NAME: trusts alice, and pulls from the test hub into a cache of their
# own.
reader() {
  trusting "$1" alice
  anybody
}
anybody() {
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf
  unset HF_TOKEN HF_HUB_CACHE HF_HUB_OFFLINE
  cache=$HF_HOME/hub/models--org--m
}
snapshot() { echo "$cache/snapshots/$(git -C "$bare" rev-parse "${1:-main}")"; }

# assert_model FOLDER: the files of the work tree, and its signature.
assert_model() {
  local file
  for file in $(git -C work ls-files); do
    assert_same_file "work/$file" "$1/$file"
  done
}
# assert_no_weights: nobody asked for any.
assert_no_weights() {
  local asked
  asked=$(hub_requests)
  refute_contains ".safetensors" "$asked"
  refute_contains "/cdn/" "$asked"
}
# refused_pull PHRASE ARGUMENT...: a no, before any weights, and nothing has a
# name.
refused_pull() {
  local phrase=$1
  shift
  hub_forget_requests
  assert_exit 1 hf-sigstore pull org/m "$@"
  assert_contains "$phrase"
  assert_no_weights
  assert_missing "$cache/refs/main"
  assert_missing "$(snapshot)/model-00001-of-00002.safetensors"
}

begin_test "a signed model is pulled, verified, and found again without a request for files"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  assert_exit 0 hf-sigstore pull org/m
  assert_contains "org/m@main"
  assert_contains "verified: signed by alice"
  assert_contains "$(snapshot)"
  assert_model "$(snapshot)"
  assert_eq "$(git -C "$bare" rev-parse main)" "$(cat "$cache/refs/main")"
  assert_exit 0 hf-sigstore cache verify org/m --key "$(public_key alice)"
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m --json
  assert_contains '"verified": true'
  assert_contains '"fetchedBytes": 0'
  assert_no_weights
  assert_exit 0 hf-sigstore pull org/m --quiet
  assert_eq "$(snapshot)" "$(hf-sigstore pull org/m -q)"
  # Without the network, hashed again.
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m --offline
  HF_HUB_OFFLINE=1 assert_exit 0 hf-sigstore pull hf://org/m@main
  assert_eq "[]" "$(hub_requests)"
)
end_test

begin_test "what is here already is hashed, and fetched again when it was changed"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  assert_exit 0 hf-sigstore pull org/m
  weights=$(readlink -f "$(snapshot)/model-00001-of-00002.safetensors")
  chmod u+w "$weights"
  printf X | dd of="$weights" bs=1 seek=20 conv=notrunc status=none
  assert_exit 1 hf-sigstore pull org/m --offline
  assert_contains "model-00001-of-00002.safetensors is not what was signed"
  assert_exit 0 hf-sigstore pull org/m --json
  assert_contains '"model-00001-of-00002.safetensors"'
  refute_contains '"model-00002-of-00002.safetensors"'
  assert_model "$(snapshot)"
  # The name that the user is given leads to what was hashed, or nowhere.
  ln -sf "$(readlink -f "$(snapshot)/config.json")" "$(snapshot)/tokenizer.json"
  assert_exit 0 hf-sigstore pull org/m --offline
  assert_model "$(snapshot)"
  rm "$weights"
  assert_exit 4 hf-sigstore pull org/m --offline
  assert_contains "model-00001-of-00002.safetensors is not here"
)
end_test

begin_test "swapped weights, extra and missing files are refused by the listing alone"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (
    cd evil
    make_shard model-00002-of-00002.safetensors head.weight 47
    git commit -qam "Improve"
    git push -q
  )
  as bob
  refused_pull "does not match its signature: changed model-00002-of-00002.safetensors"
  (
    export HOME=$TEST_DIR/people/mallory
    cd evil
    git revert --no-edit HEAD >/dev/null
    echo x >extra.bin
    git add extra.bin
    git commit -qm "Add"
    git push -q
  )
  refused_pull "does not match its signature: extra extra.bin"
  (
    export HOME=$TEST_DIR/people/mallory
    cd evil
    git rm -q extra.bin tokenizer.json
    git commit -qm "Remove"
    git push -q
  )
  refused_pull "does not match its signature: missing tokenizer.json"
)
end_test

begin_test "a Hub that lies about a file, or serves other bytes, is caught"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  shard=model-00001-of-00002.safetensors
  hub_switch lying-listing "{\"file\": \"$shard\", \"sha256\": \"$(printf '0%.0s' {1..64})\"}"
  refused_pull "changed $shard"
  hub_clear lying-listing
  # Bytes of the right length under the right listing.
  hub_switch corrupt "{\"file\": \"$shard\", \"offset\": 100, \"scope\": \"cdn\"}"
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "$shard"
  assert_contains "expected"
  assert_missing "$(snapshot)/$shard"
  assert_missing "$cache/refs/main"
  hub_clear corrupt
  # A plain file, of which the listing knows git's SHA-1 only.
  rm -rf "$HF_HOME"
  hub_switch corrupt '{"file": "config.json", "offset": 3}'
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "config.json"
  assert_missing "$(snapshot)/config.json"
  hub_clear corrupt
  assert_exit 0 hf-sigstore pull org/m
  assert_model "$(snapshot)"
)
end_test

begin_test "another signer, a key nobody knows, and nothing signed"
(
  set -eu -o pipefail
  start_hub
  publish
  as carol
  anybody
  hub_forget_requests
  assert_exit 4 hf-sigstore pull org/m
  assert_contains "git sigstore trust add"
  assert_no_weights
  signer eve
  trusting carol eve
  anybody
  refused_pull "expected eve"
  # Seen signed, and then not.
  reader bob
  assert_exit 0 hf-sigstore pull org/m
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  git -C evil rm -q model.sig
  git -C evil commit -qm "Remove"
  git -C evil push -q
  as bob
  hub_forget_requests
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "org/m@main is not signed"
  assert_no_weights
  # Nobody has seen it signed: it passes, and the exit code says so.
  as dave
  anybody
  assert_exit 3 hf-sigstore pull org/m
  assert_contains "org/m@main is not signed"
  assert_same_file work/config.json "$(snapshot)/config.json"
  git config --global sigstore.mode require
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "sigstore.mode is require"
)
end_test

begin_test "git and the pull remember the same: an older state is refused by either"
(
  set -eu -o pipefail
  start_hub
  publish
  old=$(git -C "$bare" rev-parse main)
  echo more >>work/README.md
  git -C work commit -qam "More"
  git -C work push -q
  reader bob
  assert_exit 0 git clone -q "$HUB_URL/org/m" copy
  git -C "$bare" update-ref refs/heads/main "$old"
  hub_forget_requests
  assert_exit 1 hf-sigstore pull org/m
  assert_contains "brings back an older signed state"
  assert_no_weights
  # A commit that the user names is what they want.
  assert_exit 0 hf-sigstore pull org/m --revision "$old"
  # First use is remembered for git as well.
  as erin
  anybody
  git config --global sigstore.publicKey "$(public_key alice)"
  assert_exit 0 hf-sigstore pull org/m
  assert_contains "trusting"
  git sigstore trust list >list
  assert_contains "org/m" "$(cat list)"
)
end_test

begin_test "the signature is for this repository: not for a copy under another name"
(
  set -eu -o pipefail
  start_hub
  publish
  hub_create evil/m
  cp -R "$bare/." "$HUB_ROOT/evil/m.git/"
  as bob
  git sigstore trust add "$HUB_URL/evil/m" --key "$(public_key alice)" >/dev/null
  anybody
  assert_exit 1 hf-sigstore pull evil/m
  assert_contains "signature was made for"
)
end_test

begin_test "parts: patterns, names, a folder of one's own, a dry run"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  hub_forget_requests
  assert_exit 5 hf-sigstore pull org/m --include '*.json'
  assert_contains "verified in part: 2 of 7 files pulled"
  assert_no_weights
  assert_same_file work/config.json "$(snapshot)/config.json"
  assert_exit 5 hf-sigstore pull org/m config.json --json
  assert_contains '"partial": true'
  assert_exit 4 hf-sigstore pull org/m nothing.bin
  assert_contains "fits the patterns"
  assert_exit 5 hf-sigstore pull org/m --exclude '*.safetensors' --local-dir here
  assert_same_file work/README.md here/README.md
  assert_missing here/model-00001-of-00002.safetensors
  assert_exit 0 hf-sigstore pull org/m --local-dir here
  assert_model here
  assert_exit 0 hf-sigstore verify here --ignore .cache --key "$(public_key alice)"
  assert_exit 0 hf-sigstore pull org/m --dry-run --local-dir there
  assert_contains "model-00002-of-00002.safetensors"
  assert_missing there/config.json
  assert_exit 4 hf-sigstore pull org/m --local-dir a --cache-dir b
  assert_exit 2 hf-sigstore pull
)
end_test

begin_test "one content is fetched once, and a folder of one's own is filled from the cache"
(
  set -eu -o pipefail
  start_hub
  publish
  shard=model-00001-of-00002.safetensors
  mkdir work/again
  cp work/$shard work/again/a.safetensors
  cp work/$shard work/again/b.safetensors
  git -C work add --all
  git -C work commit -qm "The same again"
  git -C work push -q
  reader bob
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m --local-dir first
  assert_model first
  # One of the three, and the other shard.
  assert_eq 2 "$(hub_requests | grep -c "/resolve/.*safetensors")"
  assert_eq 1 "$(stat -c %h first/again/a.safetensors)"
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m
  assert_model "$(snapshot)"
  assert_eq 2 "$(hub_requests | grep -c "/resolve/.*safetensors")"
  # What the cache has is copied, and hashed.
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m --local-dir second --json
  assert_contains '"fetchedBytes": 0'
  assert_model second
  assert_no_weights
  blob=$(readlink -f "$(snapshot)/$shard")
  printf x | dd of="$blob" bs=1 seek=1000 conv=notrunc status=none
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m --local-dir third
  assert_model third
  assert_eq 1 "$(hub_requests | grep -c "/resolve/.*safetensors")"
  hub_forget_requests
  assert_exit 0 hf-sigstore pull org/m --local-dir fourth --force-download
  assert_eq 2 "$(hub_requests | grep -c "/resolve/.*safetensors")"
)
end_test

begin_test "branches, tags, pull requests, datasets; what is private needs a token"
(
  set -eu -o pipefail
  start_hub
  publish
  git -C "$bare" update-ref refs/tags/v1 main
  git -C "$bare" update-ref refs/pr/1 main
  git -C "$bare" branch side main
  reader bob
  for revision in side v1 refs/pr/1 "$(git -C "$bare" rev-parse main)"; do
    assert_exit 0 hf-sigstore pull org/m --revision "$revision"
    assert_contains "verified: signed by alice"
  done
  assert_exit 4 hf-sigstore pull org/m --revision nowhere
  assert_contains "nowhere"
  assert_exit 4 hf-sigstore pull org/nothing
  assert_contains "org/nothing"
  hub_settings org/m '{"private": true}'
  assert_exit 4 hf-sigstore pull org/m
  refute_contains "hf_"
  HF_TOKEN=hf_reader assert_exit 0 hf-sigstore pull org/m --force-download
  echo hf_reader >token
  assert_exit 0 hf-sigstore pull org/m --token-file token --force-download
  assert_exit 4 hf-sigstore pull org/m --token hf_wrong
  assert_contains "--token can be read by other programs"
  refute_contains "hf_wrong"
)
end_test

begin_test "a quota that is used up is waited for, or the user told for how long"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  hub_switch rate-limit '{"scope": "api", "seconds": 1, "times": 1}'
  started=$SECONDS
  assert_exit 0 hf-sigstore pull org/m
  [ $((SECONDS - started)) -ge 1 ] || fail "it did not wait"
  assert_contains "hf-sigstore: the Hub asks to wait 2 s"
  hub_clear rate-limit
  hub_switch rate-limit '{"scope": "api", "seconds": 900}'
  assert_exit 4 hf-sigstore pull org/m
  assert_contains "too many requests: try again in 901 seconds"
)
end_test

begin_test "names that would leave the folder, twins and lists without end"
(
  set -eu -o pipefail
  start_hub
  publish
  reader bob
  for path in ../evil /etc/evil a/../../evil 'a\\b' .git/config 'CONFIG.JSON'; do
    hub_switch hostile-listing "{\"entries\": [{\"type\": \"file\", \"path\": \"$path\", \"size\": 1, \"oid\": \"$(printf '1%.0s' {1..40})\"}], \"add\": true}"
    hub_forget_requests
    set +e
    hf-sigstore pull org/m >out 2>&1
    status=$?
    set -e
    case $status in 1 | 4) ;; *) fail "exit $status at $path" ;; esac
    assert_no_weights
    assert_missing "$cache/refs/main"
    hub_clear hostile-listing
  done
  hub_switch page-size '{"entries": 2}'
  assert_exit 0 hf-sigstore pull org/m --dry-run
  hub_switch next-elsewhere '{"origin": "http://127.0.0.2:1"}'
  assert_exit 4 hf-sigstore pull org/m
  hub_clear next-elsewhere
  hub_clear page-size
  hub_switch wrong-commit
  assert_exit 4 hf-sigstore pull org/m
  assert_missing "$cache/refs/main"
)
end_test
