// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "core/git/tree.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

// git names trees by their bytes: another spelling would be another tree.
bool check_tree(ByteView content, std::size_t id_size) {
  const auto entries = git::parse_tree(content, id_size);
  if (!entries.ok()) return false;
  const Bytes again = git::write_tree(*entries);
  require(
      std::equal(again.begin(), again.end(), content.begin(), content.end()),
      "a tree is byte for byte what is written");
  return true;
}

bool check_commit(ByteView content) {
  const auto commit = git::parse_commit(content);
  if (!commit.ok()) return false;
  std::string head = "tree " + commit->tree.id.to_hex() + "\n";
  for (const git::CommitId& parent : commit->parents)
    head += "parent " + parent.id.to_hex() + "\n";
  require(as_text(content).starts_with(head + "author "),
          "a commit starts with what was read from it");
  return true;
}

}  // namespace
}  // namespace sigstore

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const sigstore::ByteView content(data, size);
  const bool sha1 = sigstore::check_tree(content, 20);
  const bool sha256 = sigstore::check_tree(content, 32);
  const bool commit = sigstore::check_commit(content);
  return sigstore::finish(sha1 || sha256 || commit);
}
