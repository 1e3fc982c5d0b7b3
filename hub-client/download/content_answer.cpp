// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/content_answer.h"

#include "hub-client/hub/decimal.h"

namespace sigstore::hub {
namespace {

Error other_size(std::uint64_t there, std::uint64_t listed) {
  return fail(ErrorKind::content_differs, "it has ", there,
              " bytes there, and was listed with ", listed);
}

Error odd(std::string_view what) {
  return fail(ErrorKind::network, "an answer that does not fit: ", what);
}

Result<void> check_part(const Question& question, const http::Response& head) {
  const auto part = parse_content_range(head.header("Content-Range"));
  if (!part) return odd("its Content-Range");
  if (part->size != question.size) return other_size(part->size, question.size);
  if (part->range != question.range) return odd("another range");
  const auto length = parse_decimal(head.header("Content-Length"));
  if (length && *length != question.range.size()) return odd("its length");
  return {};
}

Result<void> check_coding(const http::Response& head) {
  const std::string_view coding = head.header("Content-Encoding");
  if (coding.empty() || coding == "identity") return {};
  return odd("it is encoded, though that was not allowed");
}

bool is_later(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

// "bytes */1234"
Error beyond_end(const Question& question, const http::Response& head) {
  constexpr std::string_view kUnsatisfied = "bytes */";
  const std::string_view text = head.header("Content-Range");
  if (text.starts_with(kUnsatisfied))
    if (const auto size = parse_decimal(text.substr(kUnsatisfied.size())))
      if (*size != question.size) return other_size(*size, question.size);
  return odd("a range of it is refused (status 416)");
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos ||
      dash > slash)
    return std::nullopt;
  const auto first = parse_decimal(text.substr(0, dash));
  const auto last = parse_decimal(text.substr(dash + 1, slash - dash - 1));
  const auto size = parse_decimal(text.substr(slash + 1));
  if (!first || !last || !size || *last < *first || *last >= *size)
    return std::nullopt;
  return ContentRange{{*first, *last + 1}, *size};
}

Result<AnswerMeaning> judge_answer(const Question& question,
                                   const http::Response& head) {
  switch (head.status) {
    case 200:
      if (!question.whole) return AnswerMeaning::range_ignored;
      TRY(check_coding(head));
      if (const auto length = parse_decimal(head.header("Content-Length"));
          length && *length != question.size)
        return other_size(*length, question.size);
      return AnswerMeaning::content;
    case 206:
      if (question.whole) return odd("a part of it, and all was asked for");
      TRY(check_coding(head));
      TRY(check_part(question, head));
      return AnswerMeaning::content;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return AnswerMeaning::redirect;
    case 400:
    case 401:
    case 403:
    case 404:
    case 410:
      return AnswerMeaning::forbidden;
    case 416:
      return beyond_end(question, head);
    default:
      return is_later(head.status) ? AnswerMeaning::later
                                   : AnswerMeaning::refused;
  }
}

}  // namespace sigstore::hub
