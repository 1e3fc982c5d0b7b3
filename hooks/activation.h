// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace sigstore {

// What is not said stays as it is.
struct InstallOptions {
  std::optional<bool> strict = {};      // our filter in front of git-lfs's
  std::optional<bool> hooks_only = {};  // hooks in the place of the helper
};

// How git comes to call us: a marked block at the end of the global
// configuration names one include file for every protected host,
//
//   [includeIf "hasconfig:remote.*.url:https://huggingface.co/**"]
//           path = ~/.config/hf-sigstore/gitconfig
//
// and that file sets remote.origin.vcs = sigstore. URLs stay plain https, so
// git-lfs and every other tool see nothing unusual, and it works on the very
// first clone (git-config(1), "hasconfig"; git 2.36).
class Activation {
 public:
  static Result<Activation> locate();

  // Adds hosts ("huggingface.co", or "http://127.0.0.1:8080" with a scheme)
  // to those that are protected. Returns what was done, a line each.
  Result<std::vector<std::string>> install(
      const std::vector<std::string>& hosts,
      const InstallOptions& options = {}) const;
  // Takes the block out again; every other byte stays as it was. Hook files
  // that the helper wrote go, too.
  Result<std::vector<std::string>> uninstall() const;
  // The protected hosts, as URLs; none when not installed.
  Result<std::vector<std::string>> hosts() const;

 private:
  Activation(std::filesystem::path config, std::filesystem::path include)
      : config_(std::move(config)), include_(std::move(include)) {}
  Result<std::string> read_config() const;
  // Writes the file that is included; adds what was done.
  Result<void> write_include(const InstallOptions& options,
                             std::vector<std::string>& done) const;
  std::filesystem::path hook_folder() const {
    return include_.parent_path() / "hooks";
  }

  std::filesystem::path config_;
  std::filesystem::path include_;
};

// The pure part: `config` without our block, and the hosts the block names.
struct SplitConfig {
  std::string before;  // all that is not ours, byte for byte
  std::string after;
  std::vector<std::string> hosts;
  bool installed = false;
  bool file_made = false;  // there was none before us
};
// invalid_input when the block's end mark is missing.
Result<SplitConfig> split_config(const std::string& config);

// "https://huggingface.co" from "huggingface.co", "HTTPS://HuggingFace.co/".
Result<std::string> host_url(const std::string& host);

}  // namespace sigstore
