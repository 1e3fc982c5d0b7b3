// SPDX-License-Identifier: Apache-2.0
#include "core/verify/signing_time.h"

#include <set>
#include <string>

#include "core/crypto/timestamp_token.h"
#include "core/tlog/inclusion_promise.h"

namespace sigstore {
namespace {

constexpr std::int64_t kClockSkewSeconds = 300;

Result<SourcedTime> check_token(const TimestampResponse& token,
                                ByteView signature, const Authority& authority,
                                KnownSignatures* known) {
  TRY_ASSIGN(const Timestamp time,
             token.verify(signature, authority.chain, known));
  if (!authority.valid.contains(time))
    return fail(ErrorKind::bad_evidence, "the token's time ", time.to_rfc3339(),
                " is outside of the validity of ",
                authority.uri.empty() ? "the authority" : authority.uri,
                " in the trusted root");
  // Two entries may share a URI: the anchor tells authorities apart.
  const std::string source =
      authority.uri.empty() ? authority.chain.front().subject() : authority.uri;
  return SourcedTime{
      {time, source},
      authority.operator_name.empty() ? source : authority.operator_name};
}

bool is_named(const TimestampResponse& token, const Authority& authority) {
  return token.names_signer(authority.chain.front());
}

}  // namespace

Result<std::optional<SourcedTime>> entry_time(const TlogEntry& entry,
                                              const TransparencyLog& log) {
  if (entry.signed_entry_timestamp.empty()) return std::optional<SourcedTime>();
  TRY_ASSIGN(const Timestamp time, verify_inclusion_promise(entry, log));
  return std::optional(SourcedTime{{time, log.base_url}, log.authority()});
}

Result<std::optional<SourcedTime>> token_time(
    ByteView token, ByteView signature, std::span<const Authority> authorities,
    KnownSignatures* known) {
  TRY_ASSIGN(const TimestampResponse response,
             TimestampResponse::from_der(token));
  std::optional<Error> refusal;
  for (const Authority& authority : authorities) {
    Result<SourcedTime> time =
        check_token(response, signature, authority, known);
    if (time.ok()) return std::optional(std::move(time).value());
    if (is_named(response, authority)) refusal = std::move(time).error();
  }
  if (refusal) return *std::move(refusal);
  return std::optional<SourcedTime>();
}

Result<void> check_times(std::span<const SourcedTime> times, std::size_t least,
                         Timestamp now) {
  std::set<std::string> authorities;
  for (const SourcedTime& item : times) {
    if (item.time.time.seconds > now.seconds + kClockSkewSeconds)
      return fail(
          ErrorKind::bad_evidence, item.time.source,
          " gives a time that is yet to come: ", item.time.time.to_rfc3339());
    authorities.insert(item.authority);
  }
  if (authorities.size() < least)
    return fail(ErrorKind::bad_evidence,
                "no trusted time: ", authorities.size(), " of ", least,
                " sources (signed entry timestamps, timestamps)");
  return {};
}

}  // namespace sigstore
