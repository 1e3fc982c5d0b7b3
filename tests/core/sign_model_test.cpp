// SPDX-License-Identifier: Apache-2.0
#include "core/sign_model.h"

#include <string>

#include "core/bundle/bundle_json.h"
#include "core/crypto/private_key.h"
#include "core/manifest/directory_content.h"
#include "core/manifest/statement.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::DirectoryContent;
using sigstore::ErrorKind;
using sigstore::PrivateKey;
using sigstore::Result;
using sigstore::sign_model;
using sigstore::SignedModel;
using sigstore::SignRequest;

namespace {

Result<SignedModel> sign(const TempFolder& folder, SignRequest request) {
  const auto key = PrivateKey::generate(sigstore::Curve::p256);
  REQUIRE(works(key));
  DirectoryContent content(folder.path());
  return sign_model(content, *key, std::move(request));
}

std::string payload_of(const SignedModel& made) {
  const auto bundle = sigstore::parse_bundle(as_bytes(made.bundle));
  REQUIRE(works(bundle));
  return std::string(sigstore::as_text(
      std::get<sigstore::DsseEnvelope>(bundle->content).payload));
}

SignRequest named(std::string name) {
  SignRequest request;
  request.model_name = std::move(name);
  return request;
}

}  // namespace

TEST_CASE("the statement of the worked example has its root", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const auto made = sign(folder, named("demo"));
  REQUIRE(works(made));
  CHECK(payload_of(*made).find(
            "\"subject\":[{\"name\":\"demo\",\"digest\":{\"sha256\":"
            "\"e5b078ee4459e063176a86863b7a6a5d"
            "8893ff594665d1fcf63a36e5d8923821\"}}]") != std::string::npos);
}

TEST_CASE("the same model gives the same statement", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const auto first = sign(folder, named("demo"));
  const auto second = sign(folder, named("demo"));
  REQUIRE(works(first));
  REQUIRE(works(second));
  CHECK(payload_of(*first) == payload_of(*second));
}

TEST_CASE("a model without files is not signed", "[core]") {
  const TempFolder folder;
  folder.make_folder("empty");
  CHECK(refuses(sign(folder, named("demo")), ErrorKind::invalid_input,
                "there is no file to sign"));
}

TEST_CASE("a model of empty files only is not signed in shards", "[core]") {
  const TempFolder folder;
  folder.write("empty", "");
  SignRequest request = named("demo");
  request.parameters.method = sigstore::Method::shards;
  request.parameters.shard_size = 8;
  CHECK(refuses(sign(folder, request), ErrorKind::invalid_input,
                "there is no file to sign"));
}

TEST_CASE("a model without a name is not signed", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  CHECK(refuses(sign(folder, named("")), ErrorKind::invalid_input,
                "the model's name"));
}

TEST_CASE("a model with a link in it is not signed", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  folder.link("link", "w.bin");
  CHECK(refuses(sign(folder, named("demo")), ErrorKind::unsafe_tree,
                "link is a symbolic link"));
}
