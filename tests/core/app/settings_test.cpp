// SPDX-License-Identifier: Apache-2.0
#include "core/app/settings.h"

#include <string>
#include <vector>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

namespace sigstore {
namespace {

const char* const kUrl = "https://huggingface.co/org/model";

// Settings of kUrl after these keys and values were added one by one.
Result<Settings> settings_with(
    const std::vector<std::pair<std::string, std::string>>& entries,
    const std::string& url = kUrl) {
  const TempRepository repository;
  for (const auto& [key, value] : entries)
    repository.run({"config", "--add", key, value});
  return load_settings(repository.git(), url);
}

}  // namespace

TEST_CASE("without configuration the defaults count", "[app]") {
  const Result<Settings> settings = settings_with({});
  REQUIRE(works(settings));
  CHECK(settings->mode == Mode::tofu);
  CHECK(settings->fallback == Fallback::none);
  CHECK(settings->partial_fetch);
  CHECK_FALSE(settings->require_binding);
  CHECK_FALSE(settings->allow_symlinks);
  CHECK_FALSE(settings->allow_submodules);
  CHECK_FALSE(settings->strict_filter);
  CHECK_FALSE(settings->max_age.has_value());
}

TEST_CASE("every key is read", "[app]") {
  const Result<Settings> settings =
      settings_with({{"sigstore.mode", "require"},
                     {"sigstore.sign", "never"},
                     {"sigstore.signWith", "identity"},
                     {"sigstore.identityTokenFile", "/token"},
                     {"sigstore.signingConfig", "/config.json"},
                     {"sigstore.fallback", "signed-ancestor"},
                     {"sigstore.maxAge", "90d"},
                     {"sigstore.requireBinding", "yes"},
                     {"sigstore.allowSymlinks", "On"},
                     {"sigstore.allowSubmodules", "1"},
                     {"sigstore.partialFetch", "false"},
                     {"sigstore.strictFilter", "TRUE"},
                     {"sigstore.refs", "refs/heads/a refs/tags/*"}});
  REQUIRE(works(settings));
  CHECK(settings->mode == Mode::require);
  CHECK(settings->sign == SignMode::never);
  CHECK(settings->sign_with == SignWith::identity);
  CHECK(settings->identity_token_file == "/token");
  CHECK(settings->signing_config == "/config.json");
  CHECK(settings->fallback == Fallback::signed_ancestor);
  CHECK(settings->max_age == std::chrono::hours(90 * 24));
  CHECK(settings->require_binding);
  CHECK(settings->allow_symlinks);
  CHECK(settings->allow_submodules);
  CHECK_FALSE(settings->partial_fetch);
  CHECK(settings->strict_filter);
  CHECK(settings->refs.size() == 2);
}

TEST_CASE("the value whose URL matches best counts", "[app]") {
  const Result<Settings> settings =
      settings_with({{"sigstore.https://huggingface.co/org.mode", "require"},
                     {"sigstore.https://huggingface.co.mode", "warn"},
                     {"sigstore.https://huggingface.co/other.mode", "off"},
                     {"sigstore.mode", "off"}});
  REQUIRE(works(settings));
  CHECK(settings->mode == Mode::require);
}

TEST_CASE("another spelling of a URL cannot choose another policy", "[app]") {
  for (const char* url :
       {"http://huggingface.co/org/model", "https://hf.co/org/model",
        "https://huggingface.co/org/model.git",
        "https://user@HUGGINGFACE.co:443/org/model/"}) {
    CAPTURE(url);
    const Result<Settings> settings = settings_with(
        {{"sigstore.https://hf.co/org/model.git.mode", "require"}}, url);
    REQUIRE(works(settings));
    CHECK(settings->mode == Mode::require);
  }
}

TEST_CASE("a path gets what is set for all URLs", "[app]") {
  const Result<Settings> settings =
      settings_with({{"sigstore.https://huggingface.co.mode", "off"},
                     {"sigstore.maxAge", "36h"}},
                    "/srv/model.git");
  REQUIRE(works(settings));
  CHECK(settings->mode == Mode::tofu);
  CHECK(settings->max_age == std::chrono::hours(36));
}

TEST_CASE("all public keys that match are kept, in their order", "[app]") {
  const Result<Settings> settings =
      settings_with({{"sigstore.publicKey", "/a.pub"},
                     {"sigstore.https://huggingface.co.publicKey", "/b.pub"},
                     {"sigstore.https://other.example.publicKey", "/c.pub"},
                     {"sigstore.publicKey", "/d e.pub"}});
  REQUIRE(works(settings));
  CHECK(settings->public_keys ==
        // git put the second of the same section behind the first.
        std::vector<std::string>{"/a.pub", "/d e.pub", "/b.pub"});
  const Result<Settings> reset = settings_with(
      {{"sigstore.publicKey", "/a.pub"},
       {"sigstore.https://huggingface.co/org.publicKey", ""},
       {"sigstore.https://huggingface.co/org.publicKey", "/b.pub"}});
  REQUIRE(works(reset));
  CHECK(reset->public_keys == std::vector<std::string>{"/b.pub"});
}

TEST_CASE("an alias replaces the part of the URL that it is set for", "[app]") {
  const auto canonical = [](const char* pattern, const char* value,
                            const std::string& url) {
    const Result<Settings> settings = settings_with(
        {{concat("sigstore.", pattern, ".repository"), value}}, url);
    if (!settings.ok()) return "refused: " + settings.error().message;
    const Result<RepoId> id = repository_id(*settings, url);
    return id.ok() ? id->to_string() : id.error().message;
  };
  CHECK(canonical("https://mirror.example/hf", "hf.co",
                  "https://u@mirror.example/hf/org/m.git") ==
        "huggingface.co/org/m");
  CHECK(canonical("https://hf.co/new/name", "huggingface.co/old/name",
                  "https://huggingface.co/new/name") ==
        "huggingface.co/old/name");
  CHECK(canonical("https://other.example", "x.example", kUrl) ==
        "huggingface.co/org/model");
  CHECK(canonical("https://*.co", "x.example", kUrl)
            .starts_with("refused: git config sigstore.<url>.repository "));
  CHECK(canonical("https://huggingface.co", "x.example/../y", kUrl)
            .starts_with("refused: git config sigstore.https://hugg"));
  CHECK(refuses(settings_with({{"sigstore.repository", "x.example"}}),
                ErrorKind::invalid_input, "needs a URL"));
}

TEST_CASE("identities and issuers come in pairs", "[app]") {
  const auto settings = settings_with({{"sigstore.identity", "a@b"},
                                       {"sigstore.issuer", "https://first"},
                                       {"sigstore.identity", "https://ci/**"},
                                       {"sigstore.issuer", "https://second"}});
  REQUIRE(works(settings));
  CHECK(settings->identities ==
        std::vector<std::string>{"a@b", "https://ci/**"});
  CHECK(settings->issuers ==
        std::vector<std::string>{"https://first", "https://second"});
}

TEST_CASE("a value that is not understood is an error", "[app]") {
  const auto refused = [](const char* key, const char* value,
                          std::string_view phrase) {
    CAPTURE(key, value);
    return refuses(settings_with({{key, value}}), ErrorKind::invalid_input,
                   phrase);
  };
  CHECK(refused("sigstore.mode", "Require", "require, tofu, warn or off"));
  CHECK(refused("sigstore.sign", "", "auto, always or never"));
  CHECK(refused("sigstore.fallback", "any", "none or signed-ancestor"));
  CHECK(refused("sigstore.requireBinding", "ja", "true or false"));
  for (const char* age : {"", "d", "90", "0d", "-1d", "90 d", "90days", "1e3d",
                          "99999999999999d", "+5d", "40000d"})
    CHECK(refused("sigstore.maxAge", age, "like 90d or 36h"));
  CHECK(refused("sigstore.mdoe", "require", "sigstore.mdoe is not known"));
  CHECK(refused("sigstore.https://huggingface.co.identities", "a@b",
                "is not known"));
  CHECK(refused("sigstore.https://huggingface.co.identity", "a@b",
                "come in pairs"));
  CHECK(refused("sigstore.issuer", "https://a", "come in pairs"));
  // What is set for others does not disturb.
  CHECK(works(settings_with({{"sigstore.https://other.example.mode", "x"}})));
}

}  // namespace sigstore
