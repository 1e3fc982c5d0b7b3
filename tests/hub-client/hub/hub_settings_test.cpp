// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_settings.h"

#include <map>
#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

Variables variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST_CASE("files are where huggingface_hub has them", "[hub]") {
  auto settings = read_hub_settings(variables({{"HOME", "/home/me"}}));
  REQUIRE(works(settings));
  CHECK(settings->endpoint.text() == "https://huggingface.co");
  CHECK(settings->home == "/home/me/.cache/huggingface");
  CHECK(settings->cache == "/home/me/.cache/huggingface/hub");
  CHECK(settings->token_file == "/home/me/.cache/huggingface/token");
  CHECK(settings->stored_tokens == "/home/me/.cache/huggingface/stored_tokens");
  CHECK_FALSE(settings->offline);
  CHECK(settings->implicit_token);
  CHECK(settings->symlinks);
  CHECK_FALSE(settings->progress.has_value());

  settings = read_hub_settings(
      variables({{"HOME", "/home/me"}, {"XDG_CACHE_HOME", "/cache"}}));
  CHECK(settings->home == "/cache/huggingface");

  settings = read_hub_settings(variables({{"HOME", "/home/me"},
                                          {"DISK", "/disk"},
                                          {"XDG_CACHE_HOME", "/cache"},
                                          {"HF_HOME", "$DISK/${DISK}/hf"},
                                          {"HUGGINGFACE_HUB_CACHE", "/old"},
                                          {"HF_TOKEN_PATH", "~/t/token"}}));
  CHECK(settings->home == "/disk//disk/hf");
  CHECK(settings->cache == "/old");
  CHECK(settings->token_file == "/home/me/t/token");
  CHECK(settings->stored_tokens == "/home/me/t/stored_tokens");

  settings = read_hub_settings(variables({{"HF_HOME", "/hf"},
                                          {"HF_HUB_CACHE", "/new"},
                                          {"HUGGINGFACE_HUB_CACHE", "/old"}}));
  CHECK(settings->cache == "/new");
}

TEST_CASE("switches are what the variables say", "[hub]") {
  const auto settings =
      read_hub_settings(variables({{"HF_HOME", "/hf"},
                                   {"HF_ENDPOINT", "http://127.0.0.1:1/"},
                                   {"TRANSFORMERS_OFFLINE", "yes"},
                                   {"HF_HUB_DISABLE_IMPLICIT_TOKEN", "On"},
                                   {"HF_HUB_DISABLE_SYMLINKS", "1"},
                                   {"HF_HUB_DISABLE_PROGRESS_BARS", "0"}}));
  REQUIRE(works(settings));
  CHECK(settings->endpoint.text() == "http://127.0.0.1:1");
  CHECK(settings->offline);
  CHECK_FALSE(settings->implicit_token);
  CHECK_FALSE(settings->symlinks);
  CHECK(settings->progress == true);
  CHECK(read_hub_settings(
            variables({{"HF_HOME", "/hf"}, {"HUGGINGFACE_CO_STAGING", "TRUE"}}))
            ->endpoint.text() == "https://hub-ci.huggingface.co");
  for (const char* no : {"", "0", "no", "off", "false", "2", "y"})
    CHECK_FALSE(is_yes(no));
}

TEST_CASE("settings that lead nowhere are errors", "[hub]") {
  CHECK(refuses(read_hub_settings(variables({})), ErrorKind::not_found,
                "neither HF_HOME nor HOME"));
  CHECK(refuses(read_hub_settings(variables(
                    {{"HF_HOME", "/hf"}, {"HF_ENDPOINT", "hub.example"}})),
                ErrorKind::invalid_input, "HF_ENDPOINT: malformed URL"));
}

TEST_CASE("a variable that is not set stays as it is", "[hub]") {
  const Variables home = variables({{"HOME", "/h"}});
  CHECK(expand_variables("~", home) == "/h");
  CHECK(expand_variables("~me/x", home) == "~me/x");
  CHECK(expand_variables("/a/$NONE/${NONE}/$", home) == "/a/$NONE/${NONE}/$");
  CHECK(expand_variables("${HOME", home) == "${HOME");
}

}  // namespace
}  // namespace sigstore::hub
