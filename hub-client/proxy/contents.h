// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/file.h"
#include "core/base/result.h"
#include "hub-client/proxy/errands.h"
#include "hub-client/proxy/proxy_tools.h"
#include "hub-client/proxy/states.h"

namespace sigstore::hub {

// A file as the system knows it: whoever writes to it changes this.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileIdentity&) const = default;
};
Result<FileIdentity> identify(int fd);

// The bytes of released files, all of whose digests were compared, of every
// byte: what is in the cache is hashed, once as long as nobody touches it; the
// rest is fetched, hashed on its way, and has its place in the cache then. No
// byte of a file is given out before: a client that has the start of one
// would have it completed by a later answer (Range), and nobody would compare
// the whole. From any thread.
class Contents {
 public:
  Contents(ProxyTools& tools, States& states)
      : tools_(tools), states_(states) {}

  // Waits until it is verified. Needs release.file. content_differs when the
  // bytes are not what was signed or listed.
  Result<FileDescriptor> open(const Caller& caller, const Release& release,
                              const StillWaiting& still_waiting);

  std::size_t busy() const { return errands_.count(); }

 private:
  struct Found {
    std::filesystem::path path;
    FileDescriptor file;
    FileIdentity identity;
  };
  Result<std::optional<Found>> find(Store& store, const Release& release) const;
  Result<void> prepare(const Caller& caller, const Release& release,
                       const std::string& key);
  Result<void> fetch(const Caller& caller, const Release& release,
                     const std::string& key, HubCache& store);
  bool is_known(const std::string& key, const FileIdentity& identity);
  void keep(const std::string& key, const FileIdentity& identity);
  std::filesystem::path left_over(const std::string& key);

  ProxyTools& tools_;
  States& states_;
  std::mutex mutex_;
  std::map<std::string, FileIdentity> known_;
  // Partials of ours whose fetch failed, for the next one.
  std::map<std::string, std::filesystem::path> left_over_;
  // A client that waits long enough gives up, so hardly any has to.
  Errands errands_{16};
};

// All of what a file must be, in a few bytes.
std::string fingerprint(const Expected& expected);

}  // namespace sigstore::hub
