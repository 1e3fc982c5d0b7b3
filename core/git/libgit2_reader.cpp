// SPDX-License-Identifier: Apache-2.0
#include "core/git/libgit2_reader.h"

#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "core/git/libgit2.h"
#include "core/git/object_name.h"
#include "core/git/pack_reader.h"

namespace sigstore::git {
namespace {

// What may stay in memory of packs that are read.
constexpr std::size_t kMappedPack = 8 * limits::kMiB;

std::optional<ObjectType> from_git(git_object_t type) {
  switch (type) {
    case GIT_OBJECT_COMMIT:
      return ObjectType::commit;
    case GIT_OBJECT_TREE:
      return ObjectType::tree;
    case GIT_OBJECT_BLOB:
      return ObjectType::blob;
    case GIT_OBJECT_TAG:
      return ObjectType::tag;
    default:
      return std::nullopt;
  }
}

Error missing(const ObjectId& id, int code) {
  if (code == GIT_ENOTFOUND)
    return fail(ErrorKind::incomplete, "object ", id.to_hex(),
                " is not in this repository");
  return libgit2_error(ErrorKind::io, concat("object ", id.to_hex()));
}

Result<git_oid> to_git(const ObjectId& id) {
  if (id.view().size() != GIT_OID_RAWSZ)
    return fail(ErrorKind::incomplete, "object ", id.to_hex(),
                " cannot be in a repository with SHA-1 names");
  git_oid raw;
  git_oid_fromraw(&raw, id.view().data());
  return raw;
}

}  // namespace

// libgit2's start reads certificates for a network it never sees here: only
// what the packs do not answer is worth it.
struct Libgit2Reader::State {
  State(PackReader reader, std::vector<std::string> object_folders)
      : packs(std::move(reader)), folders(std::move(object_folders)) {}
  ~State() {
    odb.reset();
    if (started) git_libgit2_shutdown();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void start() {
    // libgit2 counts these calls; the last shutdown frees its globals.
    if (!std::exchange(started, true)) git_libgit2_init();
  }
  Result<git_odb*> open();

  PackReader packs;
  std::vector<std::string> folders;
  OdbHandle odb;
  bool started = false;
};

Result<git_odb*> Libgit2Reader::State::open() {
  if (odb) return odb.get();
  start();
  // Every object is read once: a cache would only hold memory.
  git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
  // It would keep a whole pack in memory, in windows of a gigabyte.
  git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, kMappedPack / 4);
  git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, kMappedPack);
  git_odb* opened = nullptr;
  if (git_odb_open(&opened, folders.at(0).c_str()) != 0)
    return libgit2_error(ErrorKind::io, "opening " + folders[0]);
  OdbHandle owned(opened);
  for (std::size_t i = 1; i < folders.size(); ++i) {
    if (git_odb_add_disk_alternate(opened, folders[i].c_str()) != 0)
      return libgit2_error(ErrorKind::io, "opening " + folders[i]);
  }
  odb = std::move(owned);
  return odb.get();
}

Libgit2Reader::Libgit2Reader(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
Libgit2Reader::~Libgit2Reader() = default;

Result<std::unique_ptr<Libgit2Reader>> Libgit2Reader::open(
    const std::vector<std::string>& object_folders) {
  TRY_ASSIGN(PackReader packs, PackReader::open(object_folders));
  return std::unique_ptr<Libgit2Reader>(new Libgit2Reader(
      std::make_unique<State>(std::move(packs), object_folders)));
}

Result<std::unique_ptr<ObjectReader>> Libgit2Reader::another() {
  TRY_ASSIGN(std::unique_ptr<Libgit2Reader> reader, open(state_->folders));
  return std::unique_ptr<ObjectReader>(std::move(reader));
}

Result<ObjectHeader> Libgit2Reader::header(const ObjectId& id) {
  if (const std::optional<ObjectHeader> whole = state_->packs.find_header(id))
    return *whole;
  TRY_ASSIGN(const git_oid raw, to_git(id));
  TRY_ASSIGN(git_odb * odb, state_->open());
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  const int code = git_odb_read_header(&size, &type, odb, &raw);
  if (code != 0) return missing(id, code);
  const std::optional<ObjectType> known = from_git(type);
  if (!known) return fail(ErrorKind::io, "object ", id.to_hex(), " is damaged");
  return ObjectHeader{*known, size};
}

Result<Object> Libgit2Reader::read(const ObjectId& id, std::size_t limit) {
  if (std::optional<Object> whole = state_->packs.find(id, limit))
    return std::move(*whole);
  // The header first: reading inflates the whole object into memory.
  TRY_ASSIGN(const ObjectHeader head, header(id));
  if (head.size > limit)
    return fail(ErrorKind::invalid_input, "object ", id.to_hex(), " has ",
                head.size, " bytes, more than the limit of ", limit);
  TRY_ASSIGN(const git_oid raw, to_git(id));
  TRY_ASSIGN(git_odb * odb, state_->open());
  git_odb_object* object = nullptr;
  const int code = git_odb_read(&object, odb, &raw);
  if (code != 0) return missing(id, code);
  const OdbObjectHandle owned(object);
  const auto* data =
      static_cast<const std::uint8_t*>(git_odb_object_data(object));
  return Object{head.type, Bytes(data, data + git_odb_object_size(object))};
}

Result<ObjectId> Libgit2Reader::name_of(ObjectType type, ByteView content) {
  state_->start();
  return name_object(ObjectFormat::sha1, type, content);
}

}  // namespace sigstore::git
