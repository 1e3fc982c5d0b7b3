// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/password.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/git/git_command.h"
#include "core/manifest/tree_walk.h"

namespace sigstore {

// What happens to a repository that does not verify (sigstore.mode).
enum class Mode : std::uint8_t {
  require,  // nothing unsigned, ever
  tofu,     // unsigned passes until the repository was seen signed
  warn,     // everything passes, with a warning
  off,      // nothing is checked
};

// Whether a push signs (sigstore.sign).
enum class SignMode : std::uint8_t {
  automatic,  // when a signer is set, or the repository was seen signed
  always,
  never,
};

// Who signs (sigstore.signWith).
enum class SignWith : std::uint8_t { key, identity };

// What a reader may have in the place of a tip that is not signed
// (sigstore.fallback).
enum class Fallback : std::uint8_t {
  none,
  signed_ancestor,  // the last state before it that is
};

// The user's wishes for one repository: git configuration `sigstore.*`,
// `sigstore.<url>.*` where the URL matches (git-config, "http.<url>.*" for
// the rules), then the environment. Nothing in a repository's content can
// change them.
struct Settings {
  Mode mode = Mode::tofu;
  SignMode sign = SignMode::automatic;
  SignWith sign_with = SignWith::key;
  std::string key;           // sigstore.key: private key file
  PasswordOptions password;  // sigstore.passwordFile, sigstore.passwordEnv
  // For an identity: sigstore.identityTokenFile; sigstore.signingConfig, a
  // file with the services, in the place of the instance's.
  std::string identity_token_file;
  std::string signing_config;
  std::vector<std::string> refs;    // sigstore.refs: further protected refs
  std::vector<std::string> ignore;  // sigstore.ignore: paths left out
  // sigstore.publicKey: files of keys that the user believes, a keyring.
  std::vector<std::string> public_keys;
  // sigstore.identity and sigstore.issuer, in pairs: the same keyring. An
  // identity with "*" is a pattern (policy/signer_rule.h).
  std::vector<std::string> identities;
  std::vector<std::string> issuers;
  std::string trusted_root;  // sigstore.trustedRoot: a file, for identities
  std::string instance;      // sigstore.instance: URL, instead of a file
  // sigstore.repository: what the user calls the same repository as the URL,
  // and then what the URL itself says.
  std::optional<RepoId> repository;
  std::optional<RepoId> other_name;
  Fallback fallback = Fallback::none;
  std::optional<std::chrono::seconds> max_age;  // sigstore.maxAge
  bool require_binding = false;                 // sigstore.requireBinding
  bool allow_symlinks = false;    // sigstore.allowSymlinks: inside of the tree
  bool allow_submodules = false;  // sigstore.allowSubmodules
  // sigstore.partialFetch: what a partial clone left out, and a verdict
  // needs, may be fetched.
  bool partial_fetch = true;
  bool strict_filter = false;  // sigstore.strictFilter: verify smudged files
  // All of it as git gave it: two settings with the same text are the same.
  std::string configured;
  // GIT_SIGSTORE_SKIP=1: the one way around, with a warning each time.
  bool skip = false;
};

// A key that is not known is an error: what the user asked for would not
// happen.
Result<Settings> load_settings(const git::Git& git, std::string_view url);

// The identity that trust is remembered under and signatures are expected
// for: sigstore.repository, or what the URL says.
Result<RepoId> repository_id(const Settings& settings, std::string_view url);

// What these settings accept of a tree.
TreePolicy tree_policy(const Settings& settings);

Timestamp current_time();

// ($XDG_DATA_HOME or ~/.local/share)/hf-sigstore, and the same for
// configuration and for what can be computed again.
Result<std::filesystem::path> data_folder();
Result<std::filesystem::path> config_folder();
Result<std::filesystem::path> cache_folder();

// The path of git's global configuration file, by git's own rules.
Result<std::filesystem::path> global_git_config();

// An environment variable; "" when it is not set.
std::string environment_variable(const char* name);

}  // namespace sigstore
