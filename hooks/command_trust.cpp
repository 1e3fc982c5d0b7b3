// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/app/key_file.h"
#include "core/app/settings.h"
#include "core/app/trust_file.h"
#include "core/base/encoding.h"
#include "core/base/json.h"
#include "hooks/commands.h"

namespace sigstore {
namespace {

struct Options {
  std::string repository;
  std::string key;
  std::string name;
  std::string fingerprint;
  std::string identity;
  std::string issuer;
  bool history = false;
  bool json = false;
};

Result<TrustedSigner> read_identity(const Options& options) {
  if (!is_utf8(options.identity) || !is_utf8(options.issuer))
    return fail(ErrorKind::invalid_input,
                "--identity or --issuer is not valid UTF-8");
  const bool is_pattern = options.identity.find('*') != std::string::npos;
  return TrustedSigner{
      SignerRule{options.identity, is_pattern, options.issuer, {}},
      options.name, current_time()};
}

Result<TrustedSigner> read_signer(const Options& options) {
  if (!is_utf8(options.name))
    return fail(ErrorKind::invalid_input, "--name is not valid UTF-8");
  if (options.key.empty()) return read_identity(options);
  TRY_ASSIGN(const PublicKey key, read_public_key(options.key));
  if (!options.fingerprint.empty() && options.fingerprint != key.fingerprint())
    return fail(ErrorKind::wrong_signer, options.key, " is key ",
                key.fingerprint(), ", not ", options.fingerprint);
  return TrustedSigner{key, options.name, current_time()};
}

Result<std::string> add(const Options& options) {
  TRY_ASSIGN(const RepoId id, RepoId::parse(options.repository));
  TRY_ASSIGN(const TrustedSigner signer, read_signer(options));
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY(file.update([&](TrustStore& store) -> Result<void> {
    RepositoryTrust& trust = store.at(id);
    std::erase_if(trust.signers, [&](const TrustedSigner& item) {
      return item.id() == signer.id();  // the same one under a new name
    });
    trust.signers.push_back(signer);
    return {};
  }));
  return concat("trusting ", signer.describe(), " for ", id.to_string());
}

// What was verified stays: the new signer has to go on from there.
Result<std::string> replace(const Options& options) {
  TRY_ASSIGN(const RepoId id, RepoId::parse(options.repository));
  TRY_ASSIGN(const TrustedSigner signer, read_signer(options));
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  std::string before;
  TRY(file.update([&](TrustStore& store) -> Result<void> {
    const RepositoryTrust& known = store.find(id);
    if (known.signers.empty())
      return fail(ErrorKind::not_found, "nobody is trusted for ",
                  id.to_string(), " yet; use trust add");
    for (const TrustedSigner& item : known.signers)
      before += (before.empty() ? "" : " and ") + item.describe();
    store.at(id).signers = {signer};
    return {};
  }));
  return concat("trusting ", signer.describe(), " for ", id.to_string(),
                " in place of ", before);
}

Result<std::string> remove(const Options& options) {
  TRY_ASSIGN(const RepoId id, RepoId::parse(options.repository));
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  std::string done;
  TRY(file.update([&](TrustStore& store) -> Result<void> {
    if (!store.repositories().contains(id.to_string()))
      return fail(ErrorKind::not_found, "nothing is known of ", id.to_string());
    if (options.history) {
      store.at(id).refs.clear();
      done = "forgot what was verified of " + id.to_string();
      return {};
    }
    const std::string one = options.identity.empty()
                                ? options.fingerprint
                                : concat(options.identity, " ", options.issuer);
    const std::string shown = options.identity.empty() ? "key " + one : one;
    if (one.empty()) {
      store.erase(id);
      done = "forgot all about " + id.to_string();
      return {};
    }
    const auto removed = std::erase_if(
        store.at(id).signers,
        [&](const TrustedSigner& item) { return item.id() == one; });
    if (removed == 0)
      return fail(ErrorKind::not_found, shown, " is not trusted for ",
                  id.to_string());
    done = concat("no longer trusting ", shown, " for ", id.to_string());
    return {};
  }));
  return done;
}

nlohmann::json signer_json(const TrustedSigner& signer) {
  nlohmann::json value = {{"name", signer.name},
                          {"addedAt", signer.added_at.to_rfc3339()},
                          {"firstUse", signer.first_use}};
  if (const auto* rule = std::get_if<SignerRule>(&signer.who)) {
    value["identity"] = rule->identity;
    value["issuer"] = rule->issuer;
  } else {
    value["keyFingerprint"] = signer.id();
  }
  return value;
}

std::string signer_line(const nlohmann::json& signer) {
  if (signer.contains("identity"))
    return one_line(concat(signer["identity"].get<std::string>(), " (",
                           signer["issuer"].get<std::string>(), ")"));
  return "key " + signer["keyFingerprint"].get<std::string>();
}

nlohmann::json to_json(const std::string& name, const RepositoryTrust& trust) {
  nlohmann::json value = {{"repository", name},
                          {"signers", nlohmann::json::array()},
                          {"refs", nlohmann::json::object()}};
  for (const TrustedSigner& signer : trust.signers)
    value["signers"].push_back(signer_json(signer));
  for (const auto& [ref, last] : trust.refs)
    value["refs"][ref] = {{"commit", last.commit},
                          {"verifiedAt", last.verified_at.to_rfc3339()}};
  return value;
}

Result<nlohmann::json> list(const Options& options) {
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, file.load());
  std::string wanted;
  if (!options.repository.empty()) {
    TRY_ASSIGN(const RepoId id, RepoId::parse(options.repository));
    wanted = id.to_string();
  }
  nlohmann::json all = nlohmann::json::array();
  for (const auto& [name, trust] : store.repositories())
    if (wanted.empty() || name == wanted) all.push_back(to_json(name, trust));
  return all;
}

void print_list(const nlohmann::json& all) {
  for (const auto& item : all) {
    print_line(one_line(item["repository"].get<std::string>()));
    for (const auto& signer : item["signers"])
      print_line(concat("  ", signer_line(signer), "  ",
                        one_line(signer["name"].get<std::string>()),
                        signer["firstUse"].get<bool>() ? "  (first use)" : ""));
    for (const auto& [ref, last] : item["refs"].items())
      print_line(concat("  ", one_line(ref), " last verified ",
                        last["commit"].get<std::string>().substr(0, 7), " on ",
                        last["verifiedAt"].get<std::string>()));
  }
}

class TrustCommand final : public Verb {
 public:
  explicit TrustCommand(CommandLine app)
      : Verb(app.add_subcommand("trust", "Say who may sign what")) {
    command().require_subcommand();
    add_ = command().add_subcommand("add",
                                    "Trust one more signer for a repository");
    replace_ = command().add_subcommand(
        "replace", "Trust this signer instead of those trusted until now");
    for (CommandLine verb : {add_, replace_}) {
      verb.add_option("REPOSITORY", options_.repository,
                      "URL, host/org/name, or org/name on huggingface.co")
          .required();
      verb.add_option("--key", options_.key, "The signer's public key (PEM)");
      verb.add_option("--identity", options_.identity,
                      "The signer's name in the certificate; * and ** as in "
                      "patterns");
      verb.add_option("--issuer", options_.issuer,
                      "Who vouches for the identity (URL)");
      verb.add_option("--name", options_.name, "What you call the signer");
      verb.add_option("--fingerprint", options_.fingerprint,
                      "Refuse the key unless it has this fingerprint");
    }
    remove_ = command().add_subcommand(
        "remove", "Forget a signer, the history, or all about a repository");
    remove_.add_option("REPOSITORY", options_.repository, "As for add")
        .required();
    remove_.add_option("--fingerprint", options_.fingerprint, "Only this key");
    remove_.add_option("--identity", options_.identity, "Only this identity");
    remove_.add_option("--issuer", options_.issuer, "The identity's issuer");
    remove_.add_flag("--history", options_.history,
                     "Only the last verified commits, to accept that the "
                     "publisher rewrote history");
    list_ = command().add_subcommand("list", "Show who is trusted for what");
    list_.add_option("REPOSITORY", options_.repository, "Only this repository");
    for (CommandLine verb : {add_, replace_, remove_, list_})
      verb.add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    if (list_.parsed()) return run_list();
    if (!remove_.parsed() && !names_somebody()) {
      Terminal("sigstore")
          .say(
              "needs --key, or --identity with --issuer; see git sigstore "
              "trust "
              "--help");
      return ExitCode::usage;
    }
    const Result<std::string> done = add_.parsed()       ? add(options_)
                                     : replace_.parsed() ? replace(options_)
                                                         : remove(options_);
    if (!done.ok())
      return report(Terminal("sigstore"), done.error(), options_.json);
    if (options_.json) {
      const nlohmann::json value = {{"ok", true}, {"done", *done}};
      print_line(dump_json(value));
    } else {
      print_line(one_line(*done));
    }
    return ExitCode::yes;
  }

 private:
  bool names_somebody() const {
    return options_.key.empty()
               ? !options_.identity.empty() && !options_.issuer.empty()
               : options_.identity.empty() && options_.issuer.empty();
  }

  ExitCode run_list() {
    const Result<nlohmann::json> all = list(options_);
    if (!all.ok())
      return report(Terminal("sigstore"), all.error(), options_.json);
    if (options_.json)
      print_line(dump_json(*all));
    else
      print_list(*all);
    return ExitCode::yes;
  }

  Options options_;
  CommandLine add_;
  CommandLine replace_;
  CommandLine remove_;
  CommandLine list_;
};

}  // namespace

std::unique_ptr<Verb> make_trust_command(CommandLine app) {
  return std::make_unique<TrustCommand>(app);
}

}  // namespace sigstore
