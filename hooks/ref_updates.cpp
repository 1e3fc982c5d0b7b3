// SPDX-License-Identifier: Apache-2.0
#include "hooks/ref_updates.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sigstore {
namespace {

// The next line, without its end; nothing at the end of the text.
std::optional<std::string_view> take_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t space = line.find(' ');
    words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return words;
    line.remove_prefix(space + 1);
  }
}

Error malformed(std::string_view hook) {
  return fail(ErrorKind::invalid_input, "git told the ", hook,
              " hook something that is not understood");
}

// Needs at most one '*' in the pattern: what stands in its place.
std::optional<std::string_view> match(std::string_view pattern,
                                      std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos)
    return pattern == text ? std::optional(std::string_view()) : std::nullopt;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (text.size() < before.size() + after.size() || !text.starts_with(before) ||
      !text.ends_with(after))
    return std::nullopt;
  return text.substr(star, text.size() - before.size() - after.size());
}

std::optional<std::string> translate(std::string_view from, std::string_view to,
                                     std::string_view text) {
  const std::optional<std::string_view> part = match(from, text);
  if (!part) return std::nullopt;
  std::string out(to);
  const std::size_t star = out.find('*');
  if (star != std::string::npos) out.replace(star, 1, *part);
  return out;
}

// "branch 'main' of <url>", "tag 'v1' of <url>", "'refs/x' of <url>", or the
// URL alone for HEAD (git's builtin/fetch.c). No ref name holds a space.
FetchedRef parse_note(const git::ObjectId& id, std::string_view note) {
  constexpr std::string_view kOf = "' of ";
  using Kind = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Kind, 4> kKinds{
      Kind{"branch '", "refs/heads/"}, Kind{"tag '", "refs/tags/"},
      Kind{"remote-tracking branch '", "refs/remotes/"}, Kind{"'", ""}};
  for (const auto& [start, folder] : kKinds) {
    const std::size_t end = note.find(kOf);
    if (!note.starts_with(start) || end == std::string_view::npos) continue;
    return {id,
            std::string(folder) +
                std::string(note.substr(start.size(), end - start.size())),
            std::string(note.substr(end + kOf.size()))};
  }
  return {id, "HEAD", std::string(note)};
}

}  // namespace

Result<std::vector<RefUpdate>> parse_ref_updates(std::string_view input) {
  std::vector<RefUpdate> updates;
  while (const auto line = take_line(input)) {
    const std::vector<std::string_view> words = words_of(*line);
    if (words.size() != 3 || words[2].empty())
      return malformed("reference-transaction");
    if (words[1].starts_with("ref:")) continue;
    const auto after = git::ObjectId::parse_hex(words[1]);
    if (!after) return malformed("reference-transaction");
    if (!after->is_zero()) updates.push_back({*after, std::string(words[2])});
  }
  return updates;
}

Result<std::vector<PushedRef>> parse_pushed_refs(std::string_view input) {
  std::vector<PushedRef> pushed;
  while (const auto line = take_line(input)) {
    // The local side may be an expression, like "HEAD@{1 day ago}".
    std::vector<std::string_view> words = words_of(*line);
    if (words.size() < 4) return malformed("pre-push");
    const auto last = words.end();
    const auto remote_id = git::ObjectId::parse_hex(last[-1]);
    const auto local_id = git::ObjectId::parse_hex(last[-3]);
    if (!remote_id || !local_id) return malformed("pre-push");
    const std::size_t tail =
        last[-1].size() + last[-2].size() + last[-3].size() + 3;
    pushed.push_back({std::string(line->substr(0, line->size() - tail)),
                      *local_id, std::string(last[-2]), *remote_id});
  }
  return pushed;
}

std::optional<Refspec> Refspec::parse(std::string_view text) {
  if (text.starts_with('^')) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size())
    return std::nullopt;
  return Refspec{std::string(text.substr(0, colon)),
                 std::string(text.substr(colon + 1))};
}

std::optional<std::string> Refspec::source_of(std::string_view local) const {
  return translate(destination, source, local);
}

std::optional<std::string> Refspec::destination_of(
    std::string_view remote) const {
  return translate(source, destination, remote);
}

std::vector<FetchedRef> parse_fetch_head(std::string_view text) {
  std::vector<FetchedRef> fetched;
  while (const auto line = take_line(text)) {
    const std::size_t first = line->find('\t');
    if (first == std::string_view::npos) continue;
    const std::size_t second = line->find('\t', first + 1);
    if (second == std::string_view::npos) continue;
    const auto id = git::ObjectId::parse_hex(line->substr(0, first));
    if (id) fetched.push_back(parse_note(*id, line->substr(second + 1)));
  }
  return fetched;
}

}  // namespace sigstore
