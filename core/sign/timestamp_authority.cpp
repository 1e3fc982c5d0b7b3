// SPDX-License-Identifier: Apache-2.0
#include "core/sign/timestamp_authority.h"

#include <optional>

#include "core/crypto/timestamp_token.h"
#include "core/sign/service_answer.h"
#include "core/verify/signing_time.h"

namespace sigstore {
namespace {

constexpr const char* kRole = "timestamp authority";

Result<void> check_timestamp(ByteView body, const TimestampRequest& request,
                             ByteView signature, const TrustedRoot& root) {
  TRY_ASSIGN(const TimestampResponse response,
             TimestampResponse::from_der(body));
  if (!response.has_nonce(request.nonce))
    return fail(ErrorKind::bad_evidence,
                "the answer is to another request (nonce)");
  TRY_ASSIGN(const std::optional<SourcedTime> time,
             token_time(body, signature, root.timestamp_authorities));
  if (time) return {};
  return fail(ErrorKind::bad_evidence,
              "signed by an authority that is not in the trusted root");
}

}  // namespace

http::Request timestamp_request(const Service& service,
                                const TimestampRequest& request) {
  http::Request sent;
  sent.method = http::Method::post;
  sent.url = service.url;  // the whole endpoint
  sent.headers = {{"Content-Type", "application/timestamp-query"},
                  {"Accept", "application/timestamp-reply"}};
  sent.body = request.der;
  sent.answer_limit = limits::kTimestampResponse;
  sent.repeatable = true;
  return sent;
}

Result<Bytes> read_timestamp(const Service& service,
                             const http::Response& answer,
                             const TimestampRequest& request,
                             ByteView signature, const TrustedRoot& root) {
  if (answer.status != 200 && answer.status != 201)
    return refused_by(kRole, service, answer);
  TRY(check_timestamp(answer.body, request, signature, root)
          .context(
              concat(name_service(kRole, service), " gave a bad timestamp")));
  return answer.body;
}

}  // namespace sigstore
