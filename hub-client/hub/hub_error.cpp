// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_error.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/http/asked_wait.h"

namespace sigstore::hub {
namespace {

constexpr std::size_t kShownWords = 400;
constexpr std::size_t kShownId = 100;
// An error page is longer, and says nothing to us.
constexpr std::size_t kErrorBody = 64 * limits::kKiB;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// "hf_...", "hf_oauth_...", "api_org_...", and three parts of base64url.
bool looks_secret(std::string_view word) {
  constexpr std::size_t kShortest = 12;
  if (word.size() < kShortest) return false;
  return word.find("hf_") != std::string_view::npos ||
         word.find("api_org") != std::string_view::npos ||
         word.find("eyJ") != std::string_view::npos;
}

std::string safe_word(std::string_view word) {
  if (word.find("://") != std::string_view::npos)
    if (const std::size_t query = word.find_first_of("?#");
        query != std::string_view::npos)
      return concat(word.substr(0, query), "?...");
  return looks_secret(word) ? "..." : std::string(word);
}

void add_words(std::vector<std::string>& all, std::string_view words) {
  std::string safe = safe_words(words);
  if (safe.empty()) return;
  for (const std::string& before : all)
    if (before.find(safe) != std::string::npos) return;
  all.push_back(std::move(safe));
}

void add_member(std::vector<std::string>& all, const Json& object,
                std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return;
  if (member->is_string())
    add_words(all, member->get_ref<const std::string&>());
  if (!member->is_array()) return;
  for (const Json& item : *member) {
    if (item.is_string()) add_words(all, item.get_ref<const std::string&>());
    if (item.is_object()) add_member(all, item, "message");
  }
}

// {"error": "..." or [...], "error_description": ...}, {"errors":
// [{"message": ...}]}, {"message": ...}, or plain text.
void add_body(std::vector<std::string>& all, const http::Response& answer) {
  if (answer.body.size() > kErrorBody) return;
  const std::string_view text = as_text(answer.body);
  const Result<Json> json = parse_json(text);
  if (json.ok() && json->is_object()) {
    for (const char* name : {"error", "error_description", "errors", "message"})
      add_member(all, *json, name);
    return;
  }
  if (!json.ok() && text.find('<') == std::string_view::npos)
    add_words(all, text);
}

std::string all_words(const http::Response& answer) {
  std::vector<std::string> all;
  add_words(all, answer.header("X-Error-Message"));
  add_body(all, answer);
  std::string out;
  for (const std::string& words : all)
    out += concat(out.empty() ? "" : "; ", words);
  return out;
}

std::string request_id(const http::Response& answer) {
  for (const char* name : {"x-request-id", "X-Amzn-Trace-Id", "x-amz-cf-id"})
    if (const std::string_view id = answer.header(name); !id.empty())
      return printable(id.substr(0, kShownId));
  return {};
}

std::string waiting_time(const http::Response& answer) {
  const auto asked = http::asked_wait(answer);
  return asked ? concat("try again in ", asked->count(), " seconds")
               : "try again later";
}

struct Meaning {
  ErrorKind kind;
  std::string words;
};

// What the headers alone decide.
std::optional<Meaning> by_code(const Subject& subject,
                               const http::Response& answer) {
  const std::string_view code = answer.header("X-Error-Code");
  if (code == "RevisionNotFound")
    return Meaning{ErrorKind::not_found,
                   "there is no such branch, tag or commit"};
  if (code == "EntryNotFound")
    return Meaning{ErrorKind::not_found, "there is no such file"};
  if (code == "GatedRepo")
    return Meaning{ErrorKind::unauthorized,
                   concat("the repository is gated: ask for access",
                          subject.page.empty() ? "" : " at ", subject.page)};
  if (answer.header("X-Error-Message") ==
      "Access to this resource is disabled.")
    return Meaning{ErrorKind::unauthorized, "the repository is disabled"};
  return std::nullopt;
}

Meaning not_visible() {
  return {ErrorKind::not_found,
          "no such repository, or it is private, or the token is wrong or "
          "missing"};
}

bool is_bad_token(const http::Response& answer, std::string_view words) {
  constexpr std::string_view kSaid = "Invalid credentials in Authorization";
  return answer.header("X-Error-Message").find(kSaid) !=
             std::string_view::npos ||
         words.find(kSaid) != std::string_view::npos;
}

Meaning by_status(const Subject& subject, const http::Response& answer,
                  std::string_view words) {
  const int status = answer.status;
  const bool hidden = answer.header("X-Error-Code") == "RepoNotFound";
  if (hidden && (status == 401 || status == 404)) return not_visible();
  if (status == 401 && is_bad_token(answer, words))
    return {ErrorKind::unauthorized, "the token is wrong or has expired"};
  if (subject.is_repository && status == 401) return not_visible();
  switch (status) {
    case 400:
      return {ErrorKind::invalid_input, "the Hub refused the request"};
    case 401:
      return {ErrorKind::unauthorized, "a token is needed, or a better one"};
    case 403:
      return {ErrorKind::unauthorized,
              "not allowed: the token lacks the role or scope for it"};
    case 404:
      return {ErrorKind::not_found, "there is no such thing"};
    case 409:
      if (words.find("conflicting operation") != std::string_view::npos)
        return {ErrorKind::network,
                "another operation is in progress: try again later"};
      return {ErrorKind::invalid_input, "it exists already"};
    case 412:
      return {ErrorKind::network, "the branch moved meanwhile: run it again"};
    case 413:
      return {ErrorKind::invalid_input, "too much in one request"};
    case 416:
      return {ErrorKind::invalid_input, "the range begins after the end"};
    case 422:
      return {ErrorKind::invalid_input, "the Hub cannot use the request"};
    case 429:
      return {ErrorKind::network,
              concat("too many requests: ", waiting_time(answer))};
    default:
      break;
  }
  if (status == 408 || status >= 500)
    return {ErrorKind::network,
            concat("the Hub is out of order: ", waiting_time(answer))};
  if (status >= 300 && status < 400)
    return {ErrorKind::invalid_input, "the Hub sends us elsewhere"};
  return {ErrorKind::invalid_input, "an answer that we cannot use"};
}

}  // namespace

std::string safe_words(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < kShownWords;) {
    const std::size_t start = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at),
                         text.end(), is_blank) -
        text.begin());
    const std::size_t end = static_cast<std::size_t>(
        std::find_if(text.begin() + static_cast<std::ptrdiff_t>(start),
                     text.end(), is_blank) -
        text.begin());
    if (end > start)
      out += concat(out.empty() ? "" : " ",
                    safe_word(text.substr(start, end - start)));
    at = end;
  }
  if (out.size() > kShownWords) out = out.substr(0, kShownWords) + "...";
  return printable(out);
}

Error hub_error(const Subject& subject, const http::Response& answer) {
  const std::string words = all_words(answer);
  std::optional<Meaning> meaning = by_code(subject, answer);
  if (!meaning) meaning = by_status(subject, answer, words);
  std::string known = concat("status ", answer.status);
  if (!words.empty()) known += concat(", ", words);
  if (const std::string id = request_id(answer); !id.empty())
    known += concat(", request ", id);
  return fail(meaning->kind, subject.name, ": ", meaning->words, " (", known,
              ")");
}

std::vector<HubWarning> warnings_of(const http::Response& answer) {
  std::vector<HubWarning> warnings;
  for (const http::Header& header : answer.headers) {
    if (!equal_in_any_case(header.name, "X-HF-Warning")) continue;
    const std::string_view value = header.value;
    const std::size_t end = value.find(';');
    HubWarning warning;
    if (end == std::string_view::npos) {
      warning.message = safe_words(value);
    } else {
      warning.topic = safe_words(value.substr(0, end));
      warning.message = safe_words(value.substr(end + 1));
    }
    if (!warning.message.empty()) warnings.push_back(std::move(warning));
  }
  return warnings;
}

}  // namespace sigstore::hub
