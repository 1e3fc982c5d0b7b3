// SPDX-License-Identifier: Apache-2.0
#include "hooks/filter_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/git/lfs_pointer.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::encode_data;
using sigstore::ErrorKind;
using sigstore::FileDescriptor;
using sigstore::FilterProcess;
using sigstore::PacketStream;
using sigstore::Result;
using sigstore::Terminal;

namespace {

const std::string kFlush = "0000";

std::string list(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += encode_data(line + "\n");
  return out + kFlush;
}

std::string content(const std::string& bytes, std::size_t piece = 60'000) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    out += encode_data(bytes.substr(at, piece));
  return out + kFlush;
}

std::string pointer_to(const std::string& file) {
  return sigstore::git::write_lfs_pointer(
      {sigstore::sha256(as_bytes(file)),
       static_cast<std::int64_t>(file.size())});
}

const std::string kHelloGit = list({"git-filter-client", "version=2"}) +
                              list({"capability=smudge", "capability=clean"});
const std::string kHelloLfs = list({"git-filter-server", "version=2"}) +
                              list({"capability=smudge", "capability=clean"});
const std::string kSuccess = list({"status=success"});

std::string ask(const std::string& blob, const std::string& path = "w.bin") {
  return list({"command=smudge", "pathname=" + path}) + content(blob);
}
std::string give(const std::string& file) {
  return kSuccess + content(file) + kFlush;
}

// Both sides are recordings: neither waits for the other.
struct Conversation {
  Result<void> result;
  std::string to_git;
  std::string to_lfs;
};

Conversation converse(const std::string& git_says, const std::string& lfs_says,
                      bool may_stay = false) {
  const TempFolder folder;
  const FileDescriptor git_in(
      open(folder.write("git", kHelloGit + git_says).c_str(), O_RDONLY));
  const FileDescriptor lfs_in(
      open(folder.write("lfs", kHelloLfs + lfs_says).c_str(), O_RDONLY));
  const FileDescriptor git_out(
      open(folder.write("to-git", "").c_str(), O_WRONLY));
  const FileDescriptor lfs_out(
      open(folder.write("to-lfs", "").c_str(), O_WRONLY));
  PacketStream git(git_in.get(), git_out.get());
  PacketStream lfs(lfs_in.get(), lfs_out.get());
  Terminal terminal("test");
  terminal.set_quiet();
  FilterProcess process(git, lfs, terminal, [&] { return may_stay; });
  Result<void> result = process.run();
  const std::string greeting = kHelloLfs;
  const std::string to_git = folder.read("to-git");
  REQUIRE(to_git.starts_with(greeting));
  const std::string to_lfs = folder.read("to-lfs");
  REQUIRE(to_lfs.starts_with(kHelloGit));
  return {std::move(result), to_git.substr(greeting.size()),
          to_lfs.substr(kHelloGit.size())};
}

}  // namespace

TEST_CASE("a file that is what its pointer says passes byte by byte",
          "[hooks]") {
  // Longer than all buffers together, in packets that fit none of them.
  const std::string file(3'000'000, 'w');
  const std::string asked = ask(pointer_to(file));
  const std::string given = give(file);
  const Conversation said = converse(asked, given);
  CHECK(works(said.result));
  CHECK(said.to_git == given);
  CHECK(said.to_lfs == asked);
}

TEST_CASE("a file of the same size and another content ends with an error",
          "[hooks]") {
  const std::string file(100'000, 'w');
  const std::string bad = file.substr(1) + "x";
  const Conversation said = converse(
      ask(pointer_to(file)) + ask(pointer_to(file)), give(bad) + give(file));
  CHECK(works(said.result));
  CHECK(said.to_git == kSuccess + content(bad) + encode_data("status=error") +
                           kFlush + give(file));
}

TEST_CASE("a size that is not the pointer's is refused", "[hooks]") {
  const std::string file(1000, 'w');
  const std::string pointer =
      sigstore::git::write_lfs_pointer({sigstore::sha256(as_bytes(file)), 999});
  const Conversation said = converse(ask(pointer), give(file));
  CHECK(said.to_git ==
        kSuccess + content(file) + encode_data("status=error") + kFlush);
}

TEST_CASE("a pointer may stay only where git-lfs was told to leave it",
          "[hooks]") {
  const std::string pointer = pointer_to("weights");
  CHECK(converse(ask(pointer), give(pointer), true).to_git == give(pointer));
  CHECK(converse(ask(pointer), give(pointer), false).to_git ==
        kSuccess + content(pointer) + encode_data("status=error") + kFlush);
  // Another pointer is no pointer that stays.
  const std::string other = pointer_to("others");
  CHECK(converse(ask(pointer), give(other), true).to_git ==
        kSuccess + content(other) + encode_data("status=error") + kFlush);
}

TEST_CASE("a delayed file is held against the pointer that git sent first",
          "[hooks]") {
  const std::string a(5000, 'a');
  const std::string b(5000, 'b');
  const std::string delayed = list({"status=delayed"});
  const std::string available = list({"pathname=a", "pathname=b"}) + kSuccess;
  const std::string asked = ask(pointer_to(a), "a") + ask(pointer_to(b), "b") +
                            list({"command=list_available_blobs"}) +
                            ask("", "a") + ask("", "b");
  const Conversation said =
      converse(asked, delayed + delayed + available + give(a) + give(a));
  CHECK(works(said.result));
  CHECK(said.to_lfs == asked);
  CHECK(said.to_git == delayed + delayed + available + give(a) + kSuccess +
                           content(a) + encode_data("status=error") + kFlush);
}

TEST_CASE("content that is no pointer has to come back as it was", "[hooks]") {
  const std::string plain = "not a pointer\n";
  CHECK(converse(ask(plain), give(plain)).to_git == give(plain));
  CHECK(converse(ask(""), give("")).to_git == give(""));
  CHECK(converse(ask(plain), give("other")).to_git ==
        kSuccess + content("other") + encode_data("status=error") + kFlush);
}

TEST_CASE("a pointer in another form is refused whatever comes for it",
          "[hooks]") {
  std::string pointer = pointer_to("weights");
  pointer.insert(pointer.size() - 1, "\r");
  CHECK(converse(ask(pointer), give("weights"), true).to_git ==
        kSuccess + content("weights") + encode_data("status=error") + kFlush);
}

TEST_CASE("a failure of git-lfs stays its own", "[hooks]") {
  const std::string pointer = pointer_to("weights");
  const std::string failed = list({"status=error"});
  CHECK(converse(ask(pointer), failed).to_git == failed);
  const std::string late = kSuccess + content("wei") + failed;
  CHECK(converse(ask(pointer), late).to_git == late);
}

TEST_CASE("clean passes through", "[hooks]") {
  const std::string asked =
      list({"command=clean", "pathname=w.bin"}) + content("weights");
  const std::string given = give(pointer_to("weights"));
  const Conversation said = converse(asked, given);
  CHECK(works(said.result));
  CHECK(said.to_git == given);
  CHECK(said.to_lfs == asked);
}

TEST_CASE("a conversation that is none ends with an error", "[hooks]") {
  const std::string pointer = pointer_to("weights");
  const auto git_says = [](const std::string& text) {
    return converse(text, "").result;
  };
  CHECK(refuses(git_says("zzzz"), ErrorKind::invalid_input, "pkt-line length"));
  CHECK(refuses(git_says("0001"), ErrorKind::invalid_input, "no such packet"));
  CHECK(refuses(git_says(encode_data("command=smudge")), ErrorKind::io,
                "within a request"));
  CHECK(refuses(converse(ask(pointer), kSuccess).result, ErrorKind::network,
                "ended early"));
  CHECK(refuses(converse(ask(pointer), kSuccess + "0001").result,
                ErrorKind::invalid_input, "pkt-line length"));
}
