#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hash_model.py FOLDER METHOD ALGORITHM [SHARD-SIZE]: model-signing hashes a
folder. Prints the seconds that it took, imports left out, and the root digest
of OpenSSF Model Signing, to compare."""

import hashlib
import pathlib
import sys
import time

from model_signing import hashing

folder, method, algorithm, *shard = sys.argv[1:]
config = hashing.Config()
if method == "shards":
    config.use_shard_serialization(
        hashing_algorithm=algorithm,
        **({"shard_size": int(shard[0])} if shard else {}))
else:
    config.use_file_serialization(hashing_algorithm=algorithm)
start = time.perf_counter()
manifest = config.hash(pathlib.Path(folder))
seconds = time.perf_counter() - start
digests = [item.digest.digest_value for item in
           manifest.resource_descriptors()]
print(seconds, "sha256:" + hashlib.sha256(b"".join(digests)).hexdigest())
