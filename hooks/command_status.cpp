// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/app/lfs_files.h"
#include "core/app/trust_file.h"
#include "core/app/verdict_cache.h"
#include "core/base/json.h"
#include "hooks/activation.h"
#include "hooks/commands.h"
#include "hooks/leftover_pointers.h"
#include "hooks/local_repository.h"

namespace sigstore {
namespace {

std::string mode_name(Mode mode) {
  switch (mode) {
    case Mode::require:
      return "require";
    case Mode::tofu:
      return "tofu";
    case Mode::warn:
      return "warn";
    case Mode::off:
      break;
  }
  return "off";
}

// What is known of a commit without asking again; only "yes" is kept.
nlohmann::json known_verdict(const LocalRepository& local,
                             const RepositoryTrust& trust,
                             const std::string& name) {
  const Result<git::CommitId> commit = local.git.resolve_commit(name);
  if (!commit.ok()) return nullptr;
  nlohmann::json value = {{"commit", commit->id.to_hex()}, {"verified", false}};
  const Result<VerdictCache> cache = VerdictCache::locate();
  if (!cache.ok()) return value;
  const std::optional<CommitVerdict> verdict =
      cache->find({local.id, local.server_ref(), *commit, true, current_time()},
                  local.settings, trust);
  if (verdict && verdict->verified) {
    value["verified"] = true;
    value["signer"] = verdict->signer;
  }
  return value;
}

// A file, or the token's key without how it is got at, which may be by a PIN.
std::string shown_key(const std::string& key) {
  return key.starts_with("pkcs11:") ? key.substr(0, key.find('?')) : key;
}

// Everything that decides what happens to this repository.
Result<nlohmann::json> collect(const std::string& remote) {
  TRY_ASSIGN(const LocalRepository local, open_local_repository(remote));
  TRY_ASSIGN(const Activation activation, Activation::locate());
  TRY_ASSIGN(const std::vector<std::string> hosts, activation.hosts());
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, file.load());
  const RepositoryTrust& trust = store.find(local.id);
  const Result<std::string> vcs =
      local.git.read({"config", "--get", "remote." + local.remote + ".vcs"});
  nlohmann::json value = {
      {"ok", true},
      {"repository", local.id.to_string()},
      {"remote", local.remote},
      {"protected", vcs.ok() && *vcs == "sigstore"},
      {"mode", mode_name(local.settings.mode)},
      {"signWith",
       local.settings.sign_with == SignWith::identity ? "identity" : "key"},
      {"signingKey", shown_key(local.settings.key)},
      {"hosts", hosts},
      {"signers", nlohmann::json::array()},
      {"lastVerified", nlohmann::json::object()}};
  for (const TrustedSigner& signer : trust.signers)
    value["signers"].push_back(
        {{"name", signer.name},
         {std::holds_alternative<PublicKey>(signer.who) ? "keyFingerprint"
                                                        : "identity",
          signer.id()}});
  value["head"] = known_verdict(local, trust, "HEAD");
  value["upstreamTip"] = known_verdict(local, trust, "@{upstream}");
  const Result<std::vector<std::string>> left =
      find_leftover_pointers(local.git);
  if (left.ok())
    value["pointers"] = *left;
  else
    value["pointers"] = nullptr;
  for (const auto& [ref, last] : trust.refs)
    value["lastVerified"][ref] = {{"commit", last.commit},
                                  {"verifiedAt", last.verified_at.to_rfc3339()},
                                  {"keyFingerprint", last.signer}};
  return value;
}

std::string describe(const nlohmann::json& signer) {
  const std::string name = one_line(signer["name"].get<std::string>());
  const char* const who =
      signer.contains("identity") ? "identity" : "keyFingerprint";
  return one_line(signer[who].get<std::string>()) +
         (name.empty() ? "" : " " + name);
}

std::string describe_tip(const nlohmann::json& tip) {
  if (tip.is_null()) return "none";
  const std::string commit = tip["commit"].get<std::string>().substr(0, 7);
  if (!tip["verified"].get<bool>())
    return commit + " not known to be verified (git sigstore verify)";
  return concat(commit, " verified: signed by ",
                one_line(tip["signer"].get<std::string>()));
}

void print_text(const nlohmann::json& value) {
  const auto text = [&](const char* name) {
    return one_line(value[name].get<std::string>());
  };
  print_line("repository:    " + text("repository"));
  print_line(concat("protected:     ",
                    value["protected"].get<bool>()
                        ? "yes, remote " + text("remote")
                        : "no (only a remote called origin of an installed "
                          "host is; git config remote." +
                              text("remote") +
                              ".vcs sigstore protects this one)"));
  print_line("mode:          " + text("mode"));
  const std::string key = text("signingKey");
  print_line("signing key:   " + (key.empty() ? "none (sigstore.key)" : key));
  for (const auto& signer : value["signers"])
    print_line("trusted:       " + describe(signer));
  if (value["signers"].empty()) print_line("trusted:       nobody yet");
  print_line("HEAD:          " + describe_tip(value["head"]));
  print_line("upstream:      " + describe_tip(value["upstreamTip"]));
  const nlohmann::json& left = value["pointers"];
  if (left.is_array() && !left.empty())
    print_line("pointers:      " +
               one_line(some_of(left.get<std::vector<std::string>>())) +
               " (git sigstore pull)");
  for (const auto& [ref, last] : value["lastVerified"].items())
    print_line(concat("last verified: ", one_line(ref), " ",
                      last["commit"].get<std::string>().substr(0, 7), " on ",
                      last["verifiedAt"].get<std::string>()));
}

class StatusCommand final : public Verb {
 public:
  explicit StatusCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "status", "Show what protects this repository, and its memory")) {
    command().add_option("--remote", remote_,
                         "Remote that names the repository");
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<nlohmann::json> value = collect(remote_);
    if (!value.ok()) return report(Terminal("sigstore"), value.error(), json_);
    if (json_)
      print_line(dump_json(*value));
    else
      print_text(*value);
    return ExitCode::yes;
  }

 private:
  std::string remote_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_status_command(CommandLine app) {
  return std::make_unique<StatusCommand>(app);
}

}  // namespace sigstore
