// SPDX-License-Identifier: Apache-2.0
#include "core/http/asked_wait.h"
#include "hub-client/hub/hub_answers.h"
#include "hub-client/hub/hub_error.h"
#include "hub-client/hub/hub_url.h"
#include "hub-client/hub/upload_answers.h"
#include "tests/fuzz/fuzz.h"

// Whatever the Hub answers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const sigstore::ByteView json(data, size);
  const auto files = sigstore::hub::parse_tree_page(json);
  if (files.ok())
    for (const sigstore::hub::ListedFile& file : *files) {
      const std::string etag = file.etag();
      require(etag.size() == 40 || etag.size() == 64, "an etag is a digest");
      if (sigstore::hub::check_path(file.path).ok())
        require(file.path.find("..") != 0 || file.path.size() > 2,
                "no path leads out");
    }
  const sigstore::hub::LfsObject asked{{}, 25};
  const auto uploads = sigstore::hub::parse_lfs_batch(json, {asked});
  if (uploads.ok()) require(uploads->size() == 1, "an answer to each question");
  sigstore::http::Response answer;
  answer.status = 404;
  answer.body.assign(data, data + size);
  const std::string message =
      sigstore::hub::hub_error({"org/m"}, answer).message;
  require(sigstore::printable(message) == message, "an error can be printed");
  answer.status = 429;
  answer.headers.push_back({"RateLimit", std::string(sigstore::as_text(json))});
  const auto wait = sigstore::http::asked_wait(answer);
  require(!wait || (wait->count() >= 0 && wait->count() <= 86401),
          "a wait is a day at most");
  static_cast<void>(sigstore::hub::Endpoint().follow(
      "https://huggingface.co/a/b", sigstore::as_text(json)));
  return sigstore::finish(files.ok() || uploads.ok() ||
                          sigstore::hub::parse_repo_info(json).ok() ||
                          sigstore::hub::parse_references(json).ok() ||
                          sigstore::hub::parse_preupload(json).ok() ||
                          sigstore::hub::parse_commit_answer(json).ok() ||
                          sigstore::hub::parse_account(json).ok());
}
