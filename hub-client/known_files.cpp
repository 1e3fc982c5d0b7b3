// SPDX-License-Identifier: Apache-2.0
#include "hub-client/known_files.h"

#include <nlohmann/json.hpp>

#include "core/app/terminal.h"

namespace sigstore::hub {

void add_paranoid_flag(CommandLine command, bool& paranoid) {
  command.add_flag("--paranoid", paranoid,
                   "Read every byte, also of files that did not change since "
                   "they were hashed");
}

KnownFiles::KnownFiles(const std::filesystem::path& model, bool paranoid) {
  if (!paranoid) cache_ = DigestCache::open(model);
}

void KnownFiles::store() const {
  if (cache_) cache_->store();
}

Result<DirectoryContent> model_content(const ModelOptions& options,
                                       KnownFiles& known,
                                       const Terminal& terminal) {
  TRY_ASSIGN(const HashEngine engine, parse_engine(options.hash_engine));
  return DirectoryContent(
      options.model,
      [&terminal](std::uint64_t done, std::uint64_t total) {
        terminal.progress("hashing", done, total);
      },
      known.digests(), engine);
}

std::string known_line(const KnownUse& use) {
  if (use.files == 0) return {};
  return concat("not read again: ", use.files, " of ", use.asked, " files, ",
                human_size(use.bytes), ", unchanged since they were hashed, ",
                use.since.to_rfc3339(), " or later (--paranoid reads all)");
}

Json known_json(const KnownUse& use) {
  Json value = {{"files", use.files}, {"bytes", use.bytes}};
  if (use.files > 0) value["since"] = use.since.to_rfc3339();
  return value;
}

}  // namespace sigstore::hub
