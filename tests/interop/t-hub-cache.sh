#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The Hub's own client, huggingface_hub, and we share a cache: each finds what
# the other put there. And "hf sigstore" runs us.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"

[ -x "$SIGSTORE_PEERS/bin/hf" ] ||
  not_run "no hf in $SIGSTORE_PEERS; run tests/interop/install"

commit=$(printf 'a%.0s' {1..40})
export HF_HUB_DISABLE_UPDATE_CHECK=1 HF_HUB_DISABLE_XET=1 HF_HUB_DISABLE_TELEMETRY=1

# A model of 300 kB, one file in LFS, two files the same.
model() {
  mkdir -p m/sub
  echo '{"model_type": "tiny"}' >m/config.json
  cp m/config.json m/sub/twin.json
  head -c 300000 /dev/urandom >m/model.safetensors
  echo more >"m/sub/w$(printf '\303\266')rter.txt"
  export HF_HOME=$PWD/hf HF_HUB_CACHE=$PWD/cache
  repo=$HF_HUB_CACHE/models--org--m
}

theirs() { "$SIGSTORE_PEERS/bin/python" "$@"; }

begin_test "what we put into the cache, huggingface_hub finds offline"
(
  set -eu -o pipefail
  model
  store-tool put "$HF_HUB_CACHE" org/m "$commit" main m
  export HF_HUB_OFFLINE=1
  theirs - >out <<'END'
from huggingface_hub import hf_hub_download, snapshot_download, try_to_load_from_cache
print(snapshot_download("org/m"))
print(snapshot_download("org/m", revision="a" * 40))
print(hf_hub_download("org/m", "sub/twin.json"))
print(try_to_load_from_cache("org/m", "model.safetensors"))
END
  snapshot=$repo/snapshots/$commit
  assert_eq "$snapshot $snapshot $snapshot/sub/twin.json $snapshot/model.safetensors" \
    "$(paste -sd ' ' out)"
  diff -r m "$snapshot"
  assert_exit 0 "$SIGSTORE_PEERS/bin/hf" cache ls
  assert_contains "model/org/m"
  assert_contains "1 revision(s)"
  refute_contains "orrupt"
)
end_test

begin_test "the listing is theirs, byte for byte"
(
  set -eu -o pipefail
  model
  store-tool put "$HF_HUB_CACHE" org/m "$commit" main m
  theirs - "$repo" "$commit" <<'END'
import sys
from huggingface_hub._tree_cache import read_tree_cache, write_tree_cache
entries = read_tree_cache(sys.argv[1], sys.argv[2])
assert len(entries) == 4, entries
write_tree_cache("again", sys.argv[2], entries)
END
  assert_same_file "again/trees/$commit.json" "$repo/trees/$commit.json"
)
end_test

begin_test "a snapshot with a file missing is refused offline by both"
(
  set -eu -o pipefail
  model
  store-tool put "$HF_HUB_CACHE" org/m "$commit" main m
  rm "$(realpath "$repo/snapshots/$commit/model.safetensors")" \
    "$repo/snapshots/$commit/model.safetensors"
  assert_exit 1 store-tool look "$HF_HUB_CACHE" org/m main
  assert_contains "1 of 4 files of main are not here, such as model.safetensors"
  export HF_HUB_OFFLINE=1
  assert_exit 1 theirs -c 'from huggingface_hub import snapshot_download as s; s("org/m")'
  assert_contains "IncompleteSnapshotError"
)
end_test

begin_test "the records of a folder are theirs"
(
  set -eu -o pipefail
  model
  store-tool put-folder local "$commit" m
  theirs - <<'END'
from pathlib import Path
from huggingface_hub._local_folder import read_download_metadata
for path in Path("m").rglob("*"):
    if path.is_file():
        name = str(path.relative_to("m"))
        record = read_download_metadata(Path("local"), name)
        assert record is not None and record.commit_hash == "a" * 40, name
END
  find local/.cache -name '*.lock' -delete
  before=$(find local/.cache -type f | sort)
  # Theirs is to write nothing anew.
  HF_HUB_OFFLINE=1 theirs -c 'from huggingface_hub import hf_hub_download as d
print(d("org/m", "config.json", revision="a" * 40, local_dir="local"))'
  find local/.cache -name '*.lock' -delete
  assert_eq "$before" "$(find local/.cache -type f | sort)"
)
end_test

begin_test "hf sigstore runs us once we are installed as an extension"
(
  set -eu -o pipefail
  hf-sigstore extension install
  assert_exit 0 "$SIGSTORE_PEERS/bin/hf" sigstore --version
  assert_eq "$(hf-sigstore --version)" "$out"
  # The exit status is ours.
  assert_exit 4 "$SIGSTORE_PEERS/bin/hf" sigstore verify nothing
  assert_exit 0 "$SIGSTORE_PEERS/bin/hf" extensions list
  assert_contains "hf sigstore"
  assert_contains "Sign machine learning"
  hf-sigstore extension remove
  assert_exit 0 "$SIGSTORE_PEERS/bin/hf" extensions list
  refute_contains "hf sigstore"
)
end_test

# served: a signed model at the hub, as org/m; $commit names it.
served() {
  start_hub
  hub_create org/m
  make_model model
  hf-sigstore keygen --no-password alice >/dev/null
  hf-sigstore sign model --key alice.key >/dev/null
  git -C model add model.sig
  git -C model commit --quiet --message "Sign"
  git -C model push --quiet "$HUB_URL/org/m" main
  commit=$(git -C model rev-parse main)
  cp -r model m
  rm -rf m/.git
  export HF_ENDPOINT=$HUB_URL HF_HOME=$PWD/hf HF_HUB_CACHE=$PWD/cache
  repo=$HF_HUB_CACHE/models--org--m
}

begin_test "what huggingface_hub downloaded is found, hashed, adopted and verified"
(
  set -eu -o pipefail
  served
  theirs -c 'from huggingface_hub import snapshot_download as s; print(s("org/m"))'
  cp "$repo/trees/$commit.json" theirs.json
  assert_exit 0 store-tool look "$HF_HUB_CACHE" org/m main
  assert_eq "$(find m -type f | wc -l)" "$(grep -c '^intact ' <<<"$out")"
  assert_eq "$(wc -l <<<"$out")" "$(grep -c '^intact ' <<<"$out")"
  hub_forget_requests
  assert_exit 0 store-tool adopt "$HF_HUB_CACHE" org/m "$commit" main m
  assert_exit 0 hf-sigstore cache verify org/m@main --key alice.pub
  assert_contains "org/m@${commit:0:7} verified: "
  assert_same_file theirs.json "$repo/trees/$commit.json"
  # Their check of the size alone does not see this.
  file=$(realpath "$repo/snapshots/$commit/config.json")
  size=$(stat -c %s "$file")
  head -c "$size" /dev/zero | tr '\0' x >"$file"
  HF_HUB_OFFLINE=1 theirs -c 'from huggingface_hub import snapshot_download as s; print(s("org/m"))'
  assert_exit 1 hf-sigstore cache verify org/m@main --key alice.pub
  assert_contains "changed config.json: it is not what the Hub served: the cache was damaged"
  assert_exit 0 store-tool look "$HF_HUB_CACHE" org/m main
  assert_contains "differs config.json"
)
end_test

begin_test "hf cache verify finds nothing to say of what we put into the cache"
(
  set -eu -o pipefail
  served
  store-tool put "$HF_HUB_CACHE" org/m "$commit" main m
  assert_exit 0 "$SIGSTORE_PEERS/bin/hf" cache verify org/m
  hub_forget_requests
  # And it downloads nothing again.
  theirs -c 'from huggingface_hub import snapshot_download as s; print(s("org/m"))'
  hub_requests >requests
  refute_contains "/resolve/" "$(cat requests)"
  file=$(realpath "$repo/snapshots/$commit/$(cd m && ls ./*2-of*.safetensors)")
  printf X | dd of="$file" bs=1 seek=100 conv=notrunc status=none
  assert_exit 1 "$SIGSTORE_PEERS/bin/hf" cache verify org/m
)
end_test
