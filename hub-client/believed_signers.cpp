// SPDX-License-Identifier: Apache-2.0
#include "hub-client/believed_signers.h"

#include "core/app/state_check.h"
#include "core/app/trust_file.h"

namespace sigstore::hub {

void BelievedSigners::put_into(VerifyRequest& request) const {
  named.put_into(request);
  if (!named.names_nobody()) return;
  request.keys = keys;
  request.identities = identities;
  if (trust) request.trusted_root = &trust->root;
}

std::string BelievedSigners::stale() const {
  const std::optional<TrustMaterial>& root = trust ? trust : named.trust;
  return root ? root->stale : std::string();
}

Result<BelievedSigners> find_believed(const SignerOptions& options,
                                      const Settings& settings,
                                      const RepoId& id, Timestamp now) {
  BelievedSigners believed;
  TRY_ASSIGN(believed.named, load_signers(options, now));
  if (!believed.named.names_nobody()) return believed;
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, file.load());
  TRY_ASSIGN(const AcceptedSigners accepted,
             find_accepted_signers(settings, store.find(id)));
  believed.keys = accepted.keys();
  believed.identities = accepted.identities();
  if (believed.identities.empty() || !options.trusted_root.empty() ||
      !options.instance.empty())
    return believed;
  VerifyRequest question;
  question.identities = believed.identities;
  question.now = now;
  TRY_ASSIGN(believed.trust, find_trusted_root(question, settings));
  return believed;
}

}  // namespace sigstore::hub
