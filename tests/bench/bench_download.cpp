// SPDX-License-Identifier: Apache-2.0
//
// bench-download ENDPOINT REPO FOLDER: what hf-sigstore pull does without any
// check: no signature, no digest. What is measured against it is what
// verifying costs.
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>

#include "core/app/network.h"
#include "hub-client/download/hub_source.h"

namespace sigstore::hub {
namespace {

Result<void> fetch(const std::string& endpoint, const std::string& name,
                   const std::filesystem::path& folder) {
  HubOptions settings;
  TRY_ASSIGN(settings.endpoint, Endpoint::parse(endpoint));
  TRY_ASSIGN(const RepoName repo, RepoName::make(RepoType::model, name));
  const auto small = make_network();
  Hub hub(*small, settings);
  TRY_ASSIGN(const git::CommitId commit, hub.resolve_revision(repo, "main"));
  TRY_ASSIGN(const Listing listing, hub.list(repo, commit));
  std::vector<WantedFile> wanted;
  std::vector<std::string> paths;
  for (const ListedFile& file : listing.files) {
    wanted.push_back({file.path, file.size, file.etag(), Expected{},
                      folder / (file.path + ".incomplete")});
    paths.push_back(file.path);
  }
  const HubSource source(settings, repo, commit, std::move(paths));
  TRY_ASSIGN(const auto network, make_stream_network());
  const Finished place =
      [&](std::size_t file,
          const std::filesystem::path& partial) -> Result<void> {
    std::error_code error;
    std::filesystem::rename(partial, folder / wanted[file].path, error);
    if (error) return fail(ErrorKind::io, partial.string());
    return {};
  };
  TRY_ASSIGN(const DownloadReport report,
             download(*network, wanted, source, place, DownloadOptions{}));
  std::printf("%zu files\n", report.files);
  return {};
}

}  // namespace
}  // namespace sigstore::hub

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  if (words.size() != 4) return 2;
  const auto done = sigstore::hub::fetch(words[1], words[2], words[3]);
  if (!done.ok()) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done.ok() ? 0 : 1;
}
