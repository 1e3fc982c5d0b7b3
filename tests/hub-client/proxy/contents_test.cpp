// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/contents.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using sigstore::FileDescriptor;
using sigstore::Sha256Digest;
using sigstore::hub::Expected;
using sigstore::hub::FileIdentity;
using sigstore::hub::fingerprint;
using sigstore::hub::identify;

TEST_CASE("a file that was written to is another one", "[proxy]") {
  const TempFolder folder;
  const auto path = folder.path() / "blob";
  std::ofstream(path) << "0123456789";
  const FileDescriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  const FileIdentity before = identify(file.get()).value();
  CHECK(before == identify(file.get()).value());
  CHECK(before.size == 10);
  // The clock of a file system may stand still for some milliseconds.
  const std::array<timespec, 2> times{{{1, 0}, {1, 0}}};
  REQUIRE(futimens(file.get(), times.data()) == 0);
  CHECK_FALSE(before == identify(file.get()).value());
  const FileDescriptor directory(open(folder.path().c_str(), O_RDONLY));
  CHECK_FALSE(identify(directory.get()).ok());
}

TEST_CASE("content counts as known for what it was compared with alone",
          "[proxy]") {
  Expected listed;
  listed.sha256 = Sha256Digest{};
  Expected signed_too = listed;
  signed_too.resources.push_back(
      {"a", sigstore::ContentDigest(Sha256Digest{})});
  Expected blob;
  blob.git_blob = std::string(40, '0');
  CHECK(fingerprint(listed) == fingerprint(listed));
  CHECK(fingerprint(listed) != fingerprint(signed_too));
  CHECK(fingerprint(listed) != fingerprint(blob));
  signed_too.resources[0].digest = sigstore::ContentDigest();
  CHECK(fingerprint(listed) != fingerprint(signed_too));
}
