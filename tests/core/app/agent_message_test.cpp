// SPDX-License-Identifier: Apache-2.0
#include "core/app/agent_message.h"

#include "core/base/limits.h"
#include "tests/core/refuses.h"

using sigstore::AgentRequest;
using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::frame_size;
using sigstore::HeldLogin;
using sigstore::parse_agent_answer;
using sigstore::parse_agent_request;
using sigstore::write_agent_request;

namespace {

HeldLogin login() { return {"key", {1, 2, 3}, {1'750'000'000}}; }

}  // namespace

TEST_CASE("a message to the agent reads as it was written", "[app]") {
  const auto keep = parse_agent_request(write_agent_request(
      {AgentRequest::Kind::keep, "https://ca https://i", login()}));
  REQUIRE(works(keep));
  CHECK(keep->kind == AgentRequest::Kind::keep);
  CHECK(keep->name == "https://ca https://i");
  REQUIRE(keep->login.has_value());
  CHECK(keep->login->key_pem == "key");
  CHECK(keep->login->certificate == Bytes{1, 2, 3});
  CHECK(keep->login->expires.seconds == 1'750'000'000);
  const auto find = parse_agent_request(
      write_agent_request({AgentRequest::Kind::find, "name"}));
  REQUIRE(works(find));
  CHECK(find->kind == AgentRequest::Kind::find);
  CHECK_FALSE(find->login.has_value());
  const auto end =
      parse_agent_request(write_agent_request({AgentRequest::Kind::end, ""}));
  REQUIRE(works(end));
  CHECK(end->kind == AgentRequest::Kind::end);
}

TEST_CASE("an answer of the agent is a login or nothing", "[app]") {
  const auto some = parse_agent_answer(sigstore::write_agent_answer(login()));
  REQUIRE(works(some));
  CHECK((*some)->key_pem == "key");
  const auto none =
      parse_agent_answer(sigstore::write_agent_answer(std::nullopt));
  REQUIRE(works(none));
  CHECK_FALSE(none->has_value());
}

TEST_CASE("what is no message of the agent's is refused", "[app]") {
  constexpr auto kBad = ErrorKind::invalid_input;
  CHECK(refuses(parse_agent_request("{}"), kBad, "'kind'"));
  CHECK(refuses(parse_agent_request(R"({"kind":"sign"})"), kBad,
                "unknown kind of message"));
  CHECK(refuses(parse_agent_request(R"({"kind":"find","more":1})"), kBad,
                "'more'"));
  CHECK(refuses(parse_agent_request(R"({"kind":"keep","name":"x"})"), kBad,
                "a login in the wrong place"));
  CHECK(refuses(parse_agent_request(
                    R"({"kind":"end","login":{"key":"k","certificate":"AQ==",)"
                    R"("expires":1}})"),
                kBad, "a login in the wrong place"));
  CHECK(refuses(
      parse_agent_answer(R"({"login":{"certificate":"AQ==","expires":1}})"),
      kBad, "a login without a key"));
  CHECK(refuses(parse_agent_answer(R"({"login":{"key":"k","expires":1}})"),
                kBad, "'certificate'"));
  CHECK(refuses(parse_agent_answer(R"({"login":7})"), kBad, "no object"));
}

TEST_CASE("a frame says how long it is, and is never long", "[app]") {
  const std::string frame = sigstore::write_frame(std::string(258, 'x'));
  REQUIRE(frame.size() == 262);
  CHECK(frame_size(as_bytes(frame)).value() == 258);
  const std::string longest =
      sigstore::write_frame(std::string(sigstore::limits::kKeyFile, 'x'));
  CHECK(works(frame_size(as_bytes(longest))));
  CHECK(refuses(frame_size(Bytes{0, 1, 0, 1}), ErrorKind::invalid_input,
                "too long"));
  CHECK(refuses(frame_size(Bytes{0xFF, 0, 0, 0}), ErrorKind::invalid_input,
                "too long"));
}
