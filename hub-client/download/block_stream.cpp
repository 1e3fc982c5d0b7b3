// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/block_stream.h"

#include <utility>

#include "core/base/limits.h"

namespace sigstore::hub {
namespace {

// Of an answer that is no content: enough for its words.
constexpr std::size_t kWords = 64 * limits::kKiB;

http::StreamRequest request_for(const Block& block,
                                const ContentRequest& asked) {
  http::StreamRequest request;
  request.url = asked.url;
  for (const http::Header& header : asked.headers)
    if (header.name != "Accept-Encoding" && header.name != "Range")
      request.headers.push_back(header);
  // Otherwise text comes compressed, and without its length (hub.md 1.2).
  request.headers.push_back({"Accept-Encoding", "identity"});
  if (!block.whole)
    request.headers.push_back({"Range", concat("bytes=", block.range.start, "-",
                                               block.range.end - 1)});
  return request;
}

}  // namespace

void BlockStream::ask(http::StreamClient& network, ContentRequest request,
                      bool is_first, const DownloadOptions& options) {
  asked_ = std::move(request);
  is_first_ = is_first;
  ++redirects_;
  started_ = std::chrono::steady_clock::now();
  meaning_.reset();
  answer_ = {};
  at_ = block_.range.start;
  http::StreamRequest sent = request_for(block_, asked_);
  sent.stall_timeout = options.stall_timeout;
  sent.plain_http = options.plain_http;
  id_ = network.start(std::move(sent), *this);
}

Result<void> BlockStream::begin(const http::Response& head) {
  TRY_ASSIGN(meaning_,
             judge_answer({block_.range, file_size_, block_.whole}, head));
  answer_ = head;
  if (meaning_ == AnswerMeaning::range_ignored)
    return fail(ErrorKind::network, "the server ignores ranges");
  if (meaning_ == AnswerMeaning::content) owner_.answered(*this);
  return {};
}

Result<void> BlockStream::take(ByteView bytes) {
  if (meaning_ != AnswerMeaning::content) {
    if (bytes.size() > kWords - answer_.body.size())
      return fail(ErrorKind::network, "a long answer that is no content");
    answer_.body.insert(answer_.body.end(), bytes.begin(), bytes.end());
    return {};
  }
  if (bytes.size() > block_.range.end - at_)
    return fail(ErrorKind::network, "more bytes came than were asked for");
  TRY(owner_.store(block_.file, at_, bytes));
  at_ += bytes.size();
  return {};
}

void BlockStream::end(Result<void> result) {
  if (result.ok() && meaning_ == AnswerMeaning::content && !is_whole())
    result = fail(ErrorKind::network, "the answer ended after ", came(), " of ",
                  block_.range.size(), " bytes");
  owner_.ended(*this, std::move(result));
}

}  // namespace sigstore::hub
