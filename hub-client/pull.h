// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/app/settings.h"
#include "core/app/state_check.h"
#include "core/app/terminal.h"
#include "core/app/trust_file.h"
#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/hash/known_digests.h"
#include "core/http/stream_client.h"
#include "hub-client/download/download.h"
#include "hub-client/file_filter.h"
#include "hub-client/hub/hub.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {

struct PullRequest {
  RepoName repo;
  RepoId id;             // what trust is remembered under
  std::string revision;  // a branch, a tag, "refs/pr/N" or a commit's hash
  FileFilter filter;
  DownloadOptions download;
  bool dry_run = false;           // nothing is written, and nothing remembered
  bool force = false;             // fetch what is here already as well
  bool offline = false;           // from what is here, without any network
  KnownDigests* known = nullptr;  // what need not be read of what is here
};

// What a pull works with. All live longer.
struct PullTools {
  Hub& hub;
  Store& store;
  http::StreamClient& network;
  const Settings& settings;
  const TrustFile& trust_file;
  const Terminal& terminal;
  // Where content may be copied from that `store` has not: the cache, for a
  // folder of the user's. As huggingface_hub does.
  Store* cache = nullptr;
};

struct Pulled {
  CommitQuestion question;
  // By the mode `off`, or because the user asked for it this once.
  bool unchecked = false;
  CommitVerdict verdict = {};
  std::filesystem::path folder = {};  // where the files are
  std::uint64_t files = 0;            // that were asked for
  std::uint64_t bytes = 0;
  std::vector<std::string> fetched = {};  // paths; in a dry run those to fetch
  // Files of the commit that were not asked for.
  std::uint64_t left_out = 0;
  // Files that no signature covers, although there is one.
  std::vector<std::string> uncovered = {};
  DownloadReport report = {};
};

// The files of one commit, each of them with the bytes that were signed:
//
//  1 the revision is pinned to a commit,
//  2 the listing of that commit is fetched, and its names are looked at,
//  3 the signature is fetched; signer, names and listed digests are judged by
//    the user's policy and memory: nothing else was asked for yet,
//  4 what is here already is hashed, the rest fetched and hashed on its way;
//    each file gets its name when its own digest matched,
//  5 the revision's name and the memory move last.
Result<Pulled> pull(const PullTools& tools, const PullRequest& request,
                    Trace& trace);

}  // namespace sigstore::hub
