// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "core/base/bytes.h"
#include "hub-client/store/listing_file.h"
#include "tests/fuzz/fuzz.h"

// What is read of a listing is what is written of it again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  using sigstore::hub::parse_listing;
  using sigstore::hub::write_listing;
  const sigstore::git::CommitId commit;
  const auto listing = parse_listing(sigstore::as_text({data, size}), commit);
  if (!listing.ok() || !*listing) return sigstore::finish(false);
  const std::string written = write_listing(**listing);
  const auto again = parse_listing(written, commit);
  require(again.ok() && *again, "a written listing parses");
  require(write_listing(**again) == written, "writing is stable");
  for (std::size_t i = 1; i < (*listing)->files.size(); ++i)
    require((*listing)->files[i - 1].path < (*listing)->files[i].path,
            "the files are sorted, each once");
  return sigstore::finish(true);
}
