// SPDX-License-Identifier: Apache-2.0
#include "hooks/filter_process.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/git/lfs_pointer.h"

namespace sigstore {
namespace {

// A key and its value: "pathname=a/b".
std::optional<std::string_view> value_of(std::string_view line,
                                         std::string_view key) {
  if (!line.starts_with(key)) return std::nullopt;
  return line.substr(key.size());
}

Error not_a_list() {
  return fail(ErrorKind::invalid_input,
              "the filter protocol has no such packet here");
}

}  // namespace

// One list of "key=value" packets up to its flush.
Result<FilterProcess::List> FilterProcess::read_list(PacketStream& from) {
  List list;
  while (true) {
    TRY_ASSIGN(const Packet packet, from.need_packet());
    list.encoded += encode_packet(packet);
    if (packet.type == PacketType::flush) return list;
    if (packet.type != PacketType::data) return not_a_list();
    if (const auto value = value_of(packet.line(), "status="))
      list.status = *value;
    if (list.encoded.size() > limits::kRefsAnswer) return not_a_list();
  }
}

Result<std::string> FilterProcess::relay_list(PacketStream& from,
                                              PacketStream& to) {
  TRY_ASSIGN(List list, read_list(from));
  TRY(to.write(list.encoded));
  return std::move(list.status);
}

// Welcome and version, then capabilities; both sides each time. False when git
// went away before it said anything.
Result<bool> FilterProcess::handshake() {
  TRY_ASSIGN(const std::optional<Packet> first, git_.read_packet());
  if (!first) return false;
  TRY(lfs_.write(*first));
  for (int round = 0; round < 2; ++round) {
    TRY(relay_list(git_, lfs_));
    TRY(relay_list(lfs_, git_));
  }
  return true;
}

Result<std::optional<FilterProcess::Request>> FilterProcess::relay_request() {
  Request request;
  std::string encoded;
  while (true) {
    TRY_ASSIGN(const std::optional<Packet> packet, git_.read_packet());
    if (!packet && encoded.empty()) return std::optional<Request>();
    if (!packet) return fail(ErrorKind::io, "git stopped within a request");
    encoded += encode_packet(*packet);
    if (packet->type == PacketType::flush) break;
    if (packet->type != PacketType::data) return not_a_list();
    if (const auto command = value_of(packet->line(), "command="))
      request.command = *command;
    if (const auto path = value_of(packet->line(), "pathname="))
      request.path = *path;
    if (encoded.size() > limits::kRefsAnswer) return not_a_list();
  }
  TRY(lfs_.write(encoded));
  return std::optional<Request>(std::move(request));
}

Result<void> FilterProcess::relay_content(PacketStream& from,
                                          PacketStream& to) {
  while (true) {
    TRY_ASSIGN(const Packet packet, from.need_packet());
    TRY(to.write(packet));
    if (packet.type == PacketType::flush) return {};
    if (packet.type != PacketType::data) return not_a_list();
  }
}

// What git wants smudged: a pointer, or content that is none.
Result<FilterProcess::Expected> FilterProcess::relay_blob() {
  TRY_ASSIGN(MessageDigest digest,
             MessageDigest::create(DigestAlgorithm::sha256));
  Bytes start;
  Expected expected;
  while (true) {
    TRY_ASSIGN(const Packet packet, git_.need_packet());
    TRY(lfs_.write(packet));
    if (packet.type == PacketType::flush) break;
    if (packet.type != PacketType::data) return not_a_list();
    digest.update(packet.payload);
    expected.blob.size += packet.payload.size();
    const std::size_t room = limits::kLfsPointer - start.size();
    const std::size_t count = std::min(room, packet.payload.size());
    start.insert(start.end(), packet.payload.begin(),
                 packet.payload.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const ContentDigest whole = digest.finish();
  std::copy_n(whole.view().begin(), Sha256Digest::kSize,
              expected.blob.digest.bytes.begin());
  // git-lfs decides by the first 1024 bytes, and so does this.
  const Result<std::optional<git::LfsPointer>> pointer =
      git::parse_lfs_pointer(start);
  expected.refused = !pointer.ok();
  expected.file = expected.blob;
  if (pointer.ok() && *pointer)
    expected.file = {(*pointer)->oid,
                     static_cast<std::uint64_t>((*pointer)->size)};
  return expected;
}

Result<BackgroundDigest*> FilterProcess::digest() {
  if (!digest_) {
    TRY_ASSIGN(MessageDigest sha256,
               MessageDigest::create(DigestAlgorithm::sha256));
    digest_.emplace(std::move(sha256));
  }
  return &*digest_;
}

// Copies git-lfs's answer to git as it comes, and hashes it meanwhile.
Result<FilterProcess::Content> FilterProcess::copy_hashed() {
  TRY_ASSIGN(BackgroundDigest* const hash, digest());
  PayloadScanner scanner;
  Content content;
  while (!scanner.ended()) {
    BackgroundDigest::Buffer& buffer = hash->next();
    TRY_ASSIGN(const std::size_t got, lfs_.read_some(buffer.bytes));
    const ByteView bytes = ByteView(buffer.bytes).first(got);
    TRY_ASSIGN(const std::size_t used, scanner.scan(bytes, buffer.parts));
    for (const ByteView part : buffer.parts) content.size += part.size();
    hash->submit();
    TRY(git_.write(as_text(bytes.first(used))));
    lfs_.unread(bytes.subspan(used));
  }
  content.digest = hash->finish();
  return content;
}

Result<void> FilterProcess::give_verdict(const std::string& path,
                                         const Expected& expected,
                                         const Content& content) {
  std::string reason;
  if (expected.refused)
    reason = "pointer is not in canonical form";
  else if (content == expected.blob && content != expected.file && !may_stay_())
    reason = "git-lfs left the pointer in place of the file";
  else if (content != expected.file && content != expected.blob)
    reason = "content does not match the signed sha256";
  TRY_ASSIGN(const List end, read_list(lfs_));
  const bool given = end.status.empty() || end.status == "success";
  // git-lfs failed by itself, and says why.
  if (reason.empty() || !given) return git_.write(end.encoded);
  terminal_.say(path + ": " + reason);
  // This list takes back the status that stood before the content.
  return git_.write(encode_data("status=error") +
                    encode_packet({PacketType::flush, {}}));
}

Result<void> FilterProcess::smudge(const Request& request) {
  TRY_ASSIGN(Expected expected, relay_blob());
  TRY_ASSIGN(const std::string status, relay_list(lfs_, git_));
  const auto waiting = delayed_.find(request.path);
  if (status == "delayed") {
    delayed_[request.path] = std::move(expected);
    return {};
  }
  if (expected.blob.size == 0 && waiting != delayed_.end())
    expected = std::move(waiting->second);
  if (waiting != delayed_.end()) delayed_.erase(waiting);
  if (status != "success") return {};
  TRY_ASSIGN(const Content content, copy_hashed());
  return give_verdict(request.path, expected, content);
}

Result<void> FilterProcess::run() {
  TRY_ASSIGN(const bool greeted, handshake());
  while (greeted) {
    TRY_ASSIGN(const std::optional<Request> request, relay_request());
    if (!request) return {};
    if (request->command == "smudge") {
      TRY(smudge(*request));
      continue;
    }
    const bool lists = request->command == "list_available_blobs";
    if (!lists) TRY(relay_content(git_, lfs_));
    TRY_ASSIGN(const std::string status, relay_list(lfs_, git_));
    if (!lists && status != "success") continue;
    if (!lists) TRY(relay_content(lfs_, git_));
    TRY(relay_list(lfs_, git_));
  }
  return {};
}

}  // namespace sigstore
