// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/relay.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "git-remote-sigstore/fetch_relay.h"
#include "git-remote-sigstore/phase_log.h"
#include "git-remote-sigstore/raw_copy.h"
#include "git-remote-sigstore/ref_listing.h"

namespace sigstore {

namespace {

Error cannot_sign(const Error& error) {
  return {error.kind,
          concat("cannot sign: ", error.message,
                 "; nothing was pushed (use -c sigstore.sign=never to push "
                 "unsigned)"),
          error.details};
}

}  // namespace

Relay::Relay(Session& session, ChildProcess& transport, LineFetch& line_fetch)
    : session_(session),
      git_(STDIN_FILENO, STDOUT_FILENO),
      transport_(transport.output(), transport.input()),
      child_(transport),
      line_fetch_(line_fetch) {}

Result<bool> Relay::run() {
  while (true) {
    TRY_ASSIGN(const std::optional<std::string> line, git_.read_line());
    if (!line) return true;
    // An empty line is goodbye; the transport wants to hear it as well, unless
    // it has gone after a refused push.
    if (line->empty()) {
      static_cast<void>(transport_.write("\n"));
      return true;
    }
    TRY_ASSIGN(const bool more, command(*line));
    if (!more) return !refused_;
  }
}

// False when the conversation is over.
Result<bool> Relay::command(const std::string& line) {
  if (line.starts_with("option ")) {
    TRY(option(line));
  } else if (line.starts_with("stateless-connect ")) {
    return connect(line);
  } else if (line == "list" || line.starts_with("list ")) {
    return list(line);
  } else if (line.starts_with("push ")) {
    TRY(push(line));
  } else if (line.starts_with("fetch ")) {
    return fetch(line);
  } else {
    TRY(transport_.write(line + "\n"));
    TRY(pass_until_blank());
  }
  return true;
}

Result<void> Relay::option(const std::string& line) {
  if (line == "option dry-run true") dry_run_ = true;
  if (line == "option atomic true") atomic_ = true;
  if (line == "option progress false") show_progress_ = false;
  if (line == "option verbosity 0" || line == "option verbosity -1") {
    show_progress_ = false;
    session_.terminal.set_quiet();
  }
  line_fetch_.note_option(line);
  // With protocol version 2 git asks the server for it itself; see LineFetch.
  if (line.starts_with("option filter ")) return git_.write("ok\n");
  TRY(transport_.write(line + "\n"));
  TRY_ASSIGN(const std::string answer, transport_.need_line());
  return git_.write(answer + "\n");
}

Result<bool> Relay::connect(const std::string& line) {
  TRY(transport_.write(line + "\n"));
  TRY_ASSIGN(const std::string answer, transport_.need_line());
  TRY(git_.write(answer + "\n"));
  if (!answer.empty()) return true;  // "fallback": git goes on with lines
  if (line == "stateless-connect git-upload-pack") {
    FetchRelay relay(session_, git_, transport_, show_progress_);
    TRY(relay.run());
  } else {
    TRY(pass_raw());
  }
  return false;
}

Result<bool> Relay::list(const std::string& line) {
  TRY(transport_.write(line + "\n"));
  std::string answer;
  RefListing listing;
  while (true) {
    TRY_ASSIGN(const std::string ref, transport_.need_line());
    if (ref.empty()) break;
    answer += ref + "\n";
    if (answer.size() > limits::kRefsAnswer)
      return refuse(fail(ErrorKind::invalid_input,
                         "the list of refs is larger than ",
                         limits::kRefsAnswer, " bytes"));
    const Result<void> added = add_helper_ref(ref, listing);
    if (!added.ok()) return refuse(added.error());
  }
  for (const ListedRef& ref : listing.refs)
    remote_refs_.insert_or_assign(ref.name, ref.id);
  if (line == "list for-push" && session_.has_git_dir) {
    const Result<void> ready =
        PushSigning(session_, dry_run_).check_ready(remote_refs_);
    if (!ready.ok()) {
      session_.terminal.report(cannot_sign(ready.error()));
      refused_ = true;
      return false;
    }
  }
  if (line == "list" && session_.has_git_dir) {
    const Result<void> checked = line_fetch_.check_list(listing);
    if (!checked.ok()) return refuse(checked.error());
  }
  TRY(git_.write(answer + "\n"));
  return true;
}

Result<bool> Relay::fetch(std::string line) {
  std::vector<std::string> lines;
  while (!line.empty()) {
    lines.push_back(std::move(line));
    TRY_ASSIGN(line, git_.need_line());
  }
  const Result<std::string> answer = line_fetch_.fetch(lines, transport_);
  if (!answer.ok()) return refuse(answer.error());
  TRY(git_.write(*answer + "\n"));
  return true;
}

// The helper protocol has no answer that says why: git ends without a word
// when the helper does. This is the line that it prints with protocol
// version 2, so that people and scripts see the same.
bool Relay::refuse(const Error& error) {
  Terminal("fatal: remote error: sigstore").report(error);
  refused_ = true;
  return false;
}

Result<void> Relay::push(std::string line) {
  std::vector<PushLine> lines;
  while (!line.empty()) {
    if (!line.starts_with("push "))
      return fail(ErrorKind::invalid_input, "git mixes push with others");
    TRY_ASSIGN(PushLine parsed, PushLine::parse(line.substr(5)));
    lines.push_back(std::move(parsed));
    TRY_ASSIGN(line, git_.need_line());
  }
  log_phase("sign");
  PushSigning signing(session_, dry_run_);
  const Result<std::vector<PreparedPush>> prepared =
      signing.prepare(lines, {remote_refs_, atomic_});
  if (!prepared.ok()) return reject(lines, prepared.error());
  return send(*prepared, signing);
}

Result<void> Relay::reject(const std::vector<PushLine>& lines,
                           const Error& error) {
  session_.terminal.report(cannot_sign(error));
  for (const PushLine& line : lines)
    TRY(git_.write("error " + line.destination + " sigstore: not signed\n"));
  return git_.write("\n");
}

Result<void> Relay::send(const std::vector<PreparedPush>& pushes,
                         PushSigning& signing) {
  log_phase("send");
  for (const PreparedPush& push : pushes)
    TRY(transport_.write(push.line.encode()));
  TRY(transport_.write("\n"));
  while (true) {
    TRY_ASSIGN(const std::string answer, transport_.need_line());
    // The server's reasons are printed by git as they are.
    TRY(git_.write(one_line(answer) + "\n"));
    if (answer.empty()) {
      log_phase("ref");
      return {};
    }
    if (answer.starts_with("error ")) note_declined(pushes, answer.substr(6));
    if (!answer.starts_with("ok ")) continue;
    const std::string destination = answer.substr(3);
    const auto push = std::find_if(
        pushes.begin(), pushes.end(), [&](const PreparedPush& item) {
          return item.line.destination == destination;
        });
    if (push == pushes.end()) continue;
    log_phase("fast-forward");
    const auto before = remote_refs_.find(destination);
    TRY(git_.write(signing.accepted(
        *push, before == remote_refs_.end()
                   ? std::nullopt
                   : std::optional<git::ObjectId>(before->second))));
  }
}

// "<destination> <why>"
void Relay::note_declined(const std::vector<PreparedPush>& pushes,
                          const std::string& answer) const {
  for (const PreparedPush& push : pushes)
    if (answer.starts_with(push.line.destination + " ") && push.is_kept())
      session_.terminal.say("signature kept for the next push");
}

Result<void> Relay::pass_until_blank() {
  while (true) {
    TRY_ASSIGN(const std::string line, transport_.need_line());
    TRY(git_.write(line + "\n"));
    if (line.empty()) return {};
  }
}

// Services that bring no commits into the repository (git archive --remote).
Result<void> Relay::pass_raw() {
  // What came behind the answer is in our hands already.
  while (!transport_.buffer().empty())
    TRY(git_.write(as_text(transport_.buffer().take_bytes(limits::kPktLine))));
  return copy_raw({git_.input(), git_.output()},
                  {transport_.input(), transport_.output()},
                  [&] { child_.close_input(); });
}

}  // namespace sigstore
