#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# huggingface_hub and safetensors, as they come from PyPI, load through the
# proxy what was signed, and cannot load what was not.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$interop/../e2e/signedlib.sh"
# shellcheck source=tests/e2e/proxylib.sh
. "$interop/../e2e/proxylib.sh"

shard=model-00001-of-00002.safetensors

# their_python NAME, the program on stdin: with a cache of its own, at the
# proxy.
their_python() {
  HF_ENDPOINT=$PROXY_URL HF_HOME=$TEST_DIR/$1 HF_HUB_DISABLE_TELEMETRY=1 \
    "$SIGSTORE_PEERS/bin/python" -
}

begin_test "a model is loaded through the proxy, tensor by tensor"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  start_proxy
  hub_switch xet
  assert_exit 0 their_python cache <<END
import os, safetensors
from huggingface_hub import snapshot_download, hf_hub_download, HfApi
folder = snapshot_download("org/m")
names = sorted(n for n in os.listdir("work") if n != ".git")
assert sorted(os.listdir(folder)) == names, os.listdir(folder)
for name in names:
    assert open(os.path.join(folder, name), "rb").read() == open("work/" + name, "rb").read(), name
tensors = dict(safetensors.deserialize(open(os.path.join(folder, "$shard"), "rb").read()))
assert tensors["embed.weight"]["shape"] == [32, 32]
assert hf_hub_download("org/m", "config.json").startswith(folder)
assert "config.json" in HfApi().list_repo_files("org/m")
print("loaded", len(tensors))
END
  assert_contains "loaded 1"
  assert_contains "verified: signed by alice" "$(cat proxy.log)"
)
end_test

begin_test "a tampered model cannot be loaded, and the client says why"
(
  set -eu -o pipefail
  start_hub
  publish
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
  assert_exit 1 their_python cache <<END
from huggingface_hub import snapshot_download
snapshot_download("org/m")
END
  assert_contains "does not match its signature: changed $shard"
  assert_exit 1 their_python cache2 <<END
from huggingface_hub import hf_hub_download
hf_hub_download("org/m", "$shard")
END
  assert_eq "" "$(find "$TEST_DIR/cache" "$TEST_DIR/cache2" -path '*/blobs/*' -type f)"
)
end_test

begin_test "other bytes than were signed do not reach the client, and the next try is whole"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  start_proxy
  hub_switch corrupt "{\"file\": \"$shard\", \"offset\": 500}"
  program="
from huggingface_hub import hf_hub_download
print(hf_hub_download('org/m', '$shard'))"
  assert_exit 1 their_python cache <<<"$program"
  assert_eq "" "$(find "$TEST_DIR/cache" -path '*/blobs/*' -size +0 -type f)"
  hub_clear corrupt
  assert_exit 0 their_python cache <<<"$program"
  assert_same_file "work/$shard" "$(tail -n 1 <<<"$out")"
)
end_test

begin_test "a client that gives up after a few silent seconds waits for a file that takes longer"
(
  set -eu -o pipefail
  start_hub
  publish
  trusting bob alice
  start_proxy
  hub_switch slow-drip "{\"file\": \"$shard\", \"chunk\": 512, \"delay_ms\": 1000}"
  export HF_HUB_DOWNLOAD_TIMEOUT=5
  before=$SECONDS
  assert_exit 0 their_python cache <<END
from huggingface_hub import hf_hub_download
print(hf_hub_download("org/m", "$shard"))
END
  [ $((SECONDS - before)) -gt 6 ] || fail "it was too quick to tell"
  # Its head, its bytes, and this one: nobody tried again.
  assert_eq '  "requests": 3,' "$(curl -sS "$PROXY_URL/status.json" | grep requests)"
  assert_same_file "work/$shard" "$(tail -n 1 <<<"$out")"
)
end_test
