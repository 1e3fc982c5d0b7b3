// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/partials.h"

#include <algorithm>
#include <utility>

#include "hub-client/store/partial_name.h"

namespace sigstore::hub {
namespace {

constexpr std::int64_t kWeekNs = 7LL * 24 * 60 * 60 * 1'000'000'000;

std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : concat(folder, "/", name);
}

}  // namespace

Result<Partials::Names*> Partials::left_in(const std::string& folder) {
  const auto known = left_.find(folder);
  if (known != left_.end()) return &known->second;
  TRY(root_->make_folder(folder));
  Names left;
  if (may_resume_) {
    TRY_ASSIGN(const std::vector<std::string> names, root_->list(folder));
    for (const std::string& name : names) {
      const std::optional<PartialName> partial = parse_partial_name(name);
      if (!partial || partial->is_sidecar) continue;
      TRY_ASSIGN(const FoundEntry entry, root_->look(join(folder, name)));
      // A link in the place of a partial is nobody's work.
      if (entry.type == FoundEntry::Type::file)
        left.emplace(partial->stem, name);
    }
  }
  return &left_.emplace(folder, std::move(left)).first->second;
}

Result<std::filesystem::path> Partials::choose(const std::string& folder,
                                               const std::string& stem) {
  TRY_ASSIGN(Names * left, left_in(folder));
  const auto found = left->find(stem);
  if (found != left->end()) {
    const std::string name = found->second;
    left->erase(found);
    return root_->at(join(folder, name));
  }
  TRY_ASSIGN(const std::string random, random_hex(8));
  return root_->at(join(folder, partial_name(stem, random)));
}

Result<void> Partials::place(const std::filesystem::path& partial,
                             const std::string& relative, unsigned mode) {
  const std::string from =
      partial.lexically_relative(root_->path()).generic_string();
  if (!parse_partial_name(partial.filename().string()) ||
      from.starts_with(".."))
    return fail(ErrorKind::invalid_input, partial.string(),
                " is no partial of ", root_->path().string());
  TRY_ASSIGN(const FoundEntry entry, root_->look(from));
  if (entry.type != FoundEntry::Type::file)
    return fail(ErrorKind::io, partial.string(), " is not there any more");
  TRY(root_->set_mode(from, mode));
  TRY(root_->move(from, relative));
  return root_->remove(sidecar_name(from));
}

void Partials::sweep(
    const std::string& folder, std::int64_t now_ns,
    const std::function<bool(const std::string& stem)>& is_done) {
  if (!may_resume_) return;
  const Result<std::vector<std::string>> names = root_->list(folder);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    const std::optional<PartialName> partial = parse_partial_name(name);
    if (!partial) continue;
    const std::string path = join(folder, name);
    const Result<FoundEntry> entry = root_->look(path);
    if (!entry.ok()) continue;
    // Bytes that were placed by a program that was killed right then.
    const bool is_alone =
        partial->is_sidecar &&
        std::find(names->begin(), names->end(),
                  partial_name(partial->stem, partial->random)) == names->end();
    if (is_alone || is_done(partial->stem) ||
        now_ns - entry->modified_ns > kWeekNs)
      (void)root_->remove(path);
  }
}

}  // namespace sigstore::hub
