// SPDX-License-Identifier: Apache-2.0
#include "hub-client/credential.h"

#include <array>
#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

TEST_CASE("git's question is read up to its empty line", "[credential]") {
  const auto request = parse_credential_request(
      "capability[]=authtype\nprotocol=https\nhost=hub.example:444\n"
      "path=org/m\nusername=a=b\n\nhost=evil.example\n");
  REQUIRE(works(request));
  CHECK(request->protocol == "https");
  CHECK(request->host == "hub.example:444");
  CHECK(request->username == "a=b");
  CHECK(parse_credential_request("")->host.empty());
}

TEST_CASE("what is no question is refused", "[credential]") {
  for (const std::string& text :
       {std::string("protocol\n"), std::string("host=a\0b\n", 9),
        "x=" + std::string(70'000, 'x')})
    CHECK(refuses(parse_credential_request(text), ErrorKind::invalid_input,
                  "git asks"));
}

TEST_CASE("git gets the token for the Hub's origin alone", "[credential]") {
  struct Row {
    const char* endpoint;
    const char* protocol;
    const char* host;
    bool answered;
  };
  const std::array rows{
      Row{"https://huggingface.co", "https", "huggingface.co", true},
      Row{"https://huggingface.co", "https", "huggingface.co:443", true},
      Row{"https://huggingface.co", "http", "huggingface.co", false},
      Row{"https://huggingface.co", "https", "huggingface.co:444", false},
      Row{"https://huggingface.co", "https", "huggingface.co.evil.org", false},
      Row{"https://huggingface.co", "https", "huggingface.co@evil.org", false},
      Row{"https://huggingface.co", "https", "evil.org/huggingface.co", false},
      Row{"https://huggingface.co", "https", "huggingface.co/@evil", false},
      Row{"https://huggingface.co", "https", "", false},
      Row{"https://huggingface.co", "", "", false},
      Row{"http://127.0.0.1:8000", "http", "127.0.0.1:8000", true},
      Row{"http://127.0.0.1:8000", "http", "127.0.0.1:8001", false},
      Row{"http://hub.intranet", "http", "hub.intranet", false},
  };
  const AccessToken token = *AccessToken::parse("hf_test");
  for (const Row& row : rows) {
    CAPTURE(row.endpoint, row.protocol, row.host);
    const Endpoint endpoint = *Endpoint::parse(row.endpoint);
    const std::string answer =
        credential_answer({row.protocol, row.host, ""}, endpoint, token);
    CHECK(answer ==
          (row.answered ? concat("protocol=", row.protocol, "\nhost=", row.host,
                                 "\nusername=hf_user\npassword=hf_test\n")
                        : std::string()));
    CHECK(
        credential_answer({row.protocol, row.host, ""}, endpoint, {}).empty());
  }
}

}  // namespace
}  // namespace sigstore::hub
