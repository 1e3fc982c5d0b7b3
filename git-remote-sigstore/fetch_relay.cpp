// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/fetch_relay.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "core/app/terminal.h"
#include "core/base/limits.h"
#include "git-remote-sigstore/partial_fetch.h"
#include "git-remote-sigstore/phase_log.h"
#include "git-remote-sigstore/quarantine.h"
#include "git-remote-sigstore/ref_listing.h"

namespace sigstore {
namespace {

// Features whose use would bring objects past us or wrap the whole answer.
std::string without_bypasses(std::string_view line) {
  constexpr std::string_view kFetch = "fetch=";
  if (!line.starts_with(kFetch)) return std::string(line);
  std::string out(kFetch);
  std::string_view rest = line.substr(kFetch.size());
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (word != "packfile-uris" && word != "sideband-all")
      out += (out.size() == kFetch.size() ? "" : " ") + std::string(word);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out + "\n";
}

// git prints the server's reason as it comes.
Packet without_controls(Packet packet) {
  constexpr std::string_view kError = "ERR ";
  if (packet.type != PacketType::data || !packet.text().starts_with(kError))
    return packet;
  const std::string text =
      concat(kError, one_line(packet.line().substr(kError.size())), "\n");
  packet.payload.assign(text.begin(), text.end());
  return packet;
}

}  // namespace

Result<void> FetchRelay::run() {
  TRY(relay_advertisement());
  while (!refused_) {
    TRY_ASSIGN(const std::optional<Request> request, read_request());
    if (!request) return {};
    TRY(transport_.write(request->encoded));
    if (request->command == "ls-refs") {
      TRY(answer_ls_refs(*request));
    } else if (request->command == "fetch") {
      TRY(answer_fetch(*request));
    } else {
      TRY(pass_response());
    }
  }
  return {};
}

Result<void> FetchRelay::relay_advertisement() {
  while (true) {
    TRY_ASSIGN(const Packet packet, transport_.need_packet());
    if (packet.type != PacketType::data) return git_.write(packet);
    TRY(git_.write(encode_data(without_bypasses(packet.text()))));
  }
}

Result<std::optional<FetchRelay::Request>> FetchRelay::read_request() {
  TRY_ASSIGN(std::optional<Packet> packet, git_.read_packet());
  if (!packet) return std::optional<Request>();
  Request request;
  bool has_prefix = false;
  bool has_symrefs = false;
  bool in_capabilities = true;
  while (packet->type != PacketType::flush) {
    const std::string line(packet->line());
    if (packet->type == PacketType::delimiter) in_capabilities = false;
    if (line.starts_with("command="))
      request.command = line.substr(8);
    else if (in_capabilities)
      request.capabilities += encode_packet(*packet);
    if (line.starts_with("ref-prefix ")) has_prefix = true;
    if (line == "symrefs") has_symrefs = true;
    if (line.starts_with("want "))
      if (const auto id = git::ObjectId::parse_hex(line.substr(5)))
        request.wanted.insert(*id);
    if (line.starts_with("deepen") || line.starts_with("shallow "))
      request.shallow = true;
    if (line.starts_with("filter ")) request.filtered = true;
    request.encoded += encode_packet(*packet);
    TRY_ASSIGN(Packet next, git_.need_packet());
    *packet = std::move(next);
  }
  if (request.command == "ls-refs") {
    // Which branch is protected depends on HEAD, whatever git asks about.
    if (has_prefix) request.encoded += encode_data("ref-prefix HEAD\n");
    if (!has_symrefs) request.encoded += encode_data("symrefs\n");
  }
  request.encoded += "0000";
  return std::optional<Request>(std::move(request));
}

Result<void> FetchRelay::answer_ls_refs(const Request& request) {
  std::string answer;
  listing_ = RefListing();
  while (true) {
    TRY_ASSIGN(Packet packet, transport_.need_packet());
    packet = without_controls(std::move(packet));
    answer += encode_packet(packet);
    if (answer.size() > limits::kRefsAnswer)
      return refuse(fail(ErrorKind::invalid_input,
                         "the list of refs is larger "
                         "than ",
                         limits::kRefsAnswer, " bytes"));
    if (packet.type == PacketType::response_end) break;
    if (packet.type != PacketType::data) continue;
    if (packet.text().starts_with("ERR ")) continue;  // git reports it
    Result<void> added = add_listed_ref(packet.line(), listing_);
    if (!added.ok()) return refuse(added.error());
  }
  listing_.list_head_target();
  listed_ = true;
  if (session_.has_git_dir) {
    Result<void> checked = check_listed(request);
    if (!checked.ok()) return refuse(checked.error());
  }
  return git_.write(answer);
}

Result<void> FetchRelay::check_listed(const Request& request) {
  TRY_ASSIGN(const bool partial, is_partial());
  if (!partial) return gate_.check_listed(listing_);
  TRY_ASSIGN(Quarantine quarantine, Quarantine::create(session_.git));
  TRY(complete(request, quarantine));
  if (!quarantine.has_injected()) return gate_.check_listed(listing_);
  TRY(gate_.check_fetched(listing_, {}, quarantine.objects(), true));
  return quarantine.keep_injected();
}

// git-config(1), remote.<name>.promisor.
Result<bool> FetchRelay::is_partial() const {
  TRY_ASSIGN(
      const CommandOutput output,
      session_.git.run({"config", "--get-regexp", "^remote\\..*\\.promisor$"}));
  return output.status == 0;
}

Result<void> FetchRelay::complete(const Request& request,
                                  Quarantine& quarantine) {
  if (!session_.settings.partial_fetch) return {};
  TRY_ASSIGN(std::vector<git::CommitId> commits,
             gate_.protected_commits(listing_));
  // Commits asked for by their id are judged as well; a checkout that asks
  // for what was left out names many objects, and none of them is a commit.
  constexpr std::size_t kMostById = 16;
  std::set<git::ObjectId> by_id = request.wanted;
  std::erase_if(by_id, [&](const auto& id) { return listing_.has_id(id); });
  if (by_id.size() <= kMostById)
    for (const git::ObjectId& id : by_id) commits.push_back(git::CommitId{id});
  PartialFetch fetch(session_.git, transport_, request.capabilities);
  return fetch.complete(commits, quarantine);
}

Result<void> FetchRelay::answer_fetch(const Request& request) {
  bool history_complete = !request.shallow;
  while (true) {
    TRY_ASSIGN(const Packet packet, transport_.need_packet());
    if (packet.type == PacketType::data && packet.line() == "packfile")
      return receive_pack(request, history_complete);
    if (packet.type == PacketType::data && packet.line() == "shallow-info")
      history_complete = false;
    const bool ends = packet.type == PacketType::response_end;
    TRY(git_.write(without_controls(packet)));
    if (ends) return {};
  }
}

Result<void> FetchRelay::receive_pack(const Request& request,
                                      bool history_complete) {
  log_phase("spool");
  Result<Quarantine> created = Quarantine::create(session_.git);
  if (!created.ok()) return refuse(created.error());
  Quarantine& quarantine = *created;
  // Without a listing, git asks for what a partial clone left out.
  const Result<void> started = quarantine.start_pack(
      request.filtered || !listed_ ? Quarantine::PackKind::filtered
                                   : Quarantine::PackKind::whole);
  if (!started.ok()) return refuse(started.error());
  while (true) {
    TRY_ASSIGN(const Packet packet, transport_.need_packet());
    if (packet.type == PacketType::response_end) break;
    if (packet.type != PacketType::data) continue;
    Result<bool> taken = take_band(packet, quarantine);
    if (!taken.ok()) return refuse(taken.error());
    if (!*taken) return {};
  }
  Result<void> judged = judge(request, history_complete, quarantine);
  if (judged.ok()) return replay(quarantine);
  Error error = std::move(judged).error();
  if (request.filtered && error.kind == ErrorKind::incomplete)
    error.message += concat(
        session_.settings.partial_fetch ? ""
                                        : " (sigstore.partialFetch is false)",
        "; clone without --filter to verify before checkout");
  return refuse(error);
}

Result<void> FetchRelay::judge(const Request& request, bool history_complete,
                               Quarantine& quarantine) {
  log_phase("index");
  TRY(quarantine.finish());
  log_phase("verdict");
  if (request.filtered) TRY(complete(request, quarantine));
  TRY(gate_.check_fetched(listing_, request.wanted, quarantine.objects(),
                          history_complete));
  return quarantine.keep_injected();
}

// gitprotocol-v2(5), fetch: the first byte of a packet names its band, 1 pack
// data, 2 progress, 3 fatal error. False after an error was passed on.
Result<bool> FetchRelay::take_band(const Packet& packet,
                                   Quarantine& quarantine) {
  const ByteView payload = packet.payload;
  if (payload.empty())
    return fail(ErrorKind::invalid_input, "empty packet in the pack");
  const ByteView rest = payload.subspan(1);
  if (payload[0] == 1) {
    TRY(quarantine.add(rest));
    return true;
  }
  if (payload[0] == 2) {
    show(as_text(rest));
    return true;
  }
  TRY(refuse(fail(ErrorKind::network, "the server says: ", as_text(rest))));
  return false;
}

Result<void> FetchRelay::replay(Quarantine& quarantine) {
  constexpr std::size_t kPiece = limits::kPktLine - 5;
  log_phase("replay");
  TRY(git_.write(encode_data("packfile\n")));
  while (true) {
    TRY_ASSIGN(const Bytes piece, quarantine.replay(kPiece));
    if (piece.empty()) break;
    TRY(git_.write(encode_data(concat('\1', as_text(piece)))));
  }
  TRY(git_.write("00000002"));
  log_phase("ref");
  return {};
}

Result<void> FetchRelay::pass_response() {
  while (true) {
    TRY_ASSIGN(Packet packet, transport_.need_packet());
    const bool ends = packet.type == PacketType::response_end;
    TRY(git_.write(without_controls(std::move(packet))));
    if (ends) return {};
  }
}

Result<void> FetchRelay::refuse(const Error& error) {
  refused_ = true;
  return git_.write(
      encode_data("ERR sigstore: " + one_line(error.message) + "\n"));
}

// The server's progress, as git prints it; control characters other than line
// ends are escaped.
void FetchRelay::show(std::string_view text) {
  if (!show_progress_) return;
  for (const char c : text) {
    if (c != '\n' && c != '\r') {
      if (progress_line_.size() < 1000) progress_line_ += c;
      continue;
    }
    const std::string line = "remote: " + one_line(progress_line_) + c;
    std::fwrite(line.data(), 1, line.size(), stderr);
    progress_line_.clear();
  }
}

}  // namespace sigstore
