// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/app/command_line.h"
#include "core/base/result.h"
#include "core/manifest/manifest.h"
#include "core/manifest/signature_file.h"

namespace sigstore::hub {

std::unique_ptr<Verb> make_sign_command(CommandLine app);
std::unique_ptr<Verb> make_verify_command(CommandLine app);
std::unique_ptr<Verb> make_pull_command(CommandLine app);
std::unique_ptr<Verb> make_push_command(CommandLine app);
std::unique_ptr<Verb> make_publish_command(CommandLine app);
std::unique_ptr<Verb> make_attach_command(CommandLine app);
std::unique_ptr<Verb> make_fetch_command(CommandLine app);
std::unique_ptr<Verb> make_list_signatures_command(CommandLine app);
std::unique_ptr<Verb> make_proxy_command(CommandLine app);
std::unique_ptr<Verb> make_digest_command(CommandLine app);
std::unique_ptr<Verb> make_inspect_command(CommandLine app);
std::unique_ptr<Verb> make_keygen_command(CommandLine app);
std::unique_ptr<Verb> make_logout_command(CommandLine app);
std::unique_ptr<Verb> make_login_agent_command(CommandLine app);
std::unique_ptr<Verb> make_trust_instance_command(CommandLine app);
std::unique_ptr<Verb> make_update_trust_root_command(CommandLine app);
std::unique_ptr<Verb> make_cache_command(CommandLine app);
std::unique_ptr<Verb> make_extension_command(CommandLine app);
std::unique_ptr<Verb> make_verify_bundle_command(CommandLine app);
std::unique_ptr<Verb> make_sign_bundle_command(CommandLine app);

// Options that several verbs share.
struct ModelOptions {
  std::string model;                // folder or file
  std::string signature;            // default: model.sig inside the folder
  std::vector<std::string> ignore;  // paths, as typed
  bool allow_symlinks = false;
  bool paranoid = false;
  std::string hash_engine = "best";
  bool json = false;
};
void add_model_options(CommandLine command, ModelOptions& options);

struct HashOptionsText {
  std::string method = "files";
  std::string hash = "sha256";
  std::int64_t shard_size = kDefaultShardSize;
};
void add_hash_options(CommandLine command, HashOptionsText& options);
Result<Parameters> to_parameters(const HashOptionsText& options,
                                 bool allow_symlinks);

// The signature's path: as typed, else model.sig in the folder, or
// FILE.sig beside a single file.
std::string signature_path(const ModelOptions& options);

// The base name of the model, links and "." resolved.
std::string model_base_name(const std::string& model);

// `path` as seen from the model's top, "" when it lies outside.
std::string path_inside(const std::string& model, const std::string& path);

// What the user ignores, as paths from the top of the model.
// An ignored path that lies outside of the model is an error.
Result<Exclusions> user_exclusions(const ModelOptions& options);

}  // namespace sigstore::hub
