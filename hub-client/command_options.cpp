// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "hub-client/commands.h"
#include "hub-client/known_files.h"

namespace sigstore::hub {
namespace {

// Absolute, with links in its folder resolved but not in its last component.
std::filesystem::path resolved(const std::string& text) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(text, error);
  const auto parent =
      std::filesystem::weakly_canonical(path.parent_path(), error);
  return error ? path : (parent / path.filename()).lexically_normal();
}

}  // namespace

void add_model_options(CommandLine command, ModelOptions& options) {
  command.add_option("MODEL", options.model, "Model folder, or a single file")
      .required();
  command.add_option("--signature", options.signature,
                     "Signature file (default: model.sig in the folder, "
                     "FILE.sig beside a file)");
  command
      .add_option("--ignore", options.ignore,
                  "Leave out this file or folder (repeatable)")
      .one_value_each();
  command.add_flag("--allow-symlinks", options.allow_symlinks,
                   "Take symbolic links to files for the files themselves");
  add_paranoid_flag(command, options.paranoid);
  command
      .add_option("--hash-engine", options.hash_engine,
                  "Code that hashes (default: the processor's best)")
      .one_of({"best", "openssl", "sha-ni", "avx2", "avx512"});
  command.add_flag("--json", options.json, "Print the result as JSON");
}

void add_hash_options(CommandLine command, HashOptionsText& options) {
  command
      .add_option("--method", options.method,
                  "files: a digest a file; shards: a digest a stretch")
      .one_of({"files", "shards"});
  command.add_option("--hash", options.hash, "Hash algorithm")
      .one_of({"sha256", "blake2b", "blake3"});
  command
      .add_option("--shard-size", options.shard_size,
                  "Bytes a shard, with --method shards")
      .positive();
}

Result<Parameters> to_parameters(const HashOptionsText& options,
                                 bool allow_symlinks) {
  Parameters parameters;
  parameters.method =
      options.method == "shards" ? Method::shards : Method::files;
  TRY_ASSIGN(parameters.hash_type, parse_hash_name(options.hash));
  if (parameters.method == Method::shards)
    parameters.shard_size = options.shard_size;
  parameters.allow_symlinks = allow_symlinks;
  return parameters;
}

std::string signature_path(const ModelOptions& options) {
  if (!options.signature.empty()) return options.signature;
  std::error_code error;
  if (std::filesystem::is_directory(options.model, error))
    return (std::filesystem::path(options.model) / kSignatureName).string();
  return options.model + ".sig";
}

std::string model_base_name(const std::string& model) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::canonical(model, error);
  if (error) path = std::filesystem::path(model);
  return path.filename().string();
}

std::string path_inside(const std::string& model, const std::string& path) {
  std::error_code error;
  const auto root = std::filesystem::canonical(model, error);
  if (error || !std::filesystem::is_directory(root, error)) return {};
  const std::string relative =
      resolved(path).lexically_relative(root).generic_string();
  const bool outside = relative.empty() || relative == "." ||
                       relative == ".." || relative.starts_with("../");
  return outside ? std::string() : relative;
}

Result<Exclusions> user_exclusions(const ModelOptions& options) {
  Exclusions exclusions;
  for (const std::string& text : options.ignore) {
    std::string path = text;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    // As typed from here, or from the model's top.
    std::string inside = path_inside(options.model, path);
    std::error_code error;
    if (inside.empty() && std::filesystem::path(path).is_relative() &&
        !path.starts_with("../"))
      inside = path;
    if (inside.empty())
      return fail(ErrorKind::invalid_input, "--ignore ", text,
                  " is not inside of ", options.model);
    TRY(exclusions.add(inside));
  }
  return exclusions;
}

}  // namespace sigstore::hub
