// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "tests/support/test_hub/file.h"

namespace test_hub {

/// The requests that were answered, for tests that say what must not have
/// been asked for. A request is listed before its answer leaves, so that who
/// has an answer also finds its request here. Of the headers' values only
/// Range is kept.
class RequestLog {
 public:
  using Id = std::uint64_t;

  /// Also writes a line per request to the file, when there is one.
  explicit RequestLog(FileDescriptor file) : file_(std::move(file)) {}

  Id open(const httplib::Request& request, const std::string& origin);
  void answered(Id id, int status, std::uint64_t body_bytes);
  void add_bytes(Id id, std::uint64_t count);
  void finished(Id id);
  void clear();

  /// A JSON array with one request a line: easy on grep.
  std::string list() const;

  /// Where children may write their complaints; -1 when there is no log.
  int file() const { return file_.get(); }

 private:
  struct Entry {
    std::string method;
    std::string path;
    std::string query;
    int status = 0;  // 0 until the answer is decided
    std::uint64_t bytes_sent = 0;
    bool has_authorization = false;
    std::string origin;  // hub or cdn
    std::string range;
  };

  mutable std::mutex mutex_;
  FileDescriptor file_;
  Id last_id_ = 0;
  std::map<Id, Entry> entries_;
};

}  // namespace test_hub
