// SPDX-License-Identifier: Apache-2.0
#include "core/verify/log_entries.h"

#include <set>
#include <string>
#include <vector>

#include "core/base/encoding.h"
#include "core/tlog/checkpoint.h"
#include "core/tlog/inclusion_proof.h"

namespace sigstore {
namespace {

bool has_id(const TransparencyLog& log, const Bytes& id) {
  // checkpointKeyId is the one to use where a root has it (trustroot.proto).
  const Bytes& own = log.checkpoint_key_id.size() == id.size()
                         ? log.checkpoint_key_id
                         : log.log_id;
  return own == id || log.log_id == id;
}

bool signed_by(const TlogEntry& entry, const TransparencyLog& log) {
  if (!entry.inclusion_proof) return false;
  const Result<Checkpoint> checkpoint =
      parse_checkpoint(entry.inclusion_proof->checkpoint);
  return checkpoint.ok() && verify_checkpoint(*checkpoint, log).ok();
}

}  // namespace

Result<const TransparencyLog*> find_log(const TlogEntry& entry,
                                        const TrustedRoot& root) {
  std::vector<const TransparencyLog*> found;
  for (const TransparencyLog& log : root.tlogs)
    if (has_id(log, entry.log_id)) found.push_back(&log);
  if (found.empty())
    return fail(ErrorKind::bad_evidence, "log ",
                to_hex(entry.log_id).substr(0, 16),
                " is not in the trusted root");
  const TransparencyLog* chosen = found.front();
  if (found.size() > 1)
    for (const TransparencyLog* log : found)
      if (signed_by(entry, *log)) chosen = log;
  if (!chosen->key)
    return fail(ErrorKind::bad_evidence, chosen->base_url,
                " has a key of an algorithm that is not known here");
  return chosen;
}

Result<void> check_log_entry(const TlogEntry& entry, const TransparencyLog& log,
                             const LoggedSignature& expected) {
  TRY(verify_inclusion_proof(entry, log));
  return check_entry_body(entry, expected);
}

Result<void> check_log_count(std::span<const TransparencyLog* const> logs,
                             std::size_t least) {
  std::set<std::string> authorities;
  for (const TransparencyLog* log : logs) authorities.insert(log->authority());
  if (authorities.size() >= least) return {};
  return fail(ErrorKind::bad_evidence, "logged by ", authorities.size(), " of ",
              least, " transparency logs");
}

}  // namespace sigstore
