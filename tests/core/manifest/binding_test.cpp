// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/binding.h"

#include <string>

#include "core/base/json.h"
#include "tests/core/refuses.h"

using sigstore::Binding;
using sigstore::check_binding;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::parse_binding;
using sigstore::Sha256Digest;
using sigstore::write_binding;

namespace {

sigstore::git::ObjectId id_of(char digit) {
  return *sigstore::git::ObjectId::parse_hex(std::string(40, digit));
}

Sha256Digest digest_of(std::uint8_t byte) {
  Sha256Digest digest;
  digest.bytes.fill(byte);
  return digest;
}

Binding full_binding() {
  Binding binding;
  binding.repository = "huggingface.co/org/model";
  binding.ref = "refs/heads/main";
  binding.object_format = "sha1";
  binding.tree.id = id_of('1');
  binding.gitattributes = digest_of(1);
  binding.gitignore = digest_of(2);
  binding.github = digest_of(3);
  binding.commit.id = id_of('2');
  binding.predecessor = digest_of(4);
  binding.signed_at = {1772600767};
  return binding;
}

Json full_json() { return Json::parse(write_binding(full_binding())); }

Json with(const char* member, Json value) {
  Json json = full_json();
  json[member] = std::move(value);
  return json;
}

}  // namespace

TEST_CASE("a binding survives the way out and back", "[manifest]") {
  CHECK(parse_binding(full_json()).value() == full_binding());
}

TEST_CASE("a binding without optional parts survives as well", "[manifest]") {
  Binding binding = full_binding();
  binding.gitattributes.reset();
  binding.gitignore.reset();
  binding.github.reset();
  binding.predecessor.reset();
  const Json json = Json::parse(write_binding(binding));
  CHECK_FALSE(json.contains("gitattributes"));
  CHECK(parse_binding(json).value() == binding);
}

TEST_CASE("a binding is written in a fixed order", "[manifest]") {
  Binding binding = full_binding();
  binding.gitignore.reset();
  binding.github.reset();
  binding.predecessor.reset();
  CHECK(write_binding(binding) ==
        R"({"repository":"huggingface.co/org/model","ref":"refs/heads/main",)"
        R"("objectFormat":"sha1","tree":")" +
            std::string(40, '1') + R"(","gitattributes":")" +
            digest_of(1).to_hex() + R"(","commit":")" + std::string(40, '2') +
            R"(","signedAt":"2026-03-04T05:06:07Z"})");
}

TEST_CASE("members that a later version may add are ignored", "[manifest]") {
  CHECK(parse_binding(with("later", 1)).value() == full_binding());
}

TEST_CASE("a binding without a required member is refused", "[manifest]") {
  for (const char* member :
       {"repository", "ref", "objectFormat", "tree", "commit", "signedAt"}) {
    CAPTURE(member);
    CHECK(refuses(parse_binding(with(member, nullptr)),
                  ErrorKind::invalid_input,
                  std::string("'") + member + "' is missing"));
    CHECK(refuses(parse_binding(with(member, 7)), ErrorKind::invalid_input,
                  std::string("'") + member + "' is not a string"));
  }
}

TEST_CASE("a binding with damaged digests and ids is refused", "[manifest]") {
  for (const char* member :
       {"gitattributes", "gitignore", "github", "predecessor"}) {
    CAPTURE(member);
    CHECK(refuses(parse_binding(with(member, std::string(64, 'A'))),
                  ErrorKind::invalid_input, "is not a SHA-256"));
    CHECK(refuses(parse_binding(with(member, std::string(40, 'a'))),
                  ErrorKind::invalid_input, "is not a SHA-256"));
  }
  for (const char* member : {"tree", "commit"}) {
    CAPTURE(member);
    CHECK(refuses(parse_binding(with(member, std::string(39, 'a'))),
                  ErrorKind::invalid_input, "is not an object id"));
  }
}

TEST_CASE("a binding with another form of time is refused", "[manifest]") {
  CHECK(refuses(parse_binding(with("signedAt", "2026-03-04T05:06:07+01:00")),
                ErrorKind::invalid_input, "RFC 3339"));
}

TEST_CASE("a binding that is no object is refused", "[manifest]") {
  CHECK(refuses(parse_binding(Json("text")), ErrorKind::invalid_input,
                "'repository' is missing"));
  CHECK(refuses(parse_binding(Json::array()), ErrorKind::invalid_input,
                "'repository' is missing"));
}

TEST_CASE("a binding fits the state that it was made for", "[manifest]") {
  CHECK(works(check_binding(full_binding(), full_binding())));
}

TEST_CASE("ref, commit, predecessor and time of a binding may differ",
          "[manifest]") {
  Binding actual = full_binding();
  actual.ref = "refs/heads/dev";
  actual.commit.id = id_of('9');
  actual.predecessor.reset();
  actual.signed_at = {0};
  CHECK(works(check_binding(full_binding(), actual)));
}

TEST_CASE("a binding for another repository is wrong_repository",
          "[manifest]") {
  Binding actual = full_binding();
  actual.repository = "huggingface.co/org/other";
  actual.gitignore.reset();  // the first reason counts
  CHECK(refuses(check_binding(full_binding(), actual),
                ErrorKind::wrong_repository,
                "made for huggingface.co/org/model, not for "
                "huggingface.co/org/other"));
}

TEST_CASE("a changed, new or removed git file is content_differs",
          "[manifest]") {
  const auto differs = [](const Binding& signed_one, const Binding& actual,
                          const char* name) {
    return refuses(check_binding(signed_one, actual),
                   ErrorKind::content_differs, std::string("changed ") + name);
  };
  Binding changed = full_binding();
  changed.gitattributes = digest_of(9);
  CHECK(differs(full_binding(), changed, ".gitattributes"));
  Binding without = full_binding();
  without.gitignore.reset();
  CHECK(differs(full_binding(), without, ".gitignore"));
  CHECK(differs(without, full_binding(), ".gitignore"));
  Binding github = full_binding();
  github.github.reset();
  CHECK(differs(full_binding(), github, ".github"));
}

TEST_CASE("all that changed is in the details", "[manifest]") {
  Binding actual = full_binding();
  actual.gitattributes.reset();
  actual.gitignore.reset();
  actual.github.reset();
  actual.tree.id = id_of('9');
  const auto checked = check_binding(full_binding(), actual);
  REQUIRE(refuses(checked, ErrorKind::content_differs,
                  "changed .gitattributes (+2 more)"));
  CHECK(checked.error().details ==
        std::vector<std::string>{"changed .gitattributes", "changed .gitignore",
                                 "changed .github"});
}

TEST_CASE("a tree that differs in nothing listed still differs", "[manifest]") {
  Binding actual = full_binding();
  actual.tree.id = id_of('9');
  CHECK(refuses(check_binding(full_binding(), actual),
                ErrorKind::content_differs, "file modes"));
}

TEST_CASE("trees of other object formats are not compared", "[manifest]") {
  Binding actual = full_binding();
  actual.object_format = "sha256";
  actual.tree.id = *sigstore::git::ObjectId::parse_hex(std::string(64, '1'));
  CHECK(works(check_binding(full_binding(), actual)));
}
