// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace sigstore::hub {

// A commit that was asked for, what was said of it, and what went out.
struct StateRecord {
  enum class Standing : std::uint8_t {
    verified,
    not_signed,  // and let pass
    unchecked,
    refused,
  };
  std::string repository;  // "org/model", "datasets/org/data"
  std::string revision;
  std::string commit;
  Standing standing = Standing::refused;
  std::string words;  // who signed it, or why not
  Timestamp seen;     // last
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// A file on its way here, or one whose bytes were not what they had to be.
struct FileRecord {
  std::string name;  // "org/model: model.safetensors"
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  std::string failure = {};
};

// What the status page shows.
struct ProxyStatus {
  Timestamp since;
  Timestamp now;
  std::string endpoint;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  // answers
  std::uint64_t sent = 0;     // bytes, of files
  std::uint64_t fetched = 0;
  std::vector<StateRecord> states;   // the latest first
  std::vector<FileRecord> fetching;  // now
  std::vector<FileRecord> failures;  // the latest first
};

// Keeps count, of the last few hundred things. Nothing of a request but names
// of repositories and files; no token, no address. From any thread.
class Records {
 public:
  void started(std::string endpoint, Timestamp now);
  void asked();
  void refused();
  void judged(const std::string& key, StateRecord record);
  void sent(const std::string& state, std::uint64_t bytes, Timestamp now);
  void fetching(const std::string& key, FileRecord record);
  void fetched(const std::string& key, std::uint64_t bytes);
  void failed(const std::string& key, FileRecord record);

  ProxyStatus status(Timestamp now) const;

 private:
  mutable std::mutex mutex_;
  ProxyStatus totals_;  // without the lists but failures
  std::map<std::string, StateRecord> states_;
  std::map<std::string, FileRecord> fetching_;
};

}  // namespace sigstore::hub
