// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hf_extension.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore::hub {
namespace {

// Tells our manifest from others. "hf extensions update" downloads what the
// owner has on GitHub, and runs it: nobody can have a name with a dot there.
constexpr std::string_view kOwner = "local.hf-sigstore";

std::filesystem::path manifest_path(const std::filesystem::path& home) {
  return hf_extension_folder(home) / "manifest.json";
}

enum class Holder : std::uint8_t { nobody, us, others };

Result<Holder> find_holder(const std::filesystem::path& home) {
  std::error_code error;
  const auto folder = hf_extension_folder(home);
  if (!std::filesystem::exists(std::filesystem::symlink_status(folder, error)))
    return Holder::nobody;
  const Result<Bytes> text = read_file(manifest_path(home), limits::kKeyFile);
  if (!text.ok()) return Holder::others;
  const Result<Json> manifest = parse_json(as_text(*text));
  if (!manifest.ok()) return Holder::others;
  const Json* owner = find_member(*manifest, "owner");
  return owner != nullptr && *owner == kOwner ? Holder::us : Holder::others;
}

}  // namespace

std::filesystem::path hf_extension_folder(const std::filesystem::path& home) {
  return home / ".local/share/hf/extensions/hf-sigstore";
}

Result<void> install_hf_extension(const std::filesystem::path& home,
                                  const std::filesystem::path& program,
                                  Timestamp now) {
  TRY_ASSIGN(const Holder holder, find_holder(home));
  const auto folder = hf_extension_folder(home);
  if (holder == Holder::others)
    return fail(ErrorKind::invalid_input, folder.string(),
                " is not ours; hf extensions remove sigstore removes it");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail(ErrorKind::io, "cannot create ", folder.string(), ": ",
                error.message());
  // Early versions of hf know these members and no others, and need all of
  // them but the description.
  std::string time = now.to_rfc3339();
  time.replace(time.size() - 1, 1, "+00:00");
  const Json manifest = {
      {"owner", kOwner},
      {"repo", "hf-sigstore"},
      {"repo_id", concat(kOwner, "/hf-sigstore")},
      {"short_name", "sigstore"},
      {"executable_name", "hf-sigstore"},
      {"executable_path", program.string()},
      {"type", "binary"},
      {"installed_at", time},
      {"source", "installed by hf-sigstore extension install"},
      {"description", "Sign machine learning models and verify them"}};
  return write_file_atomic(manifest_path(home),
                           as_bytes(dump_json(manifest) + "\n"));
}

Result<bool> remove_hf_extension(const std::filesystem::path& home) {
  TRY_ASSIGN(const Holder holder, find_holder(home));
  const auto folder = hf_extension_folder(home);
  if (holder == Holder::nobody) return false;
  if (holder == Holder::others)
    return fail(ErrorKind::invalid_input, folder.string(),
                " is not ours; hf extensions remove sigstore removes it");
  std::error_code error;
  std::filesystem::remove(manifest_path(home), error);
  // What else somebody put there stays, and so does the folder then.
  std::error_code not_empty;
  if (!error) std::filesystem::remove(folder, not_empty);
  if (error)
    return fail(ErrorKind::io, "cannot remove ", manifest_path(home).string(),
                ": ", error.message());
  return true;
}

}  // namespace sigstore::hub
