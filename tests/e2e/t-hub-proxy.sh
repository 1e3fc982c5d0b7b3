#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore proxy: other programs get from it what verifies, and of what does
# not they get no byte. The hub's second origin ends a test that shows it a
# token.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"
# shellcheck source=tests/e2e/proxylib.sh
. "$(dirname "$0")/proxylib.sh"

shard=model-00001-of-00002.safetensors
file_of() { echo "/org/m/resolve/${2:-main}/$1"; }
size_of() { stat -c %s "work/$1"; }
hub_commit() { git -C "$bare" rev-parse "${1:-main}"; }
# Where the proxy keeps what it verified.
in_cache() { echo "$HOME/hf/hub/models--org--m/$1"; }

begin_test "a signed model is served: metadata from the listing, verified content, ranges"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  start_proxy
  ask 200 "$(file_of $shard)" --head
  assert_eq "$(hub_commit)" "$(header x-repo-commit)"
  assert_eq "\"$(sha256sum "work/$shard" | cut -d ' ' -f 1)\"" "$(header etag)"
  assert_eq "$(header etag)" "$(header x-linked-etag)"
  assert_eq "$(size_of $shard)" "$(header x-linked-size)"
  assert_eq "$(size_of $shard)" "$(header content-length)"
  assert_eq bytes "$(header accept-ranges)"
  assert_eq "" "$(header location)"
  refute_contains "/cdn/" "$(hub_requests)"
  for file in $(git -C work ls-files); do
    ask 200 "$(file_of "$file")"
    assert_same_file "work/$file" body
  done
  assert_contains "org/m@main" "$(cat proxy.log)"
  assert_contains "verified: signed by alice" "$(cat proxy.log)"
  assert_eq 1 "$(grep -c verified proxy.log)"
  ask 200 "$(file_of config.json "$(hub_commit)")"
  assert_eq "\"$(git -C work rev-parse HEAD:config.json)\"" "$(header etag)"
  assert_eq "" "$(header x-linked-etag)"
  ask 304 "$(file_of config.json)" -H "If-None-Match: $(header etag)"
  # Parts.
  hub_forget_requests
  ask 206 "$(file_of $shard)" -r 100-199
  assert_eq "bytes 100-199/$(size_of $shard)" "$(header content-range)"
  assert_eq "$(tail -c +101 "work/$shard" | head -c 100 | sha256sum)" "$(sha256sum <body)"
  ask 206 "$(file_of $shard)" -r 100-99999999
  assert_eq "$(tail -c +101 "work/$shard" | sha256sum)" "$(sha256sum <body)"
  ask 206 "$(file_of $shard)" -r -5
  assert_eq "$(tail -c 5 "work/$shard" | sha256sum)" "$(sha256sum <body)"
  ask 416 "$(file_of $shard)" -r 99999999-
  # From the cache, where a pull finds all of it as well.
  refute_contains "/resolve/" "$(hub_requests)"
  assert_eq "$(hub_commit)" "$(cat "$(in_cache refs/main)")"
  HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf assert_exit 0 hf-sigstore pull org/m --offline
  stop_proxy
)
end_test

begin_test "a part of a file is a part of a verified one, also when it is asked for first"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  start_proxy
  ask 206 "$(file_of $shard)" -r 8-15
  assert_eq "$(tail -c +9 "work/$shard" | head -c 8 | sha256sum)" "$(sha256sum <body)"
  assert_missing "$(in_cache refs/main)"
  # What lies in the cache is hashed, and hashed again once it was touched.
  blob=$(readlink -f "$(in_cache "snapshots/$(hub_commit)/$shard")")
  chmod u+w "$blob"
  printf X | dd of="$blob" bs=1 seek=20 conv=notrunc status=none
  hub_forget_requests
  ask 200 "$(file_of $shard)"
  assert_same_file "work/$shard" body
  assert_contains "$shard" "$(hub_requests)"
  stop_proxy
  # Another run hashes, and does not fetch.
  start_proxy
  hub_forget_requests
  ask 200 "$(file_of $shard)"
  assert_same_file "work/$shard" body
  refute_contains "/resolve/main/$shard" "$(hub_requests)"
  refute_contains '"/lfs/' "$(hub_requests)"
)
end_test

begin_test "a model that does not verify is refused with the reason, and nobody asks for its files"
(
  set -eu -o pipefail
  start_hub
  publish
  good=$(hub_commit)
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  (
    cd evil
    make_shard "$shard" embed.weight 31
    git commit -qam "Improve"
    git push -q
  )
  trusting bob alice
  start_proxy
  hub_forget_requests
  ask 403 "$(file_of $shard)" --head
  ask 403 "$(file_of $shard)"
  assert_contains "does not match its signature: changed $shard" "$(header x-error-message)"
  assert_contains "does not match its signature" "$(cat body)"
  ask 403 "$(file_of config.json)"
  ask 403 "$(file_of config.json "$(hub_commit)")"
  refute_contains ".safetensors" "$(hub_requests)"
  refute_contains "resolve/$(hub_commit)/config.json" "$(hub_requests)"
  assert_missing "$(in_cache refs/main)"
  # A state that was signed goes on being served.
  ask 200 "$(file_of $shard "$good")"
  assert_same_file "work/$shard" body
  # An unknown signer is no yes either.
  as carol
  start_proxy
  ask 403 "$(file_of config.json "$good")"
  assert_contains "git sigstore trust add" "$(cat body)"
)
end_test

begin_test "bytes that are not what was signed: none of them leaves the proxy"
(
  set -eu -o pipefail
  start_hub
  publish
  (
    cd work
    head -c 20000000 /dev/urandom >large.safetensors
    git add large.safetensors
    git commit -qm "Add more"
    git push -q
  )
  trusting bob alice
  start_proxy
  for file in $shard config.json large.safetensors; do
    hub_switch corrupt "{\"file\": \"$file\", \"offset\": 3}"
    ask 502 "$(file_of "$file")"
    assert_contains "$file" "$(header x-error-message)"
    assert_contains "expected" "$(cat body)"
    assert_missing "$(in_cache "snapshots/$(hub_commit)/$file")"
    # Nor is there a part that a client could complete later.
    ask 502 "$(file_of "$file")" -r 5-
    hub_clear corrupt
    ask 200 "$(file_of "$file")"
    assert_same_file "work/$file" body
  done
  assert_contains "large.safetensors" "$(curl -sS "$PROXY_URL/status.json")"
)
end_test

begin_test "clients that want the same file share one fetch"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  start_proxy
  ask 200 "$(file_of config.json)"
  hub_switch slow-drip "{\"file\": \"$shard\", \"chunk\": 256, \"delay_ms\": 100}"
  hub_forget_requests
  clients=""
  for i in 1 2 3 4; do
    curl -sSf -o "body.$i" "$PROXY_URL$(file_of $shard)" &
    clients="$clients $!"
  done
  for client in $clients; do wait "$client"; done
  hub_clear slow-drip
  for i in 1 2 3 4; do assert_same_file "work/$shard" "body.$i"; done
  assert_eq 1 "$(hub_requests | grep -c "resolve/$(hub_commit)/$shard")"
)
end_test

begin_test "unsigned models: let pass with a word, or refused where a signature is required"
(
  set -eu -o pipefail
  start_hub
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  make_model work
  git -C work push -q "$HUB_URL/org/m" main
  as bob
  start_proxy
  ask 200 "$(file_of $shard)"
  assert_same_file "work/$shard" body
  assert_contains "org/m@main is not signed" "$(cat proxy.log)"
  assert_contains '"verdict": "unsigned"' "$(curl -sS "$PROXY_URL/status.json")"
  stop_proxy
  git config --global sigstore.mode require
  start_proxy
  ask 403 "$(file_of $shard)"
  assert_contains "sigstore.mode is require" "$(cat body)"
)
end_test

begin_test "an older state does not come back, whether the Hub says so by a branch or by a hash"
(
  set -eu -o pipefail
  start_hub
  publish
  old=$(hub_commit)
  echo more >>work/README.md
  git -C work commit -qam "More"
  git -C work push -q
  trusting bob alice
  start_proxy
  ask 200 "$(file_of README.md)"
  stop_proxy
  git -C "$bare" update-ref refs/heads/main "$old"
  start_proxy
  # As huggingface_hub goes about it: the commit first, then files of it.
  ask 200 /api/models/org/m/revision/main
  assert_contains "$old" "$(cat body)"
  ask 403 "$(file_of README.md "$old")"
  assert_contains "brings back an older signed state" "$(cat body)"
  ask 403 "$(file_of README.md)"
  stop_proxy
  # A commit that the user names is what they want.
  start_proxy
  ask 200 "$(file_of README.md "$old")"
)
end_test

begin_test "questions are passed on; writes, other sites and what nobody looked at are not"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  hub_switch page-size '{"entries": 2}'
  hub_switch xet
  start_proxy
  ask 200 "/api/models/org/m/tree/main?recursive=true"
  assert_contains "<$PROXY_URL/api/models/org/m/tree/main" "$(header link)"
  ask 200 "$(header link | sed -E 's/^<http:\/\/[^/]*([^>]*)>.*/\1/')"
  ask 200 /api/models/org/m/refs
  ask 200 /api/models/org/m/paths-info/main -H "Content-Type: application/json" -d '{"paths": ["config.json"]}'
  assert_contains config.json "$(cat body)"
  ask 200 "$(file_of $shard)" --head
  assert_eq "" "$(header x-xet-hash)"
  hub_clear page-size
  assert_contains xetHash "$(curl -sS "$HUB_URL/api/models/org/m/tree/main?recursive=true")"
  ask 200 "/api/models/org/m/tree/main?recursive=true"
  assert_contains $shard "$(cat body)"
  refute_contains xetHash "$(cat body)"
  hub_clear xet
  ask 404 "$(file_of nothing.json)"
  assert_eq EntryNotFound "$(header x-error-code)"
  assert_eq "$(hub_commit)" "$(header x-repo-commit)"
  ask 404 "$(file_of config.json nowhere)"
  assert_eq RevisionNotFound "$(header x-error-code)"
  ask 404 /org/nothing/resolve/main/config.json
  assert_eq RepoNotFound "$(header x-error-code)"
  ask 404 /org/m/raw/main/config.json
  ask 404 /api/models/org/m/xet-read-token/main
  ask 404 "/api/models/org/m/tree/%2e%2e/%2e%2e" --path-as-is
  for method in POST PUT DELETE PATCH; do
    ask 405 /api/models/org/m/commit/main -X $method -d '{}'
    assert_contains "for reading" "$(header x-error-message)"
  done
  head -c 6000000 /dev/zero >upload
  ask 413 /org/m/resolve/main/config.json -T upload -H Expect:
  hub_forget_requests
  ask 403 "$(file_of config.json)" -H "Host: evil.example"
  ask 403 "$(file_of config.json)" -H "Host: evil.example:${PROXY_URL##*:}"
  ask 403 "$(file_of config.json)" -H "Sec-Fetch-Site: cross-site"
  ask 403 /status.json -H "Host: evil.example"
  assert_eq "[]" "$(hub_requests)"
  ask 200 "$(file_of config.json)" -H "Host: localhost:${PROXY_URL##*:}"
)
end_test

begin_test "a token goes to the Hub in its owner's name, nowhere else, and is not kept"
(
  set -eu -o pipefail
  start_hub
  publish
  hub_settings org/m '{"private": true}'
  trusting bob alice
  echo hf_reader >token
  mkdir -p "$HOME/hf"
  cp token "$HOME/hf/token"
  start_proxy
  ask 404 "$(file_of $shard)"
  ask 200 "$(file_of $shard)" -H "Authorization: Bearer hf_reader"
  assert_same_file "work/$shard" body
  # What one may read another may not, although it is here now.
  ask 404 "$(file_of $shard)"
  ask 404 "$(file_of $shard)" -H "Authorization: Bearer hf_stranger"
  ask 200 /api/whoami-v2 -H "Authorization: Bearer hf_reader"
  ask 401 /api/whoami-v2
  for text in "$(cat proxy.log)" "$(curl -sS "$PROXY_URL/")" "$(curl -sS "$PROXY_URL/status.json")"; do
    refute_contains hf_reader "$text"
    refute_contains hf_stranger "$text"
  done
  stop_proxy
  # The user's own only when they say so.
  start_proxy --use-token
  assert_contains "reads with your token" "$(cat proxy.log)"
  ask 200 "$(file_of $shard)"
  refute_contains hf_reader "$(cat proxy.log)"
)
end_test

begin_test "the status page tells what was served and refused, as text"
(
  set -eu -o pipefail
  start_hub
  publish
  hub_create org/other
  trusting bob alice
  git config --global "sigstore.$HUB_URL/org/other.mode" require
  make_model other
  git -C other push -q "$HUB_URL/org/other" 'main:a<b>c'
  start_proxy
  ask 200 "$(file_of $shard)"
  ask 403 "/org/other/resolve/a%3Cb%3Ec/config.json"
  ask 200 /
  assert_contains "default-src 'none'" "$(header content-security-policy)"
  assert_contains "signed by alice" "$(cat body)"
  assert_contains '<b class="verified">verified</b>' "$(cat body)"
  assert_contains '<b class="refused">refused</b>' "$(cat body)"
  refute_contains "a<b>c" "$(cat body)"
  refute_contains "<script" "$(cat body)"
  ask 200 /status.json
  assert_contains "\"bytesSent\": $(size_of $shard)" "$(cat body)"
  assert_contains '"refused": 1' "$(cat body)"
)
end_test

begin_test "it starts, says where it is, and ends when it is told to"
(
  set -eu -o pipefail
  start_hub
  as bob
  start_proxy
  case $PROXY_URL in http://127.0.0.1:[1-9]*) ;; *) fail "$PROXY_URL" ;; esac
  assert_eq "HF_ENDPOINT=$PROXY_URL" "$(cat proxy.out)"
  HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf assert_exit 4 hf-sigstore proxy --port "${PROXY_URL##*:}"
  assert_contains "cannot listen on port"
  assert_exit 4 hf-sigstore proxy --port 70000
  HF_HUB_OFFLINE=1 assert_exit 4 hf-sigstore proxy
  assert_contains "HF_HUB_OFFLINE"
  HF_HOME=$HOME/nothing assert_exit 4 hf-sigstore proxy --use-token
  stop_proxy
  assert_exit 2 hf-sigstore proxy --nonsense
)
end_test
