// SPDX-License-Identifier: Apache-2.0
#include "core/app/push_rules.h"

#include <optional>
#include <string_view>

#include "core/app/kept_signature.h"
#include "core/manifest/signature_file.h"

namespace sigstore {

bool must_sign(const Settings& settings, const RepositoryTrust& trust) {
  if (settings.sign == SignMode::never) return false;
  return settings.sign == SignMode::always || !settings.key.empty() ||
         settings.sign_with == SignWith::identity || trust.was_signed();
}

Result<void> check_branch_can_advance(const git::Git& git,
                                      const std::string& branch) {
  constexpr std::string_view kHeads = "refs/heads/";
  TRY_ASSIGN(const std::optional<std::string> head, git.head_branch());
  TRY_ASSIGN(const std::string bare,
             git.read({"rev-parse", "--is-bare-repository"}));
  if (bare == "true") return {};
  if (head == branch) {
    TRY_ASSIGN(const std::string changes,
               git.read({"status", "--porcelain", "--untracked-files=all", "--",
                         std::string(kSignatureName)}));
    if (!changes.empty())
      return fail(ErrorKind::invalid_input, kSignatureName,
                  " has local changes; commit or discard them first");
    return {};
  }
  TRY_ASSIGN(const std::string worktrees,
             git.read({"worktree", "list", "--porcelain"}));
  if (("\n" + worktrees + "\n").find("\nbranch " + branch + "\n") !=
      std::string::npos)
    return fail(
        ErrorKind::invalid_input,
        branch.starts_with(kHeads) ? branch.substr(kHeads.size()) : branch,
        " is checked out in another work tree; push from there");
  return {};
}

Result<void> remember_push(const git::Git& git, const TrustFile& trust_file,
                           const RepoId& repository,
                           const TrustedSigner& signer, const std::string& ref,
                           const LastVerified& record,
                           const Terminal& terminal) {
  const bool is_key = std::holds_alternative<PublicKey>(signer.who);
  if (!is_key) TRY(drop_kept_signature(git, repository, ref));
  // How the user's own commits name them.
  const Result<std::string> email = git.read({"config", "user.email"});
  return trust_file.update([&](TrustStore& store) -> Result<void> {
    RepositoryTrust& trust = store.at(repository);
    if (trust.find_signer(signer.id()) == nullptr) {
      if (!trust.signers.empty())
        terminal.say(concat("this repository was signed by ",
                            trust.signers.front().describe(),
                            " until now; readers need your ",
                            is_key ? "public key" : "identity", " as well"));
      trust.signers.push_back({signer.who,
                               is_key && email.ok() ? *email : std::string(),
                               current_time()});
    }
    trust.refs[ref] = record;
    return {};
  });
}

}  // namespace sigstore
