// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sigstore {

// The canonical identity of a repository: what a signature is bound to and
// what trust is remembered under. The same repository has one RepoId however
// its URL is spelled.
//
//   https://user@HuggingFace.co:443/org/model.git  -> huggingface.co/org/model
//   https://hf.co/datasets/org/data/               ->
//   huggingface.co/datasets/org/data http://127.0.0.1:8080/org/model ->
//   127.0.0.1:8080/org/model
class RepoId {
 public:
  // From an http or https URL. Drops user, default port, ".git" and trailing
  // slashes; lower-cases the host; refuses "..", empty components, queries,
  // percent escapes and control characters. Keeps the default port of a host
  // like "intranet" where the text would otherwise name a repository of the
  // Hub.
  static Result<RepoId> from_url(std::string_view url);
  // From the text to_string() writes, or a URL.
  static Result<RepoId> parse(std::string_view text);

  const std::string& host() const { return host_; }  // with a port, if any
  const std::string& path() const { return path_; }  // "org/model"
  std::string to_string() const { return host_ + "/" + path_; }
  auto operator<=>(const RepoId&) const = default;

 private:
  static Result<RepoId> make(std::string host, std::string_view path);
  RepoId(std::string host, std::string path)
      : host_(std::move(host)), path_(std::move(path)) {}
  std::string host_;
  std::string path_;
};

}  // namespace sigstore
