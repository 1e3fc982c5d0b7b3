// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/http/message.h"
#include "hub-client/download/byte_ranges.h"

// What the head of an answer to a request for content means (hub.md 1.9). Pure.
namespace sigstore::hub {

enum class AnswerMeaning : std::uint8_t {
  content,        // what was asked for follows
  redirect,       // Location says where
  range_ignored,  // the whole file follows instead of a part
  later,          // 408, 429, 5xx
  forbidden,      // 400, 401, 403, 404, 410: no, or a signed URL has expired
  refused,        // any other status
};

struct Question {
  ByteRange range;         // what was asked for
  std::uint64_t size = 0;  // of the file, as it was listed
  bool whole = false;      // without a Range header
};

// content_differs when the file has another size there than it was listed
// with; `network` for an answer outside of the protocol: encoded content,
// another range than was asked for.
Result<AnswerMeaning> judge_answer(const Question& question,
                                   const http::Response& head);

// "bytes 0-499/1234" (RFC 9110 14.4).
struct ContentRange {
  ByteRange range;
  std::uint64_t size = 0;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace sigstore::hub
