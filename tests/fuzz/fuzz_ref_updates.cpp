// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>
#include <string_view>

#include "hooks/ref_updates.h"
#include "tests/fuzz/fuzz.h"

// What git tells the hooks. A value that is taken stands in the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const std::string_view text = sigstore::as_text({data, size});
  const auto holds = [&](const std::string& part) {
    return text.find(part) != std::string_view::npos;
  };
  for (const auto& fetched : sigstore::parse_fetch_head(text))
    require(holds(fetched.id.to_hex()) && holds(fetched.url), "it was fetched");
  const auto pushed = sigstore::parse_pushed_refs(text);
  if (pushed.ok())
    for (const auto& ref : *pushed)
      require(holds(ref.local_ref) && holds(ref.remote_ref), "it is pushed");
  if (const auto refspec = sigstore::Refspec::parse(text)) {
    const auto local = refspec->destination_of("refs/heads/main");
    if (local && refspec->destination.find('*') != std::string::npos &&
        refspec->source.find('*') != std::string::npos)
      require(refspec->source_of(*local) == "refs/heads/main",
              "back and forth");
  }
  const auto updates = sigstore::parse_ref_updates(text);
  if (!updates.ok()) return sigstore::finish(false);
  for (const auto& update : *updates)
    require(!update.after.is_zero() && holds(update.ref), "it is updated");
  return sigstore::finish(true);
}
