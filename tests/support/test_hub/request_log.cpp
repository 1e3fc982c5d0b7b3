// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/request_log.h"

#include <nlohmann/json.hpp>

namespace test_hub {
namespace {

std::string query_of(const httplib::Request& request) {
  const size_t mark = request.target.find('?');
  return mark == std::string::npos ? "" : request.target.substr(mark + 1);
}

}  // namespace

RequestLog::Id RequestLog::open(const httplib::Request& request,
                                const std::string& origin) {
  const std::lock_guard lock(mutex_);
  entries_[++last_id_] = {
      .method = request.method,
      .path = request.path,
      .query = query_of(request),
      .has_authorization = request.has_header("Authorization"),
      .origin = origin,
      .range = request.get_header_value("Range"),
  };
  return last_id_;
}

void RequestLog::answered(Id id, int status, std::uint64_t body_bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.status = status;
  found->second.bytes_sent += body_bytes;
}

void RequestLog::add_bytes(Id id, std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found != entries_.end()) found->second.bytes_sent += count;
}

void RequestLog::finished(Id id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || !file_) return;
  const Entry& entry = found->second;
  write_all(file_.get(), entry.method + " " + entry.path +
                             (entry.query.empty() ? "" : "?") + entry.query +
                             " " + std::to_string(entry.status) + " " +
                             std::to_string(entry.bytes_sent) + "\n");
}

void RequestLog::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

std::string RequestLog::list() const {
  const std::lock_guard lock(mutex_);
  std::string lines;
  for (const auto& [id, entry] : entries_) {
    if (entry.status == 0) continue;
    const nlohmann::ordered_json line = {
        {"method", entry.method},
        {"path", entry.path},
        {"query", entry.query},
        {"status", entry.status},
        {"bytes_sent", entry.bytes_sent},
        {"authorization", entry.has_authorization},
        {"origin", entry.origin},
        {"range", entry.range},
    };
    if (!lines.empty()) lines += ",\n";
    lines += line.dump(-1, ' ', false,
                       nlohmann::ordered_json::error_handler_t::replace);
  }
  return lines.empty() ? "[]\n" : "[\n" + lines + "\n]\n";
}

}  // namespace test_hub
