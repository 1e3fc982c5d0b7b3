// SPDX-License-Identifier: Apache-2.0
#include "core/sign/service_answer.h"

#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/http/url.h"

namespace sigstore {
namespace {

constexpr std::size_t kShownWords = 200;

// {"code": ..., "message": "..."}, as gRPC gateways and Rekor answer.
std::string words_of(const http::Response& answer) {
  const Result<Json> json = parse_json(as_text(answer.body));
  if (!json.ok() || !json->is_object()) return {};
  const Result<std::string> message = optional_string(*json, "message");
  if (!message.ok() || message->empty()) return {};
  return concat(" (", printable(message->substr(0, kShownWords)), ")");
}

// Fulcio says it with 400 and these words (pkg/server/error.go).
bool is_about_token(int status, std::string_view words) {
  return status == 401 || status == 403 ||
         (status == 400 && words.find("identity token") != words.npos);
}

std::string waiting_time(const http::Response& answer) {
  const std::string_view asked = answer.header("Retry-After");
  const bool is_number =
      !asked.empty() && asked.size() < 10 &&
      asked.find_first_not_of("0123456789") == std::string_view::npos;
  return is_number ? concat("try again in ", asked, " seconds")
                   : "try again later";
}

}  // namespace

std::string name_service(std::string_view role, const Service& service) {
  return concat(role, " ", http::origin_of(service.url));
}

Error refused_by(std::string_view role, const Service& service,
                 const http::Response& answer) {
  const std::string name = name_service(role, service);
  const std::string words = words_of(answer);
  const int status = answer.status;
  if (is_about_token(status, words))
    return fail(ErrorKind::unauthorized, name,
                " did not accept the identity token, status ", status, words,
                ": get a new one from an issuer that it knows");
  if (status == 429)
    return fail(ErrorKind::network, name,
                " has too many requests: ", waiting_time(answer));
  if (status == 408 || status >= 500)
    return fail(ErrorKind::network, name, " is out of order, status ", status,
                words, ": ", waiting_time(answer));
  if (status == 405)
    return fail(ErrorKind::stale_trust, name,
                " takes no more entries: get a newer signing config");
  if (status >= 300 && status < 400)
    return fail(ErrorKind::invalid_input, name, " sends us elsewhere, status ",
                status, ": check its URL in the signing config");
  return fail(ErrorKind::invalid_input, name, " refused the request, status ",
              status, words);
}

Error unreachable(std::string_view role, Error error) {
  if (error.kind == ErrorKind::network)
    error.message += ": check the network, or try again later";
  return std::move(error).context(role);
}

}  // namespace sigstore
