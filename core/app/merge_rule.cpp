// SPDX-License-Identifier: Apache-2.0
#include "core/app/merge_rule.h"

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr std::string_view kRule = "/model.sig merge=sigstore\n";

}  // namespace

Result<void> keep_ours_on_merge(const git::Git& git) {
  TRY_ASSIGN(const std::string bare,
             git.read({"rev-parse", "--is-bare-repository"}));
  if (bare == "true") return {};  // nobody merges here
  TRY_ASSIGN(const std::string top, git.read({"rev-parse", "--show-toplevel"}));
  TRY_ASSIGN(const std::string now,
             git.read({"-C", top, "check-attr", "merge", "--", "model.sig"}));
  if (!now.ends_with(": unspecified")) return {};
  TRY_ASSIGN(const std::string path,
             git.read({"rev-parse", "--path-format=absolute", "--git-path",
                       "info/attributes"}));
  std::string text;
  if (const Result<Bytes> before = read_file(path, limits::kAttributesFile);
      before.ok())
    text = as_text(*before);
  else if (before.error().kind != ErrorKind::not_found)
    return before.error();
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  // `true` gives the file as it is: ours.
  TRY(git.read({"config", "--local", "merge.sigstore.name",
                "keep our model.sig; the next push signs again"}));
  TRY(git.read({"config", "--local", "merge.sigstore.driver", "true"}));
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      error);
  return write_file_atomic(path, as_bytes(text + std::string(kRule)));
}

}  // namespace sigstore
