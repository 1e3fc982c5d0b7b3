// SPDX-License-Identifier: Apache-2.0
#include "tests/property/feature_tables.h"

#include <array>

namespace sigstore {
namespace {

std::string replaced(std::string text, std::string_view old,
                     std::string_view by) {
  for (std::size_t at = text.find(old); at != std::string::npos;
       at = text.find(old, at + by.size()))
    text.replace(at, old.size(), by);
  return text;
}

// The text of line 0, 1 or 2 with its line break.
std::string line(const std::string& pointer, int number) {
  std::size_t start = 0;
  for (; number > 0; --number) start = pointer.find('\n', start) + 1;
  return pointer.substr(start, pointer.find('\n', start) + 1 - start);
}

std::string mutated(const std::string& pointer, RandomSource& random) {
  // White space of ASCII and of Latin-1, and what numbers are made of.
  static constexpr char kBytes[] = " \t\r\n\v\f\0+-0aA:/\x85\xA0\xC2\xE2";
  std::string out = pointer;
  for (std::size_t left = 1 + random.below(3); left > 0; --left) {
    const std::size_t at = random.below(out.size());
    const char byte = kBytes[random.below(sizeof(kBytes) - 1)];
    switch (random.below(3)) {
      case 0:
        out.erase(at, 1);
        break;
      case 1:
        out[at] = byte;
        break;
      default:
        out.insert(at, 1 + random.below(2), byte);
    }
  }
  return out;
}

}  // namespace

const std::vector<NameRow>& harmless_names() {
  static const std::vector<NameRow> kRows{
      {"name: space", {"two words.txt", " led by one.txt"}},
      {"name: unicode", {"mod\xC3\xA8le \xE6\xA8\xA1\xE5\x9E\x8B.txt"}},
      {"name: unicode", {"\xF0\x9F\xA4\x97.dat"}},
      {"name: leading dash", {"-rf.txt", "--help"}},
      {"name: glob characters", {"a*b?[c].txt", "[!a]{b,c}"}},
      {"name: quotes", {"say \"hi\" 'now'.txt", "$(id) `id`;&|"}},
      {"name: hash or bang first", {"#x.txt", "!y.txt"}},
      {"name: almost .git", {".gitx", "git~2", "git", ".git-", "x.git"}},
      {"name: almost .git", {".gitkeep", "...git", "\xE2\x80\x8Cgit"}},
      {"name: almost .git", {".gitmodules"}},
  };
  return kRows;
}

const std::vector<NameRow>& unsafe_names() {
  static const std::vector<NameRow> kRows{
      {"name: case twins", {"Readme.txt", "README.txt"}},
      {"name: case twins", {"Twin/a.txt", "twin/b.txt"}},
      {"name: NFC and NFD twins", {"caf\xC3\xA9.txt", "cafe\xCC\x81.txt"}},
      {"name: case twins outside of ASCII", {"\xC3\x89.txt", "\xC3\xA9.txt"}},
      {"name: newline", {"two\nlines.txt"}},
      {"name: tab", {"a\ttab.txt"}},
      {"name: backslash", {"back\\slash.txt"}},
      {"name: colon", {"c:drive.txt"}},
      {"name: colon", {"file.txt:stream"}},
      {"name: trailing dot or space", {"dot."}},
      {"name: trailing dot or space", {"space "}},
      {"name: control character", {"bell\x07.txt"}},
      {"name: control character", {"delete\x7F.txt"}},
      {"name: not UTF-8", {"latin\xE9.txt"}},
      {"name: not UTF-8", {"surrogate\xED\xA0\x80.txt"}},
      {"name: .git in disguise", {".GIT"}},
      {"name: .git in disguise", {".Git/config"}},
      {"name: .git in disguise", {"git~1"}},
      {"name: .git in disguise", {".git "}},
      {"name: .git in disguise", {".git.."}},
      {"name: .git in disguise", {".g\xE2\x80\x8Cit"}},
      {"name: .git in disguise", {"\xEF\xBB\xBF.git"}},
      {"name: .git in disguise", {".git::$INDEX_ALLOCATION"}},
  };
  return kRows;
}

const std::vector<AttributeRow>& harmless_attributes() {
  static const std::vector<AttributeRow> kRows{
      {"attribute: lfs filter", "filter=lfs diff=lfs merge=lfs -text"},
      {"attribute: lfs filter", "filter=lfs"},
      {"attribute: -text", "-text"},
      {"attribute: binary macro", "binary"},
      {"attribute: -filter", "-filter"},
      {"attribute: !filter", "!filter"},
      {"attribute: back to unspecified", "!text !eol !ident !crlf"},
      {"attribute: -crlf -ident -eol", "-crlf -ident -eol"},
      {"attribute: own macro", "weights"},
      {"attribute: a value spelled unset", "text=unset"},
      {"attribute: a value spelled unset", "ident=unset eol=unset"},
      {"attribute: a value spelled unset", "working-tree-encoding=unset"},
      {"attribute: a value spelled unset", "-working-tree-encoding"},
      {"attribute: a value spelled unset", "filter=unset"},
      {"attribute: of no concern", "diff=json merge=union -whitespace"},
      {"attribute: of no concern", "export-ignore export-subst delta"},
  };
  return kRows;
}

const std::vector<AttributeRow>& unsafe_attributes() {
  static const std::vector<AttributeRow> kRows{
      {"attribute: text", "text"},
      {"attribute: text=auto", "text=auto"},
      {"attribute: eol=crlf", "eol=crlf"},
      {"attribute: eol=crlf", "text eol=crlf"},
      {"attribute: eol=lf", "text eol=lf"},
      {"attribute: ident", "ident"},
      {"attribute: working-tree-encoding",
       "working-tree-encoding=UTF-16LE-BOM"},
      {"attribute: crlf", "crlf"},
      {"attribute: crlf", "crlf=input"},
      {"attribute: foreign filter", "filter=shout"},
      {"attribute: foreign filter", "filter=LFS"},
  };
  return kRows;
}

const std::vector<PointerRow>& plain_lookalikes() {
  static const std::vector<PointerRow> kRows{
      {"look-alike: keys out of order",
       [](const std::string& pointer, RandomSource&) {
         return line(pointer, 0) + line(pointer, 2) + line(pointer, 1);
       }},
      {"look-alike: another version line",
       [](const std::string& pointer, RandomSource&) {
         return replaced(pointer, "git-lfs", "git-xyz");
       }},
      {"look-alike: text about git-lfs",
       [](const std::string& pointer, RandomSource&) {
         return "This model uses git-lfs. A pointer:\n" + pointer;
       }},
  };
  return kRows;
}

const std::vector<PointerRow>& pointer_lookalikes() {
  static const std::vector<PointerRow> kRows{
      {"look-alike: CRLF",
       [](const std::string& pointer, RandomSource&) {
         return replaced(pointer, "\n", "\r\n");
       }},
      {"look-alike: size 0",
       [](const std::string& pointer, RandomSource&) {
         return line(pointer, 0) + line(pointer, 1) + "size 0\n";
       }},
      {"look-alike: extension line",
       [](const std::string& pointer, RandomSource&) {
         return line(pointer, 0) + "ext-0-case " + line(pointer, 1) +
                line(pointer, 1) + line(pointer, 2);
       }},
      {"look-alike: blank lines",
       [](const std::string& pointer, RandomSource& random) {
         return random.one_in(2) ? "\n\n" + pointer
                                 : replaced(pointer, "\n", "\n\n");
       }},
      {"look-alike: white space around",
       [](const std::string& pointer, RandomSource& random) {
         // git-lfs trims what Unicode calls white space.
         static constexpr std::array<const char*, 9> kSpaces{
             " ",        "\t",       "\v\f",         "\r\n",        "\n \n",
             "\xC2\x85", "\xC2\xA0", "\xE2\x80\x83", "\xE3\x80\x80"};
         const std::string space = random.pick(kSpaces);
         return random.one_in(3) ? pointer + space : space + pointer;
       }},
      {"look-alike: no final newline",
       [](const std::string& pointer, RandomSource&) {
         return pointer.substr(0, pointer.size() - 1);
       }},
      {"look-alike: older version line",
       [](const std::string& pointer, RandomSource&) {
         return "version https://hawser.github.com/spec/v1\n" +
                line(pointer, 1) + line(pointer, 2);
       }},
      {"look-alike: other digits",
       [](const std::string& pointer, RandomSource& random) {
         return replaced(pointer, "size ",
                         random.one_in(2) ? "size +" : "size 0");
       }},
      {"look-alike: padded",
       [](const std::string& pointer, RandomSource& random) {
         return pointer + std::string(200 + random.below(1800), '\n');
       }},
      {"look-alike: random edits", mutated},
  };
  return kRows;
}

const std::vector<ContentRow>& contents() {
  static const std::vector<ContentRow> kRows{
      {"content: text",
       [](RandomSource& random) { return random.words(200) + "\n"; }},
      {"content: empty", [](RandomSource&) { return std::string(); }},
      {"content: no final newline",
       [](RandomSource& random) { return random.words(80); }},
      {"content: CRLF",
       [](RandomSource& random) {
         return replaced(random.words(200), "\n", "\r\n") + "\r\n";
       }},
      {"content: LF and CRLF",
       [](RandomSource& random) {
         return random.words(40) + "\r\n" + random.words(40) + "\n";
       }},
      {"content: $Id$",
       [](RandomSource& random) {
         return "# $Id$\n# $Id: 0123 $\n" + random.words(60) + "\n";
       }},
      {"content: UTF-16",
       [](RandomSource& random) {
         std::string out = "\xFF\xFE";
         for (const char c : random.words(60)) out += {c, '\0'};
         return out;
       }},
      {"content: UTF-8 beyond ASCII",
       [](RandomSource& random) {
         return "na\xC3\xAFve \xE6\xA8\xA1\n" + random.words(30) + "\n";
       }},
      {"content: binary",
       [](RandomSource& random) {
         return random.bytes(1 + random.below(5000)) + '\0';
       }},
  };
  return kRows;
}

}  // namespace sigstore
