// SPDX-License-Identifier: Apache-2.0
//
// bench-openssl-files FOLDER: SHA-256 of every file below, largest first, by
// OpenSSL and a thread a core. What anybody would write; a peer, so it has
// nothing of the product's.
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct File {
  fs::path path;
  std::uintmax_t size;
};

bool hash(const fs::path& path, std::vector<char>& buffer) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  std::setvbuf(file, nullptr, _IONBF, 0);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  std::size_t got = 0;
  while ((got = std::fread(buffer.data(), 1, buffer.size(), file)) > 0)
    EVP_DigestUpdate(context, buffer.data(), got);
  const bool whole = std::ferror(file) == 0;
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_DigestFinal_ex(context, digest, nullptr);
  EVP_MD_CTX_free(context);
  std::fclose(file);
  return whole;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  if (words.size() != 2) return 2;
  std::vector<File> files;
  for (const auto& entry : fs::recursive_directory_iterator(words[1]))
    if (entry.is_regular_file())
      files.push_back({entry.path(), entry.file_size()});
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.size > b.size; });
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
      threads.emplace_back([&] {
        std::vector<char> buffer(1U << 20U);
        for (std::size_t file = next++; file < files.size(); file = next++)
          if (!hash(files[file].path, buffer)) failed = true;
      });
  }
  std::printf("%zu files\n", files.size());
  return failed ? 1 : 0;
}
