// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_check.h"

#include <memory>
#include <string>
#include <utility>

#include "core/app/commit_signing.h"
#include "core/bundle/bundle_json.h"
#include "core/manifest/statement.h"
#include "core/manifest/tree_content.h"
#include "core/sign/sign_statement.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"
#include "tests/support/vectors.h"

using sigstore::CommitQuestion;
using sigstore::CommitVerdict;
using sigstore::Curve;
using sigstore::ErrorKind;
using sigstore::Mode;
using sigstore::PrivateKey;
using sigstore::PublicKey;
using sigstore::RepoId;
using sigstore::Repository;
using sigstore::RepositoryTrust;
using sigstore::Result;
using sigstore::Settings;
using sigstore::Timestamp;
using sigstore::Trace;
using sigstore::git::CommitId;

namespace {

constexpr const char* kMain = "refs/heads/main";
constexpr Timestamp kSigned{1'764'547'200};  // 2025-12-01
constexpr Timestamp kNow{kSigned.seconds + 3600};

PrivateKey new_key() {
  auto key = PrivateKey::generate(Curve::p256);
  REQUIRE(works(key));
  return std::move(*key);
}

RepoId model() { return RepoId::parse("hub.example/org/model").value(); }

// A repository with one commit, which alice may sign.
struct Model {
  TempRepository folder;
  PrivateKey alice = new_key();
  Settings settings;
  RepositoryTrust trust;
  Trace trace;

  Model() {
    folder.write("config.json", "{}");
    folder.commit_all();
  }
  Repository repository() const {
    auto opened = sigstore::open_repository(folder.git(), "");
    REQUIRE(works(opened));
    return std::move(*opened);
  }
  void believe(const PublicKey& key) {
    trust.signers.push_back({key, "alice", kNow});
  }
  CommitId sign(Timestamp at = kSigned) const {
    const auto pem = alice.export_secret_pem(nullptr);
    REQUIRE(works(pem));
    auto key = PrivateKey::from_pem(sigstore::as_text(*pem), {});
    REQUIRE(works(key));
    sigstore::CommitSigner signer(
        std::make_unique<PrivateKey>(std::move(*key)));
    const auto done =
        sign_commit(repository(), {model(), kMain, folder.head(), at}, settings,
                    trust, signer);
    REQUIRE(works(done));
    return done->commit;
  }
  CommitQuestion question(const CommitId& commit) const {
    return {model(), kMain, commit, true, kNow};
  }
  Result<CommitVerdict> check(const CommitId& commit) {
    trace = Trace();
    return check_commit(repository(), question(commit), settings, trust, trace);
  }
};

}  // namespace

TEST_CASE("a signed commit of a trusted key verifies", "[app]") {
  Model here;
  here.believe(here.alice.public_key());
  const auto verdict = here.check(here.sign());
  REQUIRE(works(verdict));
  REQUIRE(verdict->verified.has_value());
  CHECK(verdict->verified->signed_at == kSigned);
  CHECK(verdict->files == 1);
  for (const auto& step : here.trace.steps()) CHECK(step.passed);
}

TEST_CASE("what is not signed passes where nothing demands a signature",
          "[app]") {
  Model here;
  const CommitId plain = here.folder.head();
  const auto verdict = here.check(plain);
  REQUIRE(works(verdict));
  CHECK_FALSE(verdict->verified.has_value());
  here.settings.mode = Mode::require;
  CHECK(refuses(here.check(plain), ErrorKind::unsigned_content,
                "sigstore.mode is require"));
  here.settings.mode = Mode::tofu;
  here.believe(here.alice.public_key());
  CHECK(refuses(here.check(plain), ErrorKind::unsigned_content,
                "is not signed (expected a signature by alice"));
  CHECK_FALSE(here.trace.steps().back().passed);
}

TEST_CASE("a ref whose name is not UTF-8 is refused", "[app]") {
  Model here;
  CommitQuestion question = here.question(here.folder.head());
  question.ref = "refs/heads/\xff";
  CHECK(refuses(check_commit(here.repository(), question, here.settings,
                             here.trust, here.trace),
                ErrorKind::invalid_input, "not valid UTF-8"));
}

TEST_CASE("a state is held against the one that was verified last", "[app]") {
  Model here;
  here.believe(here.alice.public_key());
  const CommitId plain = here.folder.head();
  const CommitId commit = here.sign();
  const auto first = here.check(commit);
  REQUIRE(works(first));
  REQUIRE(works(remember(here.question(commit), *first, here.trust)));
  CHECK(works(here.check(commit)));
  // Signed again, earlier, on a line of its own.
  CHECK(refuses(here.check(here.sign(Timestamp{kSigned.seconds - 60})),
                ErrorKind::rollback, "moved back from"));
  CHECK(refuses(check_commit_history(here.repository(), here.question(plain),
                                     here.trust, kSigned, here.trace),
                ErrorKind::rollback, "org/model@main moved back from"));
  here.trust.refs.at(kMain).commit = "none";
  CHECK(refuses(here.check(commit), ErrorKind::invalid_input,
                "the trust file names commit 'none'"));
}

TEST_CASE("a state that is too old, or not of this time, is refused", "[app]") {
  Model here;
  here.believe(here.alice.public_key());
  const CommitId commit = here.sign();
  here.settings.max_age = std::chrono::hours(2);
  CHECK(works(here.check(commit)));
  here.settings.max_age = std::chrono::minutes(30);
  CHECK(refuses(here.check(commit), ErrorKind::rollback, "too long ago"));
}

TEST_CASE("a path to ignore that is none is refused", "[app]") {
  Model here;
  here.believe(here.alice.public_key());
  const CommitId commit = here.sign();
  here.settings.ignore = {"../x"};
  CHECK(refuses(here.check(commit), ErrorKind::invalid_input,
                "git config sigstore.ignore"));
}

TEST_CASE("a submodule needs a signature that says where it is pinned",
          "[app]") {
  Model here;
  here.believe(here.alice.public_key());
  here.settings.allow_submodules = true;
  here.folder.run({"update-index", "--add", "--cacheinfo",
                   "160000," + here.folder.head().id.to_hex() + ",sub"});
  here.folder.run({"commit", "--quiet", "-m", "sub"});
  const CommitId pinned = here.folder.head();
  CHECK(works(here.check(here.sign())));
  // What other programs sign has no binding.
  const Repository repository = here.repository();
  sigstore::TreeContent content(*repository.objects, repository.git, pinned,
                                tree_policy(here.settings));
  const auto manifest = content.manifest({}, {});
  REQUIRE(works(manifest));
  const auto statement =
      sigstore::write_statement(*manifest, "model", std::nullopt);
  REQUIRE(works(statement));
  const auto bundle =
      sign_statement(here.alice, sigstore::to_bytes(*statement));
  REQUIRE(works(bundle));
  here.folder.write("model.sig", write_bundle(*bundle).value());
  here.folder.run({"add", "model.sig"});
  here.folder.run({"commit", "--quiet", "-m", "sign"});
  CHECK(refuses(here.check(here.folder.head()), ErrorKind::unsafe_tree,
                "sub is a submodule, and the signature does not say"));
  CHECK_FALSE(here.trace.steps().back().passed);
}

TEST_CASE("an identity is not believed by a root that is too old",
          "[app][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const TempRepository folder;
  for (const auto& file :
       list_vectors(*vectors / "oms/historical/v1.0.0-sigstore"))
    folder.write(file.filename().string(),
                 sigstore::as_text(read_vector(file)));
  folder.commit_all();
  const auto opened = sigstore::open_repository(folder.git(), "");
  REQUIRE(works(opened));
  Settings settings;
  settings.mode = Mode::require;
  settings.identities = {"stefanb@us.ibm.com"};
  settings.issuers = {"https://sigstore.verify.ibm.com/oauth2"};
  CommitQuestion question{model(), kMain, folder.head(), true, kNow};
  Trace trace;
  CHECK(works(check_commit(*opened, question, settings, {}, trace)));
  question.now = Timestamp{4'000'000'000};
  CHECK(refuses(check_commit(*opened, question, settings, {}, trace),
                ErrorKind::stale_trust, "was good until"));
  settings.mode = Mode::tofu;
  const auto noted = check_commit(*opened, question, settings, {}, trace);
  REQUIRE(works(noted));
  REQUIRE_FALSE(noted->notes.empty());
  CHECK(noted->notes.back().find("was good until") != std::string::npos);
}

TEST_CASE("who was first meanwhile is not replaced", "[app]") {
  Model here;
  const CommitQuestion question = here.question(here.sign());
  CommitVerdict verdict;
  verdict.verified.emplace();
  verdict.signer = "mallory";
  verdict.first_use = {new_key().public_key(), "mallory", kNow, true};
  RepositoryTrust empty;
  CHECK(works(remember(question, verdict, empty)));
  CHECK(empty.signers.size() == 1);
  here.believe(here.alice.public_key());
  CHECK(refuses(remember(question, verdict, here.trust),
                ErrorKind::wrong_signer, "expected alice"));
  CHECK(here.trust.signers.size() == 1);
  CHECK(here.trust.refs.empty());
}
