// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/inclusion_promise.h"

#include <cstdint>

#include "core/base/encoding.h"
#include "core/tlog/entry_body.h"

namespace sigstore {

std::string inclusion_promise_payload(const TlogEntry& entry) {
  // RFC 8785 sorts the members by name; none of these values needs escapes.
  return concat("{\"body\":\"", to_base64(entry.canonicalized_body),
                "\",\"integratedTime\":", entry.integrated_time,
                ",\"logID\":\"", to_hex(entry.log_id),
                "\",\"logIndex\":", entry.log_index, "}");
}

Result<Timestamp> verify_inclusion_promise(const TlogEntry& entry,
                                           const TransparencyLog& log) {
  const auto bad = [](std::string_view what) {
    return fail(ErrorKind::bad_evidence, "inclusion promise: ", what);
  };
  if (is_rekor_v2(entry)) return bad("a log of version 2 makes none");
  if (entry.signed_entry_timestamp.empty()) return bad("there is none");
  if (!log.key)
    return fail(ErrorKind::unsupported, "inclusion promise: the key of log ",
                log.origin(), " is of an algorithm that is not known here");
  // Rekor signs with SHA-256, whatever the key.
  if (!log.key
           ->verify(as_bytes(inclusion_promise_payload(entry)),
                    entry.signed_entry_timestamp, SignatureHash::sha256)
           .ok())
    return bad(concat("not signed by log ", log.origin()));
  const Timestamp time{entry.integrated_time};
  constexpr std::int64_t kYear10000 = 253402300800;
  if (time.seconds <= 0 || time.seconds >= kYear10000)
    return bad("it is about no time");
  if (!log.valid.contains(time))
    return bad(concat("made at ", time.to_rfc3339(), ", when log ",
                      log.origin(), " was not valid"));
  return time;
}

}  // namespace sigstore
