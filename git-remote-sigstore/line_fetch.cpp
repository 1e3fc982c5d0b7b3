// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/line_fetch.h"

#include "git-remote-sigstore/phase_log.h"
#include "git-remote-sigstore/shallow_file.h"
#include "git-remote-sigstore/signal_cleanup.h"

namespace sigstore {
namespace {

// git(1) reads it in this form ('key=value', in quotes) from its parent; what
// stands last counts, also against `git -c`.
constexpr const char* kParameters = "GIT_CONFIG_PARAMETERS";
// A pack is kept as a pack, and checked as git index-pack --fsck-objects does.
constexpr const char* kFetchSettings =
    "'fetch.unpackLimit=1' 'transfer.unpackLimit=1' 'fetch.fsckObjects=true'";

}  // namespace

LineFetch::LineFetch(Session& session, Result<QuarantineFolder> quarantine)
    : session_(session), quarantine_(std::move(quarantine)), gate_(session) {}

std::vector<std::pair<std::string, std::optional<std::string>>>
LineFetch::transport_environment() const {
  if (!quarantine_.ok()) return {};
  auto environment = quarantine_->environment();
  const std::string given = environment_variable(kParameters);
  environment.emplace_back(kParameters,
                           given + (given.empty() ? "" : " ") + kFetchSettings);
  return environment;
}

void LineFetch::note_option(std::string_view line) {
  if (line.starts_with("option depth ") || line.starts_with("option deepen-"))
    deepens_ = true;
  if (line.starts_with("option filter ")) filtered_ = true;
}

Result<void> LineFetch::check_list(RefListing listing) {
  listing_ = std::move(listing);
  return gate_.check_listed(listing_);
}

Result<std::string> LineFetch::fetch(const std::vector<std::string>& lines,
                                     PacketStream& transport) {
  if (!quarantine_.ok())
    return Error(quarantine_.error()).context("cannot verify before storing");
  if (filtered_)
    session_.terminal.warn(
        "without protocol version 2 nothing can be left out and verified: "
        "--filter is ignored");
  TRY_ASSIGN(const ShallowFile shallow, ShallowFile::read(session_.git));
  const bool may_cut = deepens_ || !shallow.is_empty();
  if (may_cut) {
    // From here on there is something to put back, which a signal handler
    // cannot: the next run does it.
    TRY(shallow.save(quarantine_->path()));
    keep_on_signal(quarantine_->path());
  }
  log_phase("spool");
  Result<std::string> answer = run_transport(lines, transport);
  if (answer.ok()) {
    log_phase("verdict");
    const Result<void> judged = judge(lines);
    if (!judged.ok())
      answer = judged.error();
    else
      answer = accept(*answer);
  }
  if (!answer.ok()) TRY(shallow.restore());
  if (may_cut) TRY(ShallowFile::forget_saved(quarantine_->path()));
  return answer;
}

Result<std::string> LineFetch::run_transport(
    const std::vector<std::string>& lines, PacketStream& transport) {
  for (const std::string& line : lines) TRY(transport.write(line + "\n"));
  TRY(transport.write("\n"));
  std::string answer;
  while (true) {
    TRY_ASSIGN(const std::string line, transport.need_line());
    if (line.empty()) return answer;
    answer += line + "\n";
  }
}

Result<void> LineFetch::judge(const std::vector<std::string>& lines) {
  std::set<git::ObjectId> wanted;
  for (const std::string& line : lines) {
    // "fetch <id> <name>"
    const std::size_t start = line.find(' ') + 1;
    if (const auto id = git::ObjectId::parse_hex(
            line.substr(start, line.find(' ', start) - start)))
      wanted.insert(*id);
  }
  return gate_.check_fetched(listing_, wanted, quarantine_->path(), !deepens_);
}

// The transport's own answer names a file that keeps the new pack from being
// pruned ("lock <file>"); git deletes it once its refs are set.
Result<std::string> LineFetch::accept(const std::string& answer) {
  constexpr std::string_view kLock = "lock ";
  const std::string inside = quarantine_->path() + "/";
  std::string out;
  std::string keep;
  std::string_view rest = answer;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.starts_with(kLock) &&
        line.substr(kLock.size()).starts_with(inside))
      keep = line.substr(kLock.size());
    else
      out += concat(line, "\n");
  }
  log_phase("replay");
  TRY_ASSIGN(const bool is_ours, quarantine_->migrate(keep));
  if (keep.empty() || !is_ours) return out;
  return concat(kLock, quarantine_->store(), "/", keep.substr(inside.size()),
                "\n", out);
}

}  // namespace sigstore
