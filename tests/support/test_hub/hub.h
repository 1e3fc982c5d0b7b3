// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/test_hub/discussions.h"
#include "tests/support/test_hub/listing_cache.h"
#include "tests/support/test_hub/locks.h"
#include "tests/support/test_hub/names.h"
#include "tests/support/test_hub/repository.h"
#include "tests/support/test_hub/request_log.h"
#include "tests/support/test_hub/switches.h"

namespace test_hub {

/// What all routes share. On disk, below the root:
///
///   <org>/<name>.git            bare repositories of models
///   datasets/<org>/<name>.git   of datasets, and so for spaces/
///   <repository>/hub.json       private, gated, disabled (settings.h)
///   lfs/<aa>/<bb>/<oid>         LFS objects of all repositories
///   .hub/                       spool files and the declining hook
///
/// There are two origins. The second stands for the CDN: it has LFS content
/// at signed addresses that expire, takes uploads there, and answers 403 to
/// whoever shows it credentials (switch token-leak).
struct Hub {
  Hub(std::filesystem::path root_folder, FileDescriptor log_file);

  std::filesystem::path spool() const { return root / ".hub" / "spool"; }
  std::filesystem::path declining_hooks() const {
    return root / ".hub" / "declining-hooks";
  }
  /// git-config(1), uploadpack.packObjectsHook
  std::filesystem::path packing_hook() const {
    return root / ".hub" / "pack-objects";
  }

  /// Makes the folders and the hooks; false when that fails.
  bool prepare() const;

  const std::filesystem::path root;
  Switches switches;
  RequestLog requests;
  Locks locks;
  Names names;
  Discussions discussions;
  ListingCache listings;
  std::mutex commits;           // one at a time
  std::string cdn_origin;       // "http://127.0.0.1:<port>"; set before serving
  std::string download_origin;  // where content is read; as a rule cdn_origin
  const std::string secret;     // of the signed addresses
  std::atomic<unsigned> unexpected_leaks = 0;
};

/// The first three groups of the route's pattern (kRepositoryPattern) as a
/// repository that exists and that the caller may see, for git and LFS.
/// Otherwise the answer is made here: 401 when the switch or a private
/// repository asks for credentials, 403 for a gated or disabled one, else 404.
std::optional<Repository> admit(Hub& hub, const std::string& scope,
                                const httplib::Request& request,
                                httplib::Response& response);

/// The number under which the request log keeps this request.
RequestLog::Id request_id(const httplib::Response& response);

// Each handler keeps a reference to the hub, which must outlive the server.
void add_request_log(httplib::Server& server, Hub& hub,
                     const std::string& origin);
void add_git_routes(httplib::Server& server, Hub& hub);
void add_lfs_routes(httplib::Server& server, Hub& hub);
void add_lfs_transfer_routes(httplib::Server& server, Hub& hub);
void add_lock_routes(httplib::Server& server, Hub& hub);
void add_control_routes(httplib::Server& server, Hub& hub);
void add_api_routes(httplib::Server& server, Hub& hub);
void add_resolve_routes(httplib::Server& server, Hub& hub);
void add_repos_routes(httplib::Server& server, Hub& hub);
/// The second origin's; everything else above is the first's.
void add_cdn_routes(httplib::Server& server, Hub& hub);

}  // namespace test_hub
