// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/inclusion_proof.h"

#include "core/tlog/checkpoint.h"
#include "core/tlog/entry_body.h"
#include "core/tlog/merkle.h"

namespace sigstore {

Result<void> verify_inclusion_proof(const TlogEntry& entry,
                                    const TransparencyLog& log) {
  const auto bad = [](std::string_view what) {
    return fail(ErrorKind::bad_evidence, "inclusion proof: ", what);
  };
  if (!entry.inclusion_proof) return bad("there is none");
  const InclusionProof& proof = *entry.inclusion_proof;
  if (proof.checkpoint.empty()) return bad("it has no checkpoint");
  if (proof.log_index < 0 || proof.tree_size < 0)
    return bad("a negative number");
  if (is_rekor_v2(entry)) {
    if (!entry.signed_entry_timestamp.empty())
      return bad(
          "an inclusion promise beside it, which no log of version 2 "
          "makes");
    if (entry.log_index != proof.log_index)
      return bad("it is of another index than the entry");
  }
  TRY_ASSIGN(const Checkpoint checkpoint, parse_checkpoint(proof.checkpoint));
  TRY(verify_checkpoint(checkpoint, log));
  if (checkpoint.tree_size != static_cast<std::uint64_t>(proof.tree_size))
    return bad("its checkpoint is of another size");
  if (as_text(checkpoint.root_hash.bytes) != as_text(proof.root_hash))
    return bad("its checkpoint has another root hash");
  TRY_ASSIGN(const Sha256Digest root,
             merkle_root(merkle_leaf(entry.canonicalized_body),
                         static_cast<std::uint64_t>(proof.log_index),
                         checkpoint.tree_size, proof.hashes));
  if (root != checkpoint.root_hash) return bad("the entry is not in the tree");
  return {};
}

}  // namespace sigstore
