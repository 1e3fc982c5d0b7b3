// SPDX-License-Identifier: Apache-2.0
#include "tests/property/generated_case.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/git/lfs_pointer.h"
#include "core/git/tree.h"
#include "tests/property/feature_tables.h"

namespace sigstore {
namespace {

// Attribute patterns with "/" inside hold from the folder of their file, so
// each is drawn for a path that is there.
std::string quoted_pattern(std::string_view path) {
  std::string out = "\"/";
  for (const char c : path) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '*' || c == '?' || c == '[') out += "\\\\";
    out += c;
  }
  return out + '"';
}

class Generator {
 public:
  Generator(RandomSource& random, const std::vector<StoredFile>& stored)
      : random_(random), stored_(stored) {}

  GeneratedCase make(std::size_t number) {
    std::size_t index = number % theme_count();
    const bool harmless = index < harmless_theme_count();
    // git add cannot make most of what is unsafe.
    out_.with_git_add = random_.one_in(harmless ? 4 : 12) &&
                        index != harmless_theme_count() - 1;
    note(out_.with_git_add ? "made: git add" : "made: git objects");
    start_attributes();
    for (std::size_t left = 2 + random_.below(8); left > 0; --left) add_file();
    while (random_.one_in(2)) add_harmless_oddity();
    if (harmless) {
      add_harmless_theme(index);
    } else if (out_.with_git_add) {
      add_unsafe_oddity();
    } else {
      add_unsafe_theme(index - harmless_theme_count());
      if (random_.one_in(4)) add_unsafe_oddity();
    }
    choose_user_config();
    choose_selection();
    write_attributes();
    return std::move(out_);
  }

 private:
  void note(const char* feature) { out_.features.insert(feature); }

  std::string folder() {
    static constexpr std::array<const char*, 7> kFolders{
        "", "", "data/", "data/deep/er/", "weights/v1/", ".github/", "a/"};
    std::string name = random_.pick(kFolders);
    if (!name.empty()) note("tree: nested folders");
    return name;
  }

  void add(const std::string& path, GeneratedEntry entry) {
    if (random_.one_in(5) && entry.mode == git::kModeFile) {
      entry.mode = git::kModeExecutable;
      note("mode: executable");
    }
    if (out_.entries.emplace(path, std::move(entry)).second)
      paths_.push_back(path);
  }

  GeneratedEntry plain_entry() {
    const ContentRow& row = random_.pick(contents());
    note(row.feature);
    return {git::kModeFile, row.make(random_)};
  }
  GeneratedEntry stored_entry() {
    const StoredFile& file = random_.pick(stored_);
    return {git::kModeFile, file.pointer, file.content};
  }

  void add_file() {
    static constexpr std::array<const char*, 4> kEndings{".txt", ".json", ".md",
                                                         ".dat"};
    const std::string name =
        folder() + "file" + std::to_string(random_.below(1000));
    if (random_.one_in(3)) {
      note("lfs: stored file");
      return add(name + ".bin", stored_entry());
    }
    if (random_.one_in(8)) {
      note("lfs: raw file under the filter");
      return add(name + ".bin", plain_entry());
    }
    add(name + random_.pick(kEndings), plain_entry());
  }

  void add_names(const NameRow& row) {
    note(row.feature);
    const std::string where = folder();
    for (const std::string& name : row.names) add(where + name, plain_entry());
  }

  // Random edits may give a canonical pointer to content that nobody has: the
  // first that is none.
  std::string lookalike(const PointerRow& row) {
    std::string text;
    for (int attempt = 0; attempt < 50; ++attempt) {
      text = row.make(random_.pick(stored_).pointer, random_);
      const auto pointer = git::parse_lfs_pointer(as_bytes(text));
      if (!pointer.ok() || !pointer->has_value()) break;
    }
    return text;
  }
  void add_lookalike(const PointerRow& row) {
    note(row.feature);
    const bool filtered = !random_.one_in(4);
    // Not where it is not selected: its checkout may fail, and need not agree.
    std::string where = folder();
    while (where == ".github/") where = folder();
    add(where + "alike" + std::to_string(random_.below(1000)) +
            (filtered ? ".bin" : ".txt"),
        {git::kModeFile, lookalike(row)});
  }

  // A line for one of the files or for a kind of files.
  void add_attributes(const AttributeRow& row) {
    // git add refuses files that do not have the encoding.
    if (out_.with_git_add &&
        std::string_view(row.attributes).find("working-tree-encoding") !=
            std::string_view::npos)
      return;
    note(row.feature);
    const std::string path = random_.pick(paths_);
    const std::size_t slash = path.rfind('/');
    const bool nested = slash != std::string::npos && random_.one_in(2);
    if (nested) note("attribute: nested file");
    const std::string where = nested ? path.substr(0, slash + 1) : "";
    static constexpr std::array<const char*, 4> kPatterns{"*.txt", "*.bin",
                                                          "*.dat", "*"};
    const std::string pattern = random_.one_in(3)
                                    ? random_.pick(kPatterns)
                                    : quoted_pattern(path.substr(where.size()));
    lines_[where].push_back(pattern + " " + row.attributes);
  }

  void start_attributes() {
    // "weights" is a macro; macros count at the top only.
    lines_[""] = {"[attr]weights filter=lfs -text"};
    if (!random_.one_in(10)) lines_[""].push_back("*.bin filter=lfs -text");
  }
  void write_attributes() {
    std::vector<std::string>& top = lines_[""];
    top.insert(top.end(), last_lines_.begin(), last_lines_.end());
    for (const auto& [where, lines] : lines_) {
      std::string text;
      for (const std::string& line : lines) text += line + "\n";
      out_.entries[where + ".gitattributes"] = {git::kModeFile, text};
    }
  }

  // Every case has a theme, one row after the other, so that none is missing
  // by chance; the rest of it is random.
  static std::size_t harmless_theme_count() {
    return harmless_names().size() + harmless_attributes().size() +
           plain_lookalikes().size() + 1;
  }
  static std::size_t theme_count() {
    return harmless_theme_count() + unsafe_names().size() +
           unsafe_attributes().size() + pointer_lookalikes().size() + 4;
  }
  void add_harmless_theme(std::size_t index) {
    if (index < harmless_names().size())
      return add_names(harmless_names()[index]);
    index -= harmless_names().size();
    if (index < harmless_attributes().size())
      return add_attributes(harmless_attributes()[index]);
    index -= harmless_attributes().size();
    if (index < plain_lookalikes().size())
      return add_lookalike(plain_lookalikes()[index]);
    if (out_.with_git_add) return;
    note("tree: empty folder");
    out_.empty_folders.insert("empty" + std::to_string(random_.below(9)));
  }
  void add_unsafe_theme(std::size_t index) {
    if (index < unsafe_names().size()) return add_names(unsafe_names()[index]);
    index -= unsafe_names().size();
    if (index < unsafe_attributes().size())
      return add_converted_file(unsafe_attributes()[index]);
    index -= unsafe_attributes().size();
    if (index < pointer_lookalikes().size()) {
      no_selection_ = true;
      return add_lookalike(pointer_lookalikes()[index]);
    }
    index -= pointer_lookalikes().size();
    if (index == 0) return add_symlink();
    if (index == 1) return add_submodule();
    if (index == 2) return add_odd_mode();
    add_uncovered_pointer();
  }

  void add_harmless_oddity() {
    add_harmless_theme(random_.below(harmless_theme_count()));
  }
  // With git add only what it can make.
  void add_unsafe_oddity() {
    const std::size_t kind = random_.below(out_.with_git_add ? 4 : 5);
    if (kind == 0) return add_attributes(random_.pick(unsafe_attributes()));
    if (kind == 1) return add_symlink();
    if (kind == 2) return add_uncovered_pointer();
    if (kind == 4)
      return add_unsafe_theme(
          random_.below(theme_count() - harmless_theme_count()));
    no_selection_ = true;
    add_lookalike(random_.pick(pointer_lookalikes()));
  }

  // A file that a checkout would write differently, were it not refused.
  void add_converted_file(const AttributeRow& row) {
    note(row.feature);
    add("converted.md", {git::kModeFile, "# $Id$\nLF\nand\r\nCRLF\n"});
    last_lines_.push_back(std::string("converted.md ") + row.attributes);
    if (random_.one_in(4)) return;
    note("user: core.eol=crlf");
    out_.user_config.emplace_back("core.eol", "crlf");
  }
  void add_symlink() {
    note("mode: symbolic link");
    add(folder() + "link.bin", {git::kModeSymlink, ".gitattributes"});
  }
  void add_submodule() {
    note("mode: submodule");
    add(folder() + "module", {git::kModeSubmodule, "somewhere else"});
  }
  void add_odd_mode() {
    note("mode: 100664");
    add(folder() + "group.txt", {0100664, "x"});
  }
  void add_uncovered_pointer() {
    note("look-alike: pointer without the filter");
    add("pointer.txt", {git::kModeFile, random_.pick(stored_).pointer});
  }

  void choose_user_config() {
    const auto set = [&](const char* feature, const char* name,
                         const char* value) {
      note(feature);
      out_.user_config.emplace_back(name, value);
    };
    if (random_.one_in(8))
      set("user: core.autocrlf=true", "core.autocrlf", "true");
    else if (random_.one_in(8))
      set("user: core.autocrlf=input", "core.autocrlf", "input");
    if (random_.one_in(8)) set("user: core.eol=crlf", "core.eol", "crlf");
    if (!random_.one_in(6)) return;
    if (random_.one_in(3)) {
      note("user: core.attributesFile, unsafe");
      out_.user_attributes = "*.txt text eol=crlf\n*.dat ident\n";
    } else {
      note("user: core.attributesFile");
      out_.user_attributes = "*.bin filter=lfs -text\n*.md binary\n";
    }
  }

  void choose_selection() {
    if (no_selection_) return;
    if (random_.one_in(6)) {
      note("selection: another folder excluded");
      (void)out_.selection.exclusions.add("data").ok();
    }
    if (random_.one_in(6)) {
      note("selection: listed although excluded");
      out_.selection.despite.insert(".gitattributes");
      for (const std::string& path : paths_)
        if (random_.one_in(2)) list_if_excluded(path);
    }
    if (!random_.one_in(8)) return;
    note("selection: only some files");
    out_.selection.only.emplace();
    for (const std::string& path : paths_)
      if (random_.one_in(2)) {
        out_.selection.only->insert(path);
        list_if_excluded(path);
      }
  }
  void list_if_excluded(const std::string& path) {
    if (out_.selection.exclusions.covers(path))
      out_.selection.despite.insert(path);
  }

  RandomSource& random_;
  const std::vector<StoredFile>& stored_;
  GeneratedCase out_;
  std::vector<std::string> paths_;
  bool no_selection_ = false;
  std::map<std::string, std::vector<std::string>> lines_;  // by folder
  std::vector<std::string> last_lines_;  // of the top, nothing overrides them
};

}  // namespace

const std::vector<Feature>& all_features() {
  static const std::vector<Feature> kFeatures = [] {
    std::vector<Feature> all{
        {"made: git add", true},
        {"made: git objects", true},
        {"tree: nested folders", true},
        {"tree: empty folder", true},
        {"mode: executable", true},
        {"mode: symbolic link", false},
        {"mode: submodule", false},
        {"mode: 100664", false},
        {"lfs: stored file", true},
        {"lfs: raw file under the filter", true},
        {"look-alike: pointer without the filter", false},
        {"attribute: nested file", true},
        {"user: core.autocrlf=true", true},
        {"user: core.autocrlf=input", true},
        {"user: core.eol=crlf", true},
        {"user: core.attributesFile", true},
        {"user: core.attributesFile, unsafe", false},
        {"selection: another folder excluded", true},
        {"selection: listed although excluded", true},
        {"selection: only some files", true},
    };
    const auto append = [&](const auto& rows, bool harmless) {
      for (const auto& row : rows) {
        const bool known =
            std::any_of(all.begin(), all.end(), [&](const Feature& other) {
              return std::string_view(other.name) == row.feature;
            });
        if (!known) all.push_back({row.feature, harmless});
      }
    };
    append(harmless_names(), true);
    append(unsafe_names(), false);
    append(harmless_attributes(), true);
    append(unsafe_attributes(), false);
    append(plain_lookalikes(), true);
    append(pointer_lookalikes(), false);
    append(contents(), true);
    return all;
  }();
  return kFeatures;
}

GeneratedCase generate_case(RandomSource& random,
                            const std::vector<StoredFile>& stored,
                            std::size_t number) {
  return Generator(random, stored).make(number);
}

}  // namespace sigstore
