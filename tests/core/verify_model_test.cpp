// SPDX-License-Identifier: Apache-2.0
#include "core/verify_model.h"

#include <string>
#include <vector>

#include "core/bundle/bundle_json.h"
#include "core/bundle/dsse.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/private_key.h"
#include "core/manifest/directory_content.h"
#include "core/sign/sign_statement.h"
#include "core/sign_model.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"
#include "tests/support/virtual_sigstore.h"

using sigstore::as_bytes;
using sigstore::Binding;
using sigstore::DirectoryContent;
using sigstore::ErrorKind;
using sigstore::Manifest;
using sigstore::Method;
using sigstore::PrivateKey;
using sigstore::PublicKey;
using sigstore::Result;
using sigstore::sign_model;
using sigstore::SignRequest;
using sigstore::Trace;
using sigstore::VerifiedModel;
using sigstore::VerifyRequest;

namespace {

PrivateKey new_key() {
  auto key = PrivateKey::generate(sigstore::Curve::p256);
  REQUIRE(works(key));
  return std::move(*key);
}

// Signs with a fresh key, and verifies with it.
class Signer {
 public:
  std::string sign(const std::filesystem::path& path,
                   SignRequest request = {}) const {
    if (request.model_name.empty()) request.model_name = "demo";
    DirectoryContent content(path);
    auto made = sign_model(content, key_, std::move(request));
    REQUIRE(works(made));
    return std::move(made->bundle);
  }

  // Signs a manifest that sign_model would not make.
  std::string sign_manifest(const Manifest& manifest) const {
    const auto statement =
        sigstore::write_statement(manifest, "demo", std::nullopt);
    REQUIRE(works(statement));
    return sign_text(*statement);
  }
  std::string sign_text(std::string_view statement) const {
    const auto bundle =
        sigstore::sign_statement(key_, sigstore::to_bytes(statement));
    REQUIRE(works(bundle));
    return sigstore::write_bundle(*bundle).value();
  }

  Result<VerifiedModel> verify(std::string_view bundle,
                               const std::filesystem::path& path,
                               VerifyRequest request = {}) const {
    Trace trace;
    return verify(bundle, path, std::move(request), trace);
  }
  Result<VerifiedModel> verify(std::string_view bundle,
                               const std::filesystem::path& path,
                               VerifyRequest request, Trace& trace) const {
    request.keys = keys_;
    DirectoryContent content(path);
    return verify_model(as_bytes(bundle), content, request, trace);
  }

  const PrivateKey& key() const { return key_; }

 private:
  PrivateKey key_ = new_key();
  std::vector<PublicKey> keys_{key_.public_key()};
};

SignRequest in_shards(std::int64_t size) {
  SignRequest request;
  request.parameters.method = Method::shards;
  request.parameters.shard_size = size;
  return request;
}

SignRequest ignoring(std::string_view path) {
  SignRequest request;
  REQUIRE(works(request.selection.exclusions.add(path)));
  return request;
}

VerifyRequest allowing(std::string_view path) {
  VerifyRequest request;
  REQUIRE(works(request.allowed.add(path)));
  return request;
}

bool differs(const Result<VerifiedModel>& verified, std::string_view phrase) {
  return refuses(verified, ErrorKind::content_differs, phrase);
}

Binding state_of(const std::string& repository) {
  Binding binding;
  binding.repository = repository;
  binding.ref = "refs/heads/main";
  binding.object_format = "sha1";
  binding.tree.id = *sigstore::git::ObjectId::parse_hex(std::string(40, '1'));
  binding.commit.id = binding.tree.id;
  return binding;
}

}  // namespace

TEST_CASE("a signed folder verifies and says what it is", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const auto verified =
      signer.verify(signer.sign(folder.path()), folder.path());
  REQUIRE(works(verified));
  CHECK(std::get<sigstore::PublicKey>(verified->signer) ==
        signer.key().public_key());
  CHECK(verified->signed_manifest.model_name() == "demo");
  CHECK(verified->signed_manifest.manifest().resources.size() == 3);
  CHECK(verified->total_size == 39);
  CHECK(verified->notes.empty());
}

TEST_CASE("a model signed in shards or with BLAKE verifies", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  folder.write("empty", "");
  const Signer signer;
  SignRequest blake;
  blake.parameters.hash_type = sigstore::HashAlgorithm::blake2b;
  SignRequest blake3 = in_shards(8);
  blake3.parameters.hash_type = sigstore::HashAlgorithm::blake3;
  for (const SignRequest& request :
       {in_shards(8), in_shards(1), in_shards(1000), blake, blake3})
    CHECK(works(
        signer.verify(signer.sign(folder.path(), request), folder.path())));
}

TEST_CASE("a changed file is found", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  for (const SignRequest& request : {SignRequest{}, in_shards(8)}) {
    folder.write("w.bin", "0123456789ABCDEFGHIJKLMNOP");
    const std::string bundle = signer.sign(folder.path(), request);
    folder.write("w.bin", "0123456789ABCDEFGHIJKLMNOQ");
    CHECK(differs(signer.verify(bundle, folder.path()), "changed w.bin"));
    folder.write("w.bin", "0123456789ABCDEFGHIJKLMNOPQ");
    CHECK(differs(signer.verify(bundle, folder.path()), "changed w.bin"));
    folder.write("w.bin", "");
    CHECK_FALSE(signer.verify(bundle, folder.path()).ok());
  }
}

TEST_CASE("missing and extra files are found", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  folder.write("sub/new.py", "import os");
  std::filesystem::remove(folder.at("config.json"));
  const auto verified = signer.verify(bundle, folder.path());
  REQUIRE(differs(verified, "missing config.json, extra sub/new.py"));
  CHECK(verified.error().details ==
        std::vector<std::string>{"missing config.json", "extra sub/new.py"});
}

TEST_CASE("a renamed file is missing and extra", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  std::filesystem::rename(folder.at("w.bin"), folder.at("W.bin"));
  CHECK(differs(signer.verify(bundle, folder.path()),
                "missing w.bin, extra W.bin"));
}

TEST_CASE("an extra file that is a link or a FIFO is refused", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  folder.link("link", "w.bin");
  CHECK(refuses(signer.verify(bundle, folder.path()), ErrorKind::unsafe_tree,
                "link is a symbolic link"));
  std::filesystem::remove(folder.at("link"));
  folder.make_fifo("pipe");
  CHECK(refuses(signer.verify(bundle, folder.path()), ErrorKind::unsafe_tree,
                "pipe is neither"));
}

TEST_CASE("a file replaced by a link to the same content is refused",
          "[core]") {
  const TempFolder folder;
  const TempFolder outside;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  outside.write("w.bin", folder.read("w.bin"));
  std::filesystem::remove(folder.at("w.bin"));
  folder.link("w.bin", outside.at("w.bin"));
  CHECK(refuses(signer.verify(bundle, folder.path()), ErrorKind::unsafe_tree,
                "w.bin is a symbolic link"));
}

TEST_CASE("links that the signer allowed may be forbidden", "[core]") {
  const TempFolder folder;
  folder.write("a", "1");
  folder.link("link", "a");
  const Signer signer;
  SignRequest request;
  request.parameters.allow_symlinks = true;
  const std::string bundle = signer.sign(folder.path(), request);
  CHECK(works(signer.verify(bundle, folder.path())));
  VerifyRequest strict;
  strict.forbid_symlinks = true;
  CHECK(refuses(signer.verify(bundle, folder.path(), strict),
                ErrorKind::unsafe_tree, "link is a symbolic link"));
}

TEST_CASE("the signature inside of the model is left out", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  folder.write("model.sig", bundle);
  VerifyRequest request;
  request.signature_path = "model.sig";
  CHECK(works(signer.verify(bundle, folder.path(), request)));
  CHECK(differs(signer.verify(bundle, folder.path()), "extra model.sig"));
}

TEST_CASE("what the signer ignored counts as extra unless allowed", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  folder.write("cache/x", "1");
  const Signer signer;
  const std::string bundle = signer.sign(folder.path(), ignoring("cache"));
  CHECK(differs(signer.verify(bundle, folder.path()), "extra cache/x"));
  CHECK(differs(signer.verify(bundle, folder.path()),
                "the signer left out cache, which counts only if you"));
  CHECK(works(signer.verify(bundle, folder.path(), allowing("cache"))));
  CHECK(differs(signer.verify(bundle, folder.path(), allowing("cache/y")),
                "extra cache/x"));
}

TEST_CASE("what the signer ignored and is not there is no matter", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  CHECK(works(signer.verify(signer.sign(folder.path(), ignoring("cache")),
                            folder.path())));
}

TEST_CASE("ignored paths are recorded", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  DirectoryContent content(folder.path());
  SignRequest request = ignoring("cache");
  request.model_name = "demo";
  const auto made = sign_model(content, new_key(), request);
  REQUIRE(works(made));
  CHECK(made->manifest.parameters.ignore_paths ==
        std::vector<std::string>{".git", ".gitattributes", ".github",
                                 ".gitignore", "cache"});
}

TEST_CASE("a listed file is compared although it is left out", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  for (const SignRequest& request : {SignRequest{}, in_shards(8)}) {
    folder.write("sub/a.bin", "as signed");
    const std::string bundle = signer.sign(folder.path(), request);
    CHECK(works(signer.verify(bundle, folder.path(), allowing("sub"))));
    folder.write("sub/a.bin", "as forged");
    CHECK(differs(signer.verify(bundle, folder.path(), allowing("sub")),
                  "changed sub/a.bin"));
    CHECK(differs(signer.verify(bundle, folder.path(), allowing("sub/a.bin")),
                  "changed sub/a.bin"));
    std::filesystem::remove(folder.at("sub/a.bin"));
    CHECK(differs(signer.verify(bundle, folder.path(), allowing("sub")),
                  "missing sub/a.bin"));
  }
}

TEST_CASE("files beside a listed one stay left out", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  folder.write("sub/extra", "1");
  folder.make_fifo("sub/pipe");
  CHECK(works(signer.verify(bundle, folder.path(), allowing("sub"))));
}

TEST_CASE("a listed file of git's own is compared", "[core]") {
  const TempFolder folder;
  folder.write(".gitattributes", "as signed");
  folder.write(".git/config", "x");
  const Signer signer;
  Manifest manifest;
  manifest.resources = {
      {".gitattributes", sigstore::sha256(as_bytes("as signed"))}};
  const std::string bundle = signer.sign_manifest(manifest);
  CHECK(works(signer.verify(bundle, folder.path())));
  folder.write(".gitattributes", "as forged");
  CHECK(
      differs(signer.verify(bundle, folder.path()), "changed .gitattributes"));
}

TEST_CASE("a listed signature file is compared", "[core]") {
  const TempFolder folder;
  folder.write("model.sig", "as signed");
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  VerifyRequest request;
  request.signature_path = "model.sig";
  CHECK(works(signer.verify(bundle, folder.path(), request)));
  folder.write("model.sig", bundle);
  CHECK(differs(signer.verify(bundle, folder.path(), request),
                "changed model.sig"));
}

TEST_CASE("unsigned files may be ignored, signed ones may not", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  for (const SignRequest& sign_request : {SignRequest{}, in_shards(8)}) {
    folder.write("w.bin", "0123456789ABCDEFGHIJKLMNOP");
    const std::string bundle = signer.sign(folder.path(), sign_request);
    VerifyRequest request;
    request.ignore_unsigned_files = true;
    folder.write("extra", "1");
    folder.link("link", "extra");
    CHECK(works(signer.verify(bundle, folder.path(), request)));
    folder.write("w.bin", "0123456789ABCDEFGHIJKLMNOP+");
    CHECK(differs(signer.verify(bundle, folder.path(), request),
                  "changed w.bin"));
    std::filesystem::remove(folder.at("w.bin"));
    CHECK(differs(signer.verify(bundle, folder.path(), request),
                  "missing w.bin"));
    std::filesystem::remove(folder.at("extra"));
    std::filesystem::remove(folder.at("link"));
  }
}

TEST_CASE("an empty file beside shards is no extra file", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path(), in_shards(8));
  folder.write("empty", "");
  CHECK(works(signer.verify(bundle, folder.path())));
  folder.write("empty", "x");
  CHECK(differs(signer.verify(bundle, folder.path()), "extra empty"));
}

TEST_CASE("a model that is one file verifies by its base name", "[core]") {
  const TempFolder folder;
  const auto path = folder.write("weights.bin", "abc");
  folder.write("unrelated", "x");
  const Signer signer;
  const std::string bundle = signer.sign(path);
  CHECK(works(signer.verify(bundle, path)));
  folder.write("weights.bin", "abd");
  CHECK(differs(signer.verify(bundle, path), "changed weights.bin"));
}

TEST_CASE("a single file under another name is refused", "[core]") {
  const TempFolder folder;
  const Signer signer;
  const std::string bundle = signer.sign(folder.write("a.bin", "abc"));
  CHECK(differs(signer.verify(bundle, folder.write("b.bin", "abc")),
                "missing a.bin, extra b.bin"));
}

TEST_CASE("a single file named with a dot verifies under any name", "[core]") {
  const TempFolder folder;
  const auto path = folder.write("weights.bin", "abc");
  const Signer signer;
  Manifest manifest;
  manifest.resources = {{".", sigstore::sha256(as_bytes("abc"))}};
  const std::string bundle = signer.sign_manifest(manifest);
  CHECK(works(signer.verify(bundle, path)));
  folder.write("weights.bin", "abcd");
  CHECK(differs(signer.verify(bundle, path), "changed weights.bin"));
}

TEST_CASE("a single file named with a dot verifies in shards", "[core]") {
  const TempFolder folder;
  const Signer signer;
  Manifest manifest;
  manifest.parameters.method = Method::shards;
  manifest.parameters.shard_size = 2;
  manifest.resources = {{".:0:2", sigstore::sha256(as_bytes("ab"))},
                        {".:2:3", sigstore::sha256(as_bytes("c"))}};
  CHECK(works(signer.verify(signer.sign_manifest(manifest),
                            folder.write("weights.bin", "abc"))));
}

TEST_CASE("a dot is no name of a folder", "[core]") {
  const TempFolder folder;
  folder.write("weights.bin", "abc");
  const Signer signer;
  Manifest manifest;
  manifest.resources = {{".", sigstore::sha256(as_bytes("abc"))}};
  CHECK(differs(signer.verify(signer.sign_manifest(manifest), folder.path()),
                "for a single file, not for a folder"));
}

TEST_CASE("a dot beside other names is refused", "[core]") {
  const TempFolder folder;
  const auto path = folder.write("weights.bin", "abc");
  const Signer signer;
  Manifest manifest;
  manifest.resources = {{".", sigstore::sha256(as_bytes("abc"))},
                        {"a", sigstore::sha256(as_bytes("x"))}};
  CHECK(differs(signer.verify(signer.sign_manifest(manifest), path),
                "missing a"));
  manifest.resources[1].name = "weights.bin";
  manifest.resources[1].digest = manifest.resources[0].digest;
  CHECK_FALSE(signer.verify(signer.sign_manifest(manifest), path).ok());
}

TEST_CASE("a folder signature is refused for a file and the reverse",
          "[core]") {
  const TempFolder folder;
  const auto path = folder.write("a", "1");
  folder.write("b", "2");
  const Signer signer;
  CHECK(differs(signer.verify(signer.sign(folder.path()), path), "missing b"));
  CHECK(differs(signer.verify(signer.sign(path), folder.path()), "extra b"));
}

TEST_CASE("a model by another signer is refused before it is read", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const std::string bundle = Signer().sign(folder.path());
  CHECK(refuses(Signer().verify(bundle, folder.at("absent")),
                ErrorKind::wrong_signer, "expected key"));
}

TEST_CASE("text that is no bundle is refused", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  for (const char* text : {"", "{}", "no JSON"})
    CHECK(refuses(Signer().verify(text, folder.path()),
                  ErrorKind::invalid_input, "malformed bundle"));
}

TEST_CASE("a signed payload that is no statement is refused", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  CHECK(refuses(signer.verify(signer.sign_text("{}"), folder.path()),
                ErrorKind::invalid_input, "malformed statement"));
}

TEST_CASE("a binding that fits the state verifies", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  SignRequest sign_request;
  sign_request.binding = state_of("huggingface.co/o/m");
  VerifyRequest request;
  request.actual_state = state_of("huggingface.co/o/m");
  const auto verified = signer.verify(signer.sign(folder.path(), sign_request),
                                      folder.path(), request);
  REQUIRE(works(verified));
  CHECK(verified->notes.empty());
}

TEST_CASE("a binding for another repository is refused", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  SignRequest sign_request;
  sign_request.binding = state_of("huggingface.co/o/m");
  VerifyRequest request;
  request.actual_state = state_of("huggingface.co/o/other");
  CHECK(refuses(signer.verify(signer.sign(folder.path(), sign_request),
                              folder.path(), request),
                ErrorKind::wrong_repository, "made for huggingface.co/o/m"));
}

TEST_CASE("a binding for another ref is noted", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  SignRequest sign_request;
  sign_request.binding = state_of("huggingface.co/o/m");
  VerifyRequest request;
  request.actual_state = state_of("huggingface.co/o/m");
  request.actual_state->ref = "refs/heads/dev";
  const auto verified = signer.verify(signer.sign(folder.path(), sign_request),
                                      folder.path(), request);
  REQUIRE(works(verified));
  CHECK(verified->notes ==
        std::vector<std::string>{
            "signed for refs/heads/main, found at refs/heads/dev"});
}

TEST_CASE("a signature without a binding is noted where a state is known",
          "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  VerifyRequest request;
  request.actual_state = state_of("huggingface.co/o/m");
  const auto verified =
      signer.verify(signer.sign(folder.path()), folder.path(), request);
  REQUIRE(works(verified));
  REQUIRE(verified->notes.size() == 1);
  CHECK(verified->notes[0].find("for which repository") != std::string::npos);
}

TEST_CASE("the trace of a model holds every decision", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  Trace trace;
  REQUIRE(works(signer.verify(bundle, folder.path(), {}, trace)));
  REQUIRE(trace.steps().size() == 8);
  for (const auto& step : trace.steps()) CHECK(step.passed);
}

TEST_CASE("the trace of a model ends where it is refused", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  folder.write("w.bin", "changed");
  Trace trace;
  const auto verified = signer.verify(bundle, folder.path(), {}, trace);
  REQUIRE_FALSE(verified.ok());
  REQUIRE(trace.steps().size() == 8);
  CHECK(trace.steps().back().outcome == verified.error().message);
  for (std::size_t i = 0; i < 7; ++i) CHECK(trace.steps()[i].passed);
}

TEST_CASE("a model signed by an identity needs root and rule", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  DirectoryContent content(folder.path());
  const auto manifest =
      content.manifest(sigstore::Parameters{}, sigstore::Selection{});
  REQUIRE(works(manifest));
  const auto statement =
      sigstore::write_statement(*manifest, "demo", std::nullopt);
  REQUIRE(works(statement));
  const VirtualSigstore instance;
  BundlePlan plan;
  plan.statement = *statement;
  const auto bundle = sigstore::write_bundle(instance.sign("", plan));
  REQUIRE(works(bundle));
  const sigstore::TrustedRoot root = instance.trusted_root();
  std::vector<sigstore::SignerRule> rules{
      {VirtualSigstore::kIdentity, false, VirtualSigstore::kIssuer, {}}};
  VerifyRequest request;
  request.identities = rules;
  request.now = sigstore::Timestamp{1'760'000'000};
  const auto verify = [&] {
    Trace trace;
    return verify_model(as_bytes(*bundle), content, request, trace);
  };
  CHECK(refuses(verify(), ErrorKind::stale_trust, "no trusted root"));
  request.trusted_root = &root;
  CHECK(works(verify()));
  rules[0].identity = "mallory@example.org";
  CHECK(refuses(verify(), ErrorKind::wrong_signer, VirtualSigstore::kIdentity));
}

TEST_CASE("the place of the signature is a plain path", "[core]") {
  const TempFolder folder;
  folder.write("m/f", "x");
  const Signer signer;
  VerifyRequest request;
  request.signature_path = "../model.sig";
  CHECK(refuses(signer.verify(signer.sign(folder.at("m")), folder.at("m"),
                              std::move(request)),
                ErrorKind::invalid_input, "ignored path"));
}

TEST_CASE("a binding is missed where it is required", "[core]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Signer signer;
  const std::string bundle = signer.sign(folder.path());
  VerifyRequest request;
  request.actual_state = state_of("huggingface.co/o/m");
  CHECK(works(signer.verify(bundle, folder.path(), request)));
  request.require_binding = true;
  CHECK(refuses(signer.verify(bundle, folder.path(), request),
                ErrorKind::wrong_repository,
                "does not say for which repository"));
}
