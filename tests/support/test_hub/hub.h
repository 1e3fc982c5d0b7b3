// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/test_hub/locks.h"
#include "tests/support/test_hub/repository.h"
#include "tests/support/test_hub/request_log.h"
#include "tests/support/test_hub/switches.h"

namespace test_hub {

/// What all routes share. On disk, below the root:
///
///   <org>/<name>.git       bare repositories
///   lfs/<aa>/<bb>/<oid>    LFS objects of all repositories
///   .hub/                  spool files and the declining hook
struct Hub {
  Hub(std::filesystem::path root_folder, FileDescriptor log_file)
      : root(std::move(root_folder)), requests(std::move(log_file)) {}

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
};

/// The first two groups of the route's pattern as a repository that exists
/// and that the caller may see. Otherwise the answer is made here: 401 when
/// the switch asks for credentials, else 404.
std::optional<Repository> admit(Hub& hub, const std::string& scope,
                                const httplib::Request& request,
                                httplib::Response& response);

/// The number under which the request log keeps this request.
RequestLog::Id request_id(const httplib::Response& response);

// Each handler keeps a reference to the hub, which must outlive the server.
void add_request_log(httplib::Server& server, Hub& hub);
void add_git_routes(httplib::Server& server, Hub& hub);
void add_lfs_routes(httplib::Server& server, Hub& hub);
void add_lfs_transfer_routes(httplib::Server& server, Hub& hub);
void add_lock_routes(httplib::Server& server, Hub& hub);
void add_control_routes(httplib::Server& server, Hub& hub);

}  // namespace test_hub
