// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/partial_fetch.h"

#include <utility>

#include "core/app/repository.h"
#include "core/base/limits.h"
#include "core/git/tree.h"

namespace sigstore {
namespace {

std::string want(const git::ObjectId& id) {
  return encode_data("want " + id.to_hex() + "\n");
}

// Is it here? An error other than absence stays one.
Result<bool> is_here(git::ObjectReader& objects, const git::ObjectId& id) {
  const Result<git::ObjectHeader> header = objects.header(id);
  if (header.ok()) return true;
  if (header.error().kind == ErrorKind::incomplete) return false;
  return header.error();
}

Result<void> look_into(git::ObjectReader& objects, const git::ObjectId& tree,
                       std::vector<git::ObjectId>& trees,
                       MissingObjects& missing) {
  TRY_ASSIGN(const Bytes content,
             git::read_object(objects, tree, git::ObjectType::tree,
                              limits::kTreeObject));
  TRY_ASSIGN(const std::vector<git::TreeEntry> entries,
             git::parse_tree(content, tree.view().size()));
  for (const git::TreeEntry& entry : entries) {
    if (entry.mode == git::kModeTree) {
      trees.push_back(entry.id);
    } else if (entry.mode != git::kModeSubmodule) {
      TRY_ASSIGN(const bool here, is_here(objects, entry.id));
      if (!here) missing.blobs.insert(entry.id);
    }
  }
  return {};
}

}  // namespace

Result<MissingObjects> find_missing(git::ObjectReader& objects,
                                    const git::CommitId& commit) {
  TRY_ASSIGN(const Bytes raw,
             git::read_object(objects, commit.id, git::ObjectType::commit,
                              limits::kCommitObject));
  TRY_ASSIGN(const git::Commit parsed, git::parse_commit(raw));
  MissingObjects missing;
  std::set<git::ObjectId> seen;
  std::vector<git::ObjectId> trees{parsed.tree.id};
  while (!trees.empty()) {
    const git::ObjectId tree = trees.back();
    trees.pop_back();
    if (!seen.insert(tree).second) continue;
    TRY_ASSIGN(const bool here, is_here(objects, tree));
    if (!here) {
      missing.trees.insert(tree);
    } else {
      TRY(look_into(objects, tree, trees, missing));
    }
    if (trees.size() + seen.size() + missing.blobs.size() >
        limits::kTreeEntries)
      return fail(ErrorKind::unsupported, "more than ", limits::kTreeEntries,
                  " files and folders");
  }
  return missing;
}

Result<MissingObjects> PartialFetch::missing_of(
    const git::CommitId& commit, const Quarantine& quarantine) const {
  // Opened anew each time: a pack has arrived since.
  TRY_ASSIGN(const Repository repository,
             open_repository(git_, quarantine.objects()));
  const Result<git::ObjectHeader> header =
      repository.objects->header(commit.id);
  // The gate has its own words for what is no commit, or not here.
  if (!header.ok() || header->type != git::ObjectType::commit)
    return MissingObjects{};
  return find_missing(*repository.objects, commit);
}

Result<void> PartialFetch::complete(const std::vector<git::CommitId>& commits,
                                    Quarantine& quarantine) {
  for (const git::CommitId& commit : commits) {
    TRY_ASSIGN(const MissingObjects missing, missing_of(commit, quarantine));
    if (missing.empty()) continue;
    // Trees name what is below them only once they are here: all at once.
    if (missing.trees.empty()) {
      std::string wants;
      for (const git::ObjectId& blob : missing.blobs) wants += want(blob);
      TRY_ASSIGN(const bool given, request(wants, quarantine));
      if (given) continue;
    }
    TRY(request(want(commit.id) + encode_data("deepen 1\n"), quarantine));
  }
  return {};
}

Result<bool> PartialFetch::request(const std::string& arguments,
                                   Quarantine& quarantine) {
  TRY(transport_.write(encode_data("command=fetch") + capabilities_ + "0001" +
                       encode_data("no-progress") + encode_data("ofs-delta") +
                       arguments + encode_data("done\n") + "0000"));
  while (true) {
    TRY_ASSIGN(const Packet packet, transport_.need_packet());
    // ERR, or an answer without a pack, which some servers give.
    if (packet.type == PacketType::response_end) return false;
    if (packet.type == PacketType::data && packet.line() == "packfile")
      return receive(quarantine);
  }
}

Result<bool> PartialFetch::receive(Quarantine& quarantine) {
  TRY(quarantine.start_pack(Quarantine::PackKind::injected));
  std::uint64_t size = 0;
  while (true) {
    TRY_ASSIGN(const Packet packet, transport_.need_packet());
    if (packet.type == PacketType::response_end) break;
    if (packet.type != PacketType::data || packet.payload.empty()) continue;
    const ByteView rest = ByteView(packet.payload).subspan(1);
    if (packet.payload[0] == 3)
      return fail(ErrorKind::network, "the server says: ", as_text(rest));
    if (packet.payload[0] != 1) continue;
    size += rest.size();
    if (size > limits::kInjectedPack)
      return fail(ErrorKind::incomplete,
                  "what this partial clone left out is larger than ",
                  limits::kInjectedPack, " bytes");
    TRY(quarantine.add(rest));
  }
  TRY(quarantine.finish());
  return true;
}

}  // namespace sigstore
