// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/http/stream_client.h"
#include "core/manifest/content.h"
#include "hub-client/hub/hub.h"

namespace sigstore::hub {

// A commit of the Hub as a model, by the Hub's own word: digests of what is in
// LFS are those of its listing, and nothing of that is downloaded. Who signs
// this signs what the Hub says. Plain files are fetched and hashed.
class HubContent final : public Content {
 public:
  // Both live longer than this object.
  HubContent(Hub& hub, const RepoName& repo, const Listing& listing)
      : hub_(hub), repo_(repo), listing_(listing) {}

  // unsupported for shards and for hashes other than SHA-256: a listing has
  // neither.
  Result<Manifest> manifest(const Parameters& parameters,
                            const Selection& selection) override;

 private:
  Result<ContentDigest> digest_of(const ListedFile& file);

  Hub& hub_;
  const RepoName& repo_;
  const Listing& listing_;
};

// What a bundle claims to be about. Nothing is verified: it is to tell early
// that nobody could use it here. invalid_input for what is no OMS signature.
Result<Manifest> claimed_manifest(ByteView bundle);
Result<Manifest> claimed_manifest(const Bundle& bundle);

struct PublishedFile {
  std::string path;  // in the repository
  std::string text;
};

struct PublishRequest {
  RepoName repo;
  std::string branch;
  git::CommitId head;  // that the branch must still have
  std::vector<PublishedFile> files;
  std::string summary;
  bool create_pr = false;
};

struct Published {
  CommitAnswer commit;
  bool is_pull_request = false;
};

// Adds small files to a branch that still has this head; as a pull request when
// that is wished, or when the token may not write: `no_access` is told then.
Result<Published> publish(Hub& hub, http::StreamClient& network,
                          PublishRequest request,
                          const std::function<void()>& no_access);

}  // namespace sigstore::hub
