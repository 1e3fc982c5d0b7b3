// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/stream_verifier.h"

#include <fcntl.h>

#include <atomic>
#include <future>

#include "core/base/file.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::FileDescriptor;
using sigstore::Result;
using sigstore::hub::Expected;
using sigstore::hub::FileDigests;
using sigstore::hub::StreamVerifier;
using sigstore::hub::Workers;

namespace {

std::string long_text() {
  std::string text;
  while (text.size() < 40'000'000) text += "0123456789abcdef";
  return text;
}

FileDigests digests_of(const std::string& text) {
  Expected expected;
  expected.sha256 = sigstore::sha256(as_bytes(text));
  auto digests = FileDigests::create("file", text.size(), expected);
  REQUIRE(works(digests));
  return std::move(*digests);
}

}  // namespace

TEST_CASE("a file is hashed as far as it has come", "[download]") {
  const std::string text = long_text();
  const TempFolder folder;
  const FileDescriptor file(open(folder.write("file", text).c_str(), O_RDWR));
  Workers workers(2);
  std::promise<Result<void>> verdict;
  std::atomic<int> calls = 0;
  StreamVerifier verifier(file.get(), text.size(), digests_of(text), workers,
                          [&](Result<void> result) {
                            ++calls;
                            verdict.set_value(std::move(result));
                          });
  for (std::size_t at = 0; at < text.size(); at += 3'000'017)
    verifier.advance(at);
  auto future = verdict.get_future();
  CHECK(future.wait_for(std::chrono::milliseconds(100)) ==
        std::future_status::timeout);
  verifier.advance(text.size());
  verifier.advance(text.size());
  CHECK(works(future.get()));
  CHECK(calls == 1);
}

TEST_CASE("what lies in the file is hashed, not what came", "[download]") {
  std::string text = long_text();
  const TempFolder folder;
  std::string other = text;
  other[39'000'000] = 'x';
  const FileDescriptor file(open(folder.write("file", other).c_str(), O_RDWR));
  Workers workers(1);
  std::promise<Result<void>> verdict;
  StreamVerifier verifier(
      file.get(), text.size(), digests_of(text), workers,
      [&](Result<void> result) { verdict.set_value(std::move(result)); });
  verifier.advance(text.size());
  CHECK(refuses(verdict.get_future().get(), ErrorKind::content_differs,
                "file: its sha256 is"));
}

TEST_CASE("an empty file has a verdict, and a short one an error",
          "[download]") {
  const TempFolder folder;
  const FileDescriptor file(open(folder.write("file", "").c_str(), O_RDWR));
  Workers workers(1);
  std::promise<Result<void>> empty;
  StreamVerifier first(
      file.get(), 0, digests_of(""), workers,
      [&](Result<void> result) { empty.set_value(std::move(result)); });
  first.advance(0);
  CHECK(works(empty.get_future().get()));
  std::promise<Result<void>> shorter;
  StreamVerifier second(
      file.get(), 4, digests_of("text"), workers,
      [&](Result<void> result) { shorter.set_value(std::move(result)); });
  second.advance(4);
  CHECK(refuses(shorter.get_future().get(), ErrorKind::io, "became shorter"));
}

TEST_CASE("a verifier that goes waits for its worker, and is silent",
          "[download]") {
  const std::string text = long_text();
  const TempFolder folder;
  const FileDescriptor file(open(folder.write("file", text).c_str(), O_RDWR));
  std::atomic<int> calls = 0;
  std::atomic<bool> gone = false;
  std::atomic<bool> late = false;
  for (int round = 0; round < 20; ++round) {
    gone = false;
    Workers workers(1);
    {
      StreamVerifier verifier(file.get(), text.size(), digests_of(text),
                              workers, [&](Result<void>) {
                                ++calls;
                                late = gone.load();
                              });
      verifier.advance(text.size() - 1);
    }
    gone = true;
  }
  CHECK(calls == 0);
  CHECK_FALSE(late);
}
