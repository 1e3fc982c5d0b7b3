#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a model folder: valid safetensors shards, tokenizer, config, README.

    make_model.py FOLDER SIZE_MB
"""
import json
import os
import struct
import sys

SHARDS = 3


def write_shard(path, name, rows):
    """safetensors: length of the header, header, data; here 256 halves a row."""
    size = rows * 512
    header = json.dumps({
        "__metadata__": {"format": "pt"},
        name: {"dtype": "F16", "shape": [rows, 256], "data_offsets": [0, size]},
    }).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(header)) + header)
        while size > 0:
            step = min(size, 1 << 22)
            out.write(os.urandom(step))
            size -= step


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(value, out, indent=2)
        out.write("\n")


def main():
    folder, megabytes = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder)
    rows = max(1, megabytes * 1_000_000 // SHARDS // 512)
    weight_map = {}
    for index in range(1, SHARDS + 1):
        file = f"model-{index:05}-of-{SHARDS:05}.safetensors"
        tensor = f"layers.{index}.weight"
        weight_map[tensor] = file
        write_shard(os.path.join(folder, file), tensor, rows)
    write_json(os.path.join(folder, "model.safetensors.index.json"), {
        "metadata": {"total_size": rows * 512 * SHARDS},
        "weight_map": weight_map,
    })
    write_json(os.path.join(folder, "config.json"),
               {"model_type": "demo", "hidden_size": 256,
                "num_hidden_layers": SHARDS})
    write_json(os.path.join(folder, "tokenizer.json"),
               {"version": "1.0",
                "model": {"type": "WordLevel", "vocab": {"<unk>": 0},
                          "unk_token": "<unk>"}})
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as out:
        out.write("---\nlicense: apache-2.0\n---\n# A small model\n")


if __name__ == "__main__":
    main()
