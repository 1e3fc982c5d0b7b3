// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/terminal.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/git/pkt_line.h"
#include "hooks/background_digest.h"

namespace sigstore {

// Stands between git and `git-lfs filter-process` (gitattributes(5), "Long
// Running Filter Process") and hashes what git-lfs gives out for a pointer.
// git-lfs itself compares only the size of a file in its cache. A file that
// is not what its pointer says ends with status=error: git buffers the whole
// answer first, so the file is not created.
class FilterProcess {
 public:
  // All outlive this object. `may_stay` is asked when git-lfs hands a pointer
  // back instead of its file: was it told to?
  FilterProcess(PacketStream& git, PacketStream& lfs, const Terminal& terminal,
                std::function<bool()> may_stay)
      : git_(git),
        lfs_(lfs),
        terminal_(terminal),
        may_stay_(std::move(may_stay)) {}

  // Until git closes its side.
  Result<void> run();

 private:
  struct Request {
    std::string command;
    std::string path;
  };
  struct Content {
    Sha256Digest digest;
    std::uint64_t size = 0;
    bool operator==(const Content&) const = default;
  };
  // What a smudge has to give out, and what git gave in for it.
  struct Expected {
    Content file;
    Content blob;
    bool refused = false;  // no reader could agree on what this blob means
  };

  struct List {
    std::string encoded;
    std::string status;  // the last one in it, or ""
  };

  Result<bool> handshake();
  Result<std::optional<Request>> relay_request();
  Result<Expected> relay_blob();
  static Result<void> relay_content(PacketStream& from, PacketStream& to);
  static Result<List> read_list(PacketStream& from);
  static Result<std::string> relay_list(PacketStream& from, PacketStream& to);
  Result<void> smudge(const Request& request);
  Result<Content> copy_hashed();
  Result<BackgroundDigest*> digest();
  Result<void> give_verdict(const std::string& path, const Expected& expected,
                            const Content& content);

  PacketStream& git_;
  PacketStream& lfs_;
  const Terminal& terminal_;
  std::function<bool()> may_stay_;
  std::optional<BackgroundDigest> digest_;  // made for the first file
  // Files that git-lfs fetches meanwhile; git asks again without the pointer.
  std::map<std::string, Expected> delayed_;
};

}  // namespace sigstore
