// SPDX-License-Identifier: Apache-2.0
#include "hub-client/attachment_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "hub-client/believed_signers.h"

namespace sigstore::hub {
namespace {

using State = JudgedAttachment::State;

}  // namespace

ExitCode CheckedAttachments::exit() const {
  const auto any = [this](State state) {
    return std::any_of(
        items.begin(), items.end(),
        [&](const JudgedAttachment& item) { return item.state == state; });
  };
  if (items.empty()) return ExitCode::unsigned_passed;
  if (any(State::verified)) return ExitCode::yes;
  return any(State::refused) ? ExitCode::no : ExitCode::could_not_tell;
}

Result<CheckedAttachments> check_attachments(const HubFlags& flags,
                                             const SignerOptions& signers,
                                             const Terminal& terminal) {
  TRY_ASSIGN(const HubSettings settings,
             read_online_settings("asking for attestations"));
  TRY_ASSIGN(const Wanted wanted, read_wanted(flags, settings));
  const Timestamp now = current_time();
  TRY_ASSIGN(const BelievedSigners believed,
             find_believed(signers, wanted.settings, wanted.id, now));
  AttachmentJudge judge{{}, wanted.id, wanted.settings.require_binding};
  judge.signers.now = now;
  believed.put_into(judge.signers);
  TRY_ASSIGN(HubSession session,
             HubSession::open(flags, settings, false, terminal));
  Hub& hub = session.hub();
  CheckedAttachments checked;
  checked.repo = wanted.repo;
  checked.revision = wanted.revision;
  checked.is_judged = judge.knows_anybody();
  TRY_ASSIGN(checked.commit,
             hub.resolve_revision(wanted.repo, wanted.revision));
  TRY_ASSIGN(Listing listing, hub.list(wanted.repo, checked.commit));
  TRY_ASSIGN(std::vector<Attachment> found,
             find_attachments(hub, wanted.repo, listing));
  ModelState model(hub, wanted.repo, std::move(listing));
  for (Attachment& item : found)
    checked.items.push_back(judge.judge(std::move(item), model));
  session.tell_warnings(terminal);
  return checked;
}

Json to_json(const JudgedAttachment& item) {
  Json value = {{"path", item.attachment.path},
                {"beside", item.attachment.is_beside},
                {"state", state_text(item.state)},
                {"verified", item.state == State::verified},
                {"covers", item.covers}};
  if (item.attachment.line > 0) value["line"] = item.attachment.line;
  if (!item.reason.empty()) value["reason"] = item.reason;
  if (item.claims) {
    value["kind"] = describe_kind(*item.claims);
    value["predicateType"] = item.claims->predicate_type;
    value["claimedSigner"] = item.claims->signer;
    if (item.claims->time)
      value["claimedTime"] = item.claims->time->to_rfc3339();
  }
  if (item.state != State::verified) return value;
  value["signer"] = item.signer;
  if (item.time) value["time"] = item.time->to_rfc3339();
  return value;
}

Json to_json(const CheckedAttachments& checked) {
  Json value = {{"ok", checked.exit() == ExitCode::yes},
                {"repository", checked.repo.path()},
                {"revision", checked.revision},
                {"commit", checked.commit.id.to_hex()},
                {"judged", checked.is_judged},
                {"signatures", Json::array()}};
  for (const JudgedAttachment& item : checked.items)
    value["signatures"].push_back(to_json(item));
  return value;
}

}  // namespace sigstore::hub
