// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/http/stream_client.h"
#include "core/manifest/manifest.h"
#include "hub-client/download/block_plan.h"
#include "hub-client/download/connection_controller.h"

namespace sigstore::hub {

// What the content of a file has to be: all that is there must hold.
struct Expected {
  std::optional<Sha256Digest> sha256 = std::nullopt;  // by the listing
  // 40 hex digits: SHA-1 of "blob <size>\0" and the content; "" for files in
  // LFS or Xet.
  std::string git_blob = {};
  // What the signature says of this file: one resource, or its shards.
  std::vector<Resource> resources = {};
  Parameters parameters = {};  // how `resources` were made
};

struct WantedFile {
  std::string path;  // for errors and progress
  std::uint64_t size = 0;
  std::string etag;  // names the content: a partial of another is not resumed
  Expected expected = {};
  // Where it is written until it is whole. Its folder is there, on the file
  // system of the file's place; the name is for this content alone, and no two
  // wanted files have the same.
  std::filesystem::path partial;
};

// A request for content: with these headers and no others.
struct ContentRequest {
  std::string url;
  std::vector<http::Header> headers = {};
};

// Who knows where the bytes of a file are: hub_source.h. Nothing here waits for
// anybody, so that one thread can ask for thousands of files: the download
// sends what it is told to, and says what was answered.
class ContentSource {
 public:
  virtual ~ContentSource() = default;

  // Where to ask first, and again when the place that this led to says no any
  // more (signed URLs expire).
  virtual Result<ContentRequest> first(std::size_t file) const = 0;
  // `asked` was answered by a redirect. Who sees the token is decided here.
  virtual Result<ContentRequest> follow(std::size_t file,
                                        const ContentRequest& asked,
                                        std::string_view location) const = 0;
  // What an answer to `asked` means that is neither content nor a redirect.
  virtual Error refusal(std::size_t file, const ContentRequest& asked,
                        const http::Response& answer) const = 0;
};

// The file is whole and every digest held: put it in its place. Called from
// threads of the download's, never two at once.
using Finished = std::function<Result<void>(
    std::size_t file, const std::filesystem::path& partial)>;

struct FileProgress {
  std::size_t file = 0;
  std::uint64_t done = 0;
};
struct DownloadProgress {
  std::uint64_t done = 0;  // bytes that are here; less again after a restart
  std::uint64_t total = 0;
  std::size_t files_done = 0;
  std::size_t files = 0;
  std::vector<FileProgress> active = {};
};

struct DownloadOptions {
  ConnectionRules connections = {};  // .most is --max-connections
  PlanRules plan = {};
  std::chrono::milliseconds stall_timeout = std::chrono::seconds(10);
  int retries = 5;  // of a file, without a byte in between
  std::chrono::milliseconds first_wait = std::chrono::seconds(1);  // doubles
  std::chrono::milliseconds longest_wait = std::chrono::seconds(8);
  // A server that asks for more is not asked again.
  std::chrono::milliseconds longest_asked = std::chrono::seconds(310);
  // Told of waits that a server asks for, once for each.
  std::function<void(std::chrono::milliseconds)> asked = {};
  // How often what is here of a file is written down.
  std::chrono::milliseconds checkpoint = std::chrono::seconds(1);
  bool plain_http = false;  // http is for this machine only; true: any host
  // Becomes true, from a signal handler or thread, to end it soon.
  const std::atomic<bool>* stop = nullptr;
  // Called from the caller's thread about ten times a second.
  std::function<void(const DownloadProgress&)> progress = {};
};

struct DownloadReport {
  std::uint64_t fetched = 0;  // bytes that came now
  std::uint64_t resumed = 0;  // bytes that were here from before
  std::size_t files = 0;
  std::size_t retries = 0;
  std::size_t connections = 0;  // at most, at once
};

// Fetches all of them, many at once, and hashes them while they arrive. The
// first error ends it: content_differs, naming the file, when a digest or size
// is not the expected one (what was fetched of it is gone); unauthorized and
// others by ContentSource::refusal; network when a server answers no more; io
// when nothing can be written; incomplete when it was stopped. All but what
// differs is kept for the next time, beside its place.
//
// The caller's thread is the network's; hashing and syncing have their own.
Result<DownloadReport> download(http::StreamClient& network,
                                std::span<const WantedFile> files,
                                const ContentSource& source,
                                const Finished& finished,
                                const DownloadOptions& options);

}  // namespace sigstore::hub
