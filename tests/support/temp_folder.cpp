// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temp_folder.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "tests/support/catch.h"

TempFolder::TempFolder() {
  std::string name =
      (std::filesystem::temp_directory_path() / "sigstore-test-XXXXXX")
          .string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = std::filesystem::canonical(name);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempFolder::write(std::string_view relative,
                                        std::string_view content) const {
  const std::filesystem::path path = at(relative);
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  REQUIRE(file.good());
  return path;
}

std::filesystem::path TempFolder::make_folder(std::string_view relative) const {
  std::filesystem::create_directories(at(relative));
  return at(relative);
}

std::filesystem::path TempFolder::link(
    std::string_view relative, const std::filesystem::path& target) const {
  std::filesystem::create_directories(at(relative).parent_path());
  std::filesystem::create_symlink(target, at(relative));
  return at(relative);
}

std::filesystem::path TempFolder::make_fifo(std::string_view relative) const {
  REQUIRE(mkfifo(at(relative).c_str(), 0600) == 0);
  return at(relative);
}

std::string TempFolder::read(std::string_view relative) const {
  std::ifstream file(at(relative), std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

void write_demo_model(const TempFolder& folder) {
  folder.write("config.json", "{}\n");
  std::string counting;
  for (char c = 0; c < 10; ++c) counting += c;
  folder.write("sub/a.bin", counting);
  folder.write("w.bin", "0123456789ABCDEFGHIJKLMNOP");
}
