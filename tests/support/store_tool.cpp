// SPDX-License-Identifier: Apache-2.0
//
// store-tool put CACHE REPO COMMIT REVISION FOLDER
//   pulls a folder into the cache, as if the Hub had it at that commit; files
//   that end in .safetensors or .bin are in LFS
// store-tool put-folder DIR COMMIT FOLDER
//   the same into a folder (--local-dir)
// store-tool look CACHE REPO REVISION
//   without the Hub: "intact PATH", "differs PATH" or "missing PATH" a line
// store-tool adopt CACHE REPO COMMIT REVISION FOLDER
//   like put, but every file has to be in the cache already
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/git/object_name.h"
#include "hub-client/store/hub_cache.h"
#include "hub-client/store/local_folder.h"
#include "hub-client/store/present_files.h"

namespace sigstore::hub {
namespace {

namespace fs = std::filesystem;
using State = PresentFile::State;

constexpr std::size_t kMostBytes = 256 * 1024 * 1024;

Result<ListedFile> list_file(const fs::path& folder, const fs::path& path) {
  TRY_ASSIGN(const Bytes bytes, read_file(path, kMostBytes));
  ListedFile file;
  file.path = path.lexically_relative(folder).generic_string();
  file.size = bytes.size();
  const std::string extension = path.extension().string();
  std::string blob(as_text(bytes));
  if (extension == ".safetensors" || extension == ".bin") {
    file.sha256 = sha256(bytes);
    blob = concat("version https://git-lfs.github.com/spec/v1\noid sha256:",
                  file.sha256->to_hex(), "\nsize ", bytes.size(), "\n");
  }
  TRY_ASSIGN(const git::ObjectId id,
             git::name_object(git::ObjectFormat::sha1, git::ObjectType::blob,
                              as_bytes(blob)));
  file.blob_id = id.to_hex();
  return file;
}

Result<Listing> list_folder(const fs::path& folder, const std::string& commit) {
  const auto id = parse_commit(commit);
  if (!id) return fail(ErrorKind::invalid_input, commit, " is no commit");
  Listing listing{*id, {}};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    TRY_ASSIGN(ListedFile file, list_file(folder, entry.path()));
    listing.files.push_back(std::move(file));
  }
  std::sort(listing.files.begin(), listing.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return listing;
}

Result<void> put_file(Store& store, const git::CommitId& commit,
                      const ListedFile& file, const fs::path& folder) {
  TRY_ASSIGN(const Bytes bytes, read_file(folder / file.path, kMostBytes));
  TRY_ASSIGN(const fs::path partial, store.partial_path(file));
  TRY(write_file_atomic(partial, bytes, 0600));
  TRY(store.place(commit, file, partial));
  return {};
}

Result<void> pull(Store& store, const Listing& listing,
                  const std::string& revision, const fs::path& folder,
                  bool may_put) {
  TRY(store.lock(10));
  TRY_ASSIGN(const std::vector<PresentFile> present,
             find_present(store, listing.commit, listing.files));
  for (std::size_t i = 0; i < present.size(); ++i) {
    const ListedFile& file = listing.files[i];
    if (present[i].state == State::intact) {
      TRY(store.adopt(listing.commit, file));
    } else if (may_put) {
      TRY(put_file(store, listing.commit, file, folder));
    } else {
      return fail(ErrorKind::incomplete, file.path, " is not in the cache");
    }
  }
  TRY(store.finish(revision, listing));
  std::cout << store.folder(listing.commit).string() << "\n";
  return {};
}

Result<void> look(Store& store, const std::string& revision) {
  TRY_ASSIGN(const Listing listing, find_offline(store, revision));
  TRY_ASSIGN(const std::vector<PresentFile> present,
             find_present(store, listing.commit, listing.files));
  for (std::size_t i = 0; i < present.size(); ++i)
    std::cout << (present[i].state == State::intact    ? "intact "
                  : present[i].state == State::differs ? "differs "
                                                       : "missing ")
              << listing.files[i].path << "\n";
  return {};
}

Result<void> run(const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "put-folder" && words.size() == 4) {
    TRY_ASSIGN(const Listing listing, list_folder(words[3], words[2]));
    TRY_ASSIGN(const auto store, LocalFolder::make(words[1]));
    return pull(*store, listing, words[2], words[3], true);
  }
  if (words.size() < 4)
    return fail(ErrorKind::invalid_input, "usage: see store_tool.cpp");
  TRY_ASSIGN(const RepoName repo, RepoName::make(RepoType::model, words[2]));
  if (verb == "look") {
    TRY_ASSIGN(const auto store, HubCache::open({words[1]}, repo));
    return look(*store, words[3]);
  }
  if ((verb != "put" && verb != "adopt") || words.size() != 6)
    return fail(ErrorKind::invalid_input, "usage: see store_tool.cpp");
  TRY_ASSIGN(const Listing listing, list_folder(words[5], words[3]));
  TRY_ASSIGN(const auto store, HubCache::make({words[1]}, repo));
  return pull(*store, listing, words[4], words[5], verb == "put");
}

}  // namespace

int run_tool(const std::vector<std::string>& words) {
  const Result<void> done = run(words);
  if (done.ok()) return 0;
  std::cerr << "store-tool: " << done.error().message << "\n";
  return 1;
}

}  // namespace sigstore::hub

int main(int argc, char** argv) {
  return sigstore::hub::run_tool({argv + 1, argv + argc});
}
