// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/app/exit_code.h"
#include "core/app/terminal.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "hub-client/attachments.h"
#include "hub-client/hub_session.h"
#include "hub-client/signer_options.h"

namespace sigstore::hub {

// Every signature and attestation of a revision, and what is to be said of it.
struct CheckedAttachments {
  RepoName repo;
  std::string revision;
  git::CommitId commit;
  bool is_judged = false;  // somebody is named who may have signed
  std::vector<JudgedAttachment> items;

  // At least one that is verified: yes; what strangers put beside it changes
  // nothing. Else no where one was refused, and could_not_tell; and
  // unsigned_passed where there is none at all.
  ExitCode exit() const;
};

// Those may have signed whom `signers` names, else whom the user's
// configuration and memory name for this repository, as for a pull.
Result<CheckedAttachments> check_attachments(const HubFlags& flags,
                                             const SignerOptions& signers,
                                             const Terminal& terminal);

Json to_json(const JudgedAttachment& item);
Json to_json(const CheckedAttachments& checked);

}  // namespace sigstore::hub
