#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hf-sigstore cache verify: what lies in the Hub clients' cache is hashed and
# verified again. store-tool stands for the pull that brought it there.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

commit=$(printf 'a%.0s' {1..40})
other=$(printf 'b%.0s' {1..40})

# signed_model: ./m, signed by alice; a cache to be filled.
signed_model() {
  mkdir -p m/sub
  echo '{"model_type": "tiny"}' >m/config.json
  head -c 300000 /dev/urandom >m/model.safetensors
  echo more >m/sub/more.txt
  hf-sigstore keygen --no-password alice
  hf-sigstore keygen --no-password mallory
  hf-sigstore sign m --key alice.key
  export HF_HUB_CACHE=$PWD/cache
  repo=$HF_HUB_CACHE/models--org--m
  snapshot=$repo/snapshots/$commit
}

# pulled: the model, as org/m at main.
pulled() {
  signed_model
  store-tool put "$HF_HUB_CACHE" org/m "$commit" main m
}

verify_cache() { hf-sigstore cache verify --key alice.pub "$@"; }

# blob PATH: the file that a link of the snapshot leads to.
blob() { realpath "$snapshot/$1"; }

begin_test "what was pulled and signed verifies, all of it or one of it"
(
  set -eu -o pipefail
  pulled
  assert_exit 0 verify_cache
  assert_contains "org/m@aaaaaaa verified: 3 resources, "
  assert_contains "signed by key "
  for words in org/m org/m@main "org/m --revision main" "org/m --revision $commit" \
    "org/m@main --revision main" hf://org/m@main; do
    # shellcheck disable=SC2086
    assert_exit 0 verify_cache $words
    assert_contains "org/m@aaaaaaa verified: "
  done
  env -u HF_HUB_CACHE hf-sigstore cache verify --key alice.pub \
    --cache-dir "$HF_HUB_CACHE" >out
  assert_contains "verified" "$(cat out)"
  verify_cache --json >out.json
  python3 - <<'END'
import json
answer = json.load(open("out.json"))
assert answer["ok"] is True, answer
(item,) = answer["snapshots"]
assert (item["id"], item["type"], item["state"]) == ("org/m", "model", "verified"), item
assert item["commit"] == "a" * 40 and item["files"] == [] and item["resources"] == 3, item
assert len(item["keyFingerprint"]) == 64, item
END
)
end_test

begin_test "bytes that changed in the cache are told from what the Hub served"
(
  set -eu -o pipefail
  pulled
  file=$(blob model.safetensors)
  printf X | dd of="$file" bs=1 seek=100 conv=notrunc status=none
  assert_exit 1 verify_cache
  assert_contains "org/m@aaaaaaa refused: does not match its signature: changed model.safetensors"
  assert_contains "changed model.safetensors: it is not what the Hub served: the cache was damaged"
  # Without the listing, the name of the blob is what the Hub said.
  rm -r "$repo/trees"
  assert_exit 1 verify_cache
  assert_contains "the cache was damaged"

  echo '{"model_type": "other"}' >m/config.json
  store-tool put "$HF_HUB_CACHE" org/m "$other" main m
  assert_exit 1 verify_cache org/m@main
  assert_contains "changed config.json: it is what the Hub served, which is not what was signed"
  refute_contains "damaged"
  assert_exit 1 hf-sigstore cache verify org/m@main --key alice.pub --json
  assert_contains '"cause": "hub"'
  assert_contains '"kind": "content_differs"'
  rm -r "$repo/trees"
  assert_exit 1 verify_cache org/m@main
  assert_contains "it is what the Hub served"
)
end_test

begin_test "a link that leads to another blob is damage, whatever that blob is"
(
  set -eu -o pipefail
  pulled
  ln -sfn "../../blobs/$(basename "$(blob config.json)")" "$snapshot/model.safetensors"
  assert_exit 1 verify_cache
  assert_contains "changed model.safetensors: it is not what the Hub served"
)
end_test

begin_test "files that were not pulled make it partial, others do not"
(
  set -eu -o pipefail
  pulled
  rm "$snapshot/sub/more.txt"
  assert_exit 5 verify_cache
  assert_contains "org/m@aaaaaaa partial: 1 of 3 resources are not in the cache, the others verified, signed by key "
  assert_contains "missing sub/more.txt: the Hub has it, the cache has not"
  rm -r "$repo/trees"
  assert_exit 5 verify_cache
  assert_contains "missing sub/more.txt: what the Hub had is not known here"
  # Beside it, a file that differs: no.
  echo x >>"$(blob config.json)"
  assert_exit 1 verify_cache

  rm m/sub/more.txt
  store-tool put "$HF_HUB_CACHE" org/m "$other" main m
  assert_exit 1 verify_cache org/m@main
  assert_contains "missing sub/more.txt: the Hub has no such file at this commit"
)
end_test

begin_test "a file that nobody signed is refused, and whose it is is said"
(
  set -eu -o pipefail
  pulled
  echo "import os" >"$snapshot/modeling.py"
  assert_exit 1 verify_cache
  assert_contains "extra modeling.py: the Hub has no such file: somebody put it into the cache"
  echo "import os" >m/modeling.py
  store-tool put "$HF_HUB_CACHE" org/m "$other" main m
  assert_exit 1 verify_cache org/m@main
  assert_contains "extra modeling.py: the Hub has it, and nobody signed it"
)
end_test

begin_test "with nobody named, those are believed whom git believes for the repository"
(
  set -eu -o pipefail
  pulled
  assert_exit 4 hf-sigstore cache verify
  git sigstore trust add https://huggingface.co/org/m --key alice.pub >/dev/null
  assert_exit 0 hf-sigstore cache verify
  assert_contains "org/m@aaaaaaa verified: "
  # Whom an option names, counts alone.
  assert_exit 1 hf-sigstore cache verify --key mallory.pub
  # Another Hub's repository of this name is another one.
  export HF_ENDPOINT=https://hub.example.org
  assert_exit 4 hf-sigstore cache verify
  git sigstore trust add https://hub.example.org/org/m --key mallory.pub >/dev/null
  assert_exit 1 hf-sigstore cache verify
  assert_contains "org/m@aaaaaaa refused: "
)
end_test

begin_test "not signed, signature not pulled, signature broken, signer unknown"
(
  set -eu -o pipefail
  pulled
  assert_exit 4 hf-sigstore cache verify
  assert_contains "org/m@aaaaaaa unknown: "
  assert_exit 1 hf-sigstore cache verify --key mallory.pub
  assert_contains "org/m@aaaaaaa refused: "
  rm "$snapshot/model.sig"
  assert_exit 4 verify_cache
  assert_contains "unknown: the signature of this commit, model.sig, was not pulled into the cache"
  rm m/model.sig
  store-tool put "$HF_HUB_CACHE" org/m "$other" main m
  assert_exit 3 verify_cache org/m@main
  assert_contains "org/m@bbbbbbb not signed"
  echo '{' >m/model.sig
  store-tool put "$HF_HUB_CACHE" org/m "$other" main m
  assert_exit 4 verify_cache org/m@main
  assert_contains "org/m@bbbbbbb unknown: "
)
end_test

begin_test "links out of the cache are refused, and never read"
(
  set -eu -o pipefail
  pulled
  cp "$(blob config.json)" config.json
  for target in "$PWD/config.json" ../../../../config.json ../../trees/x ../..; do
    ln -sfn "$target" "$snapshot/config.json"
    assert_exit 1 verify_cache
    assert_contains "config.json is a symbolic link that leads out of the cache's blobs"
  done
  store-tool put "$HF_HUB_CACHE" org/m "$commit" main m
  assert_exit 0 verify_cache
  file=$(blob config.json)
  rm "$file"
  assert_exit 4 verify_cache
  assert_contains "is not there"
  ln -s "$PWD/config.json" "$file"
  assert_exit 1 verify_cache
  assert_contains "leads out of the cache's blobs"
  rm "$snapshot/model.sig"
  cp m/model.sig .
  ln -s "$PWD/model.sig" "$snapshot/model.sig"
  assert_exit 1 verify_cache
  assert_contains "model.sig is a symbolic link that leads out"
)
end_test

begin_test "of many snapshots the worst decides, and each is told"
(
  set -eu -o pipefail
  pulled
  mkdir plain
  echo x >plain/x
  store-tool put "$HF_HUB_CACHE" org/plain "$other" main plain
  mkdir -p "$HF_HUB_CACHE/blobs" "$HF_HUB_CACHE/datasets--org--d/snapshots"
  assert_exit 3 verify_cache
  assert_contains "org/m@aaaaaaa verified"
  assert_contains "org/plain@bbbbbbb not signed"
  echo x >>"$(blob config.json)"
  assert_exit 1 verify_cache
  assert_contains "org/m@aaaaaaa refused"
  assert_contains "org/plain@bbbbbbb not signed"
)
end_test

begin_test "what is not in the cache is not verified"
(
  set -eu -o pipefail
  pulled
  assert_exit 4 verify_cache org/none
  assert_contains "org/none is not in $HF_HUB_CACHE"
  assert_exit 4 verify_cache org/m@v1
  assert_contains "revision v1 of models--org--m is not in the cache"
  assert_exit 4 verify_cache org/m@main --revision v1
  assert_contains "two revisions: main and v1"
  assert_exit 4 verify_cache --revision main
  assert_contains "--revision is one of a repository"
  assert_exit 4 verify_cache "org/m@$other"
  assert_contains "is not in the cache"
  assert_exit 0 verify_cache --cache-dir none
  assert_contains "the cache holds no snapshots"
  assert_missing none
  assert_exit 2 hf-sigstore cache
)
end_test

begin_test "a listing that is damaged is noted, and decides nothing"
(
  set -eu -o pipefail
  pulled
  echo '{' >"$repo/trees/$commit.json"
  assert_exit 0 verify_cache
  assert_contains "trees/$commit.json"
  assert_contains "org/m@aaaaaaa verified"
)
end_test
