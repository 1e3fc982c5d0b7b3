// SPDX-License-Identifier: Apache-2.0
#include "core/app/agent_message.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr std::string_view kFind = "find";
constexpr std::string_view kKeep = "keep";
constexpr std::string_view kEnd = "end";

Json to_json(const HeldLogin& login) {
  return {{"key", login.key_pem},
          {"certificate", to_base64(login.certificate)},
          {"expires", login.expires.seconds}};
}

Result<HeldLogin> read_login(const Json& json) {
  TRY(check_members(json, {"key", "certificate", "expires"}));
  HeldLogin login;
  TRY_ASSIGN(login.key_pem, optional_string(json, "key"));
  TRY_ASSIGN(login.certificate, bytes_member(json, "certificate"));
  TRY_ASSIGN(login.expires.seconds, positive_member(json, "expires"));
  if (login.key_pem.empty())
    return fail(ErrorKind::invalid_input, "a login without a key");
  return login;
}

Result<std::optional<HeldLogin>> find_login(const Json& json) {
  const Json* login = find_member(json, "login");
  if (login == nullptr) return std::optional<HeldLogin>();
  if (!login->is_object())
    return fail(ErrorKind::invalid_input, "a login is no object");
  TRY_ASSIGN(HeldLogin held, read_login(*login));
  return std::optional(std::move(held));
}

// Bytes that are not UTF-8 cannot be in JSON.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

void wipe_text(std::string& secret) {
  // Volatile, or the compiler would see that nobody reads it again.
  volatile char* at = secret.data();
  for (std::size_t i = 0; i < secret.size(); ++i) at[i] = 0;
}

std::string write_frame(std::string_view json) {
  const auto size = static_cast<std::uint32_t>(json.size());
  std::string frame;
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    frame += static_cast<char>((size >> shift) & 0xFFU);
  return frame.append(json);
}

Result<std::size_t> frame_size(ByteView start) {
  std::size_t size = 0;
  for (const std::uint8_t byte : start.first(4)) size = size << 8U | byte;
  if (size > limits::kKeyFile)
    return fail(ErrorKind::invalid_input, "a message is too long");
  return size;
}

std::string write_agent_request(const AgentRequest& request) {
  const std::string_view kind = request.kind == AgentRequest::Kind::find ? kFind
                                : request.kind == AgentRequest::Kind::keep
                                    ? kKeep
                                    : kEnd;
  Json json = {{"kind", kind}, {"name", request.name}};
  if (request.login) json["login"] = to_json(*request.login);
  return dump(json);
}

Result<AgentRequest> parse_agent_request(std::string_view text) {
  TRY_ASSIGN(const Json json, parse_json(text));
  TRY(check_members(json, {"kind", "name", "login"}));
  AgentRequest request;
  TRY_ASSIGN(const std::string_view kind, string_member(json, "kind"));
  TRY_ASSIGN(request.name, optional_string(json, "name"));
  TRY_ASSIGN(request.login, find_login(json));
  if (kind == kKeep)
    request.kind = AgentRequest::Kind::keep;
  else if (kind == kEnd)
    request.kind = AgentRequest::Kind::end;
  else if (kind != kFind)
    return fail(ErrorKind::invalid_input, "unknown kind of message");
  if (request.login.has_value() != (request.kind == AgentRequest::Kind::keep))
    return fail(ErrorKind::invalid_input, "a login in the wrong place");
  return request;
}

std::string write_agent_answer(const std::optional<HeldLogin>& login) {
  Json json = Json::object();
  if (login) json["login"] = to_json(*login);
  return dump(json);
}

Result<std::optional<HeldLogin>> parse_agent_answer(std::string_view text) {
  TRY_ASSIGN(const Json json, parse_json(text));
  TRY(check_members(json, {"login"}));
  return find_login(json);
}

}  // namespace sigstore
