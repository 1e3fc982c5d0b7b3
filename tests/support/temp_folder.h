// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

// A private folder that goes away with the object. Whatever fails in here
// fails the test.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path at(std::string_view relative) const {
    return path_ / relative;
  }

  // Writes a file, and the folders above it.
  std::filesystem::path write(std::string_view relative,
                              std::string_view content) const;
  std::filesystem::path make_folder(std::string_view relative) const;
  std::filesystem::path link(std::string_view relative,
                             const std::filesystem::path& target) const;
  std::filesystem::path make_fifo(std::string_view relative) const;
  std::string read(std::string_view relative) const;

 private:
  std::filesystem::path path_;
};

// The model of the worked examples in the reference (oms.md, "Worked
// example").
void write_demo_model(const TempFolder& folder);
