// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/trust/trusted_root.h"

namespace sigstore {

// A tree head as a signed note (C2SP tlog-checkpoint, signed-note):
//
//   <origin>\n<tree size>\n<root hash, base64>\n[<extension>\n]*
//   \n
//   U+2014 <name> <base64 of 4-byte key id and signature>\n ...
struct Checkpoint {
  struct Signature {
    std::string name;
    Bytes key_id;  // 4 bytes
    Bytes signature;
  };
  std::string origin;
  std::uint64_t tree_size = 0;
  Sha256Digest root_hash;
  std::string text;  // what is signed: all up to the blank line, "\n" included
  std::vector<Signature> signatures;
};

// Strict: LF only, at least three lines of which none is empty, a size
// without leading zeros, no control characters, at least one signature,
// limits::kCheckpoint bytes and limits::kNoteLines lines. bad_evidence
// otherwise: nobody but a log makes them.
Result<Checkpoint> parse_checkpoint(std::string_view note);

// The first four bytes that a signature line of this name and key carries
// (signed-note, "Signatures"; for ECDSA, as Rekor does, of the key alone).
Bytes note_key_id(std::string_view name, const VerificationKey& key);

// Is the tree head signed by this log? At least one line has the log's name
// and key id and a signature that verifies; lines of anybody else are not
// looked at; a line of the log that does not verify is a refusal. The origin
// must be the log's: "name" or "name - <tree id>". bad_evidence otherwise;
// unsupported when the log has no key that is known here.
Result<void> verify_checkpoint(const Checkpoint& checkpoint,
                               const TransparencyLog& log);

}  // namespace sigstore
