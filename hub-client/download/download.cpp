// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/download.h"

#include "hub-client/download/engine.h"

namespace sigstore::hub {

Result<DownloadReport> download(http::StreamClient& network,
                                std::span<const WantedFile> files,
                                const ContentSource& source,
                                const Finished& finished,
                                const DownloadOptions& options) {
  Engine engine(network, files, source, finished, options);
  return engine.run();
}

}  // namespace sigstore::hub
