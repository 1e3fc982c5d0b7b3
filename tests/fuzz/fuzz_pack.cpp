// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/git/object_name.h"
#include "core/git/pack_reader.h"
#include "tests/fuzz/fuzz.h"

namespace {

std::string make_folder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "fuzz-pack-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  std::filesystem::create_directory(pattern + "/pack");
  return pattern;
}

void write(const std::string& path, sigstore::ByteView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

struct Folder {
  std::string path = make_folder();
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

// Two bytes with the length of the index, the index, the pack. Whatever they
// hold, an object that is found has the name it was asked for by.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  namespace git = sigstore::git;
  static const Folder folder;
  if (size < 2) return sigstore::finish(false);
  sigstore::ByteView rest(data + 2, size - 2);
  const std::size_t length =
      std::min(rest.size(), data[0] * std::size_t{256} + data[1]);
  write(folder.path + "/pack/p.idx", rest.first(length));
  write(folder.path + "/pack/p.pack", rest.subspan(length));
  auto reader = git::PackReader::open({folder.path});
  require(reader.ok(), "a damaged pack is no error");
  bool found = false;
  constexpr std::size_t kNames = 8 + 256 * 4;
  for (std::size_t at = kNames; at + 20 <= std::min(length, kNames + 2000);
       at += 20) {
    const auto id = git::ObjectId::from_bytes(rest.subspan(at, 20));
    static_cast<void>(reader->find_header(*id));
    const auto object = reader->find(*id, 10000);
    if (!object) continue;
    require(object->content.size() <= 10000, "the limit holds");
    found = true;
  }
  return sigstore::finish(found);
}
