// SPDX-License-Identifier: Apache-2.0
#include "core/git/pack_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/git/inflate.h"
#include "core/git/object_name.h"

namespace sigstore::git {
namespace {

// What may stay in memory of packs that are read.
constexpr std::size_t kMappedPack = 8 * limits::kMiB;

// A file's bytes. Packs and their indexes are never changed once they have
// their names (git itself maps them).
class MappedFile {
 public:
  static std::optional<MappedFile> open(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file.valid() || fstat(file.get(), &status) != 0 ||
        !S_ISREG(status.st_mode) || status.st_size <= 0)
      return std::nullopt;
    const auto size = static_cast<std::size_t>(status.st_size);
    void* start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (start == MAP_FAILED) return std::nullopt;
    return MappedFile(ByteView(static_cast<const std::uint8_t*>(start), size));
  }
  MappedFile(MappedFile&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile() {
    if (!bytes_.empty())
      munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
  }
  ByteView bytes() const { return bytes_; }
  // Gives the memory back; the bytes come again when they are read.
  void forget_pages() const {
    madvise(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size(),
            MADV_DONTNEED);
  }

 private:
  explicit MappedFile(ByteView bytes) : bytes_(bytes) {}
  ByteView bytes_;
};

std::uint32_t big_endian(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
         std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3];
}

constexpr std::size_t kNameSize = 20;
constexpr std::size_t kTrailer = kNameSize;  // the pack's own checksum

// gitformat-pack(5), "Version 2 pack-*.idx files":
//
//   \377tOc  version 2   fan-out: 256 x 4   names: n x 20   CRC-32: n x 4
//   offsets: n x 4       long offsets       pack checksum   index checksum
class PackIndex {
 public:
  static std::optional<PackIndex> from(MappedFile file) {
    const ByteView bytes = file.bytes();
    constexpr std::array<std::uint8_t, 8> kHead{0377, 't', 'O', 'c',
                                                0,    0,   0,   2};
    if (bytes.size() < kNames ||
        !std::equal(kHead.begin(), kHead.end(), bytes.begin()))
      return std::nullopt;
    const std::size_t count = big_endian(bytes, kNames - 4);
    if ((bytes.size() - kNames) / (kNameSize + 8) < count) return std::nullopt;
    return PackIndex(std::move(file), count);
  }

  // The entry's place in the pack; nothing when it is not there, or beyond
  // 2 GiB.
  std::optional<std::size_t> find(ByteView name) const {
    const ByteView bytes = file_.bytes();
    const std::size_t first = name[0];
    std::size_t low = first == 0 ? 0 : big_endian(bytes, fan(first - 1));
    std::size_t high = big_endian(bytes, fan(first));
    if (low > high || high > count_) return std::nullopt;
    const ByteView names = bytes.subspan(kNames);
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      const int order = compare(name, names.subspan(middle * kNameSize));
      if (order == 0) return offset(middle);
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kNames = 8 + 256 * 4;
  // By the first eight bytes, which nearly always decide.
  static int compare(ByteView a, ByteView b) {
    const std::uint64_t x = first_word(a);
    const std::uint64_t y = first_word(b);
    if (x != y) return x < y ? -1 : 1;
    return std::memcmp(a.data(), b.data(), kNameSize);
  }
  static std::uint64_t first_word(ByteView bytes) {
    return std::uint64_t{big_endian(bytes, 0)} << 32U | big_endian(bytes, 4);
  }
  static std::size_t fan(std::size_t first) { return 8 + 4 * first; }

  PackIndex(MappedFile file, std::size_t count)
      : file_(std::move(file)), count_(count) {}

  std::optional<std::size_t> offset(std::size_t number) const {
    const std::uint32_t place = big_endian(
        file_.bytes(), kNames + count_ * (kNameSize + 4) + 4 * number);
    constexpr std::uint32_t kLong = 0x80000000U;
    if ((place & kLong) != 0) return std::nullopt;
    return place;
  }

  MappedFile file_;
  std::size_t count_;
};

struct EntryHead {
  unsigned type = 0;
  std::size_t size = 0;  // of the content, in bytes
  std::size_t data = 0;  // where the compressed bytes begin
};

// gitformat-pack(5), "Object entry": type in three bits, size in 4 and then 7
// bits a byte, the high bit says that one more follows.
std::optional<EntryHead> read_entry_head(ByteView pack, std::size_t at) {
  EntryHead head;
  unsigned shift = 4;
  const std::size_t end = pack.size() - kTrailer;
  if (at >= end) return std::nullopt;
  std::uint8_t byte = pack[at++];
  head.type = (byte >> 4U) & 7U;
  head.size = byte & 15U;
  while ((byte & 0x80U) != 0) {
    if (at >= end || shift > 40) return std::nullopt;
    byte = pack[at++];
    head.size |= std::size_t{byte & 0x7FU} << shift;
    shift += 7;
  }
  head.data = at;
  return head;
}

constexpr std::array<ObjectType, 4> kTypes{ObjectType::commit, ObjectType::tree,
                                           ObjectType::blob, ObjectType::tag};

struct Entry {
  ByteView pack;
  EntryHead head;
};

struct Pack {
  PackIndex index;
  MappedFile data;
};

}  // namespace

struct PackReader::State {
  std::vector<Pack> packs;
  MessageDigest sha1;
  Inflater inflater = {};
  std::size_t touched = 0;  // bytes, about; see forget_some()

  std::optional<Entry> find(const ObjectId& id) const;
  bool has_name(const Object& object, ByteView name);
  void forget_some(std::size_t read);
};

PackReader::PackReader(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
PackReader::PackReader(PackReader&&) noexcept = default;
PackReader& PackReader::operator=(PackReader&&) noexcept = default;
PackReader::~PackReader() = default;

Result<PackReader> PackReader::open(
    const std::vector<std::string>& object_folders) {
  TRY_ASSIGN(MessageDigest sha1, MessageDigest::create(DigestAlgorithm::sha1));
  auto state = std::unique_ptr<State>(new State{{}, std::move(sha1)});
  for (const std::string& folder : object_folders) {
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder + "/pack", error)) {
      std::filesystem::path path = entry.path();
      if (path.extension() != ".idx") continue;
      std::optional<MappedFile> names = MappedFile::open(path.string());
      path.replace_extension(".pack");
      std::optional<MappedFile> data = MappedFile::open(path.string());
      if (!names || !data || data->bytes().size() < kTrailer) continue;
      std::optional<PackIndex> index = PackIndex::from(std::move(*names));
      if (index) state->packs.push_back({std::move(*index), std::move(*data)});
    }
  }
  return PackReader(std::move(state));
}

std::optional<ObjectHeader> PackReader::find_header(const ObjectId& id) const {
  const std::optional<Entry> entry = state_->find(id);
  if (!entry) return std::nullopt;
  return ObjectHeader{kTypes[entry->head.type - 1], entry->head.size};
}

std::optional<Object> PackReader::find(const ObjectId& id, std::size_t limit) {
  const std::optional<Entry> entry = state_->find(id);
  if (!entry || entry->head.size > std::min(limit, limits::kSmallObject))
    return std::nullopt;
  state_->forget_some(entry->head.size);
  Object object{kTypes[entry->head.type - 1], Bytes(entry->head.size)};
  const ByteView pack = entry->pack;
  if (!state_->inflater.inflate(
          pack.first(pack.size() - kTrailer).subspan(entry->head.data),
          object.content) ||
      !state_->has_name(object, id.view()))
    return std::nullopt;
  return object;
}

// A mapped file stays in memory page by page as it is read, until it all is.
void PackReader::State::forget_some(std::size_t read) {
  // The kernel maps some pages around the one that is needed.
  constexpr std::size_t kAround = 16 * limits::kKiB;
  touched += read + kAround;
  if (touched < kMappedPack) return;
  touched = 0;
  for (const Pack& pack : packs) pack.data.forget_pages();
}

// The first pack that has it; nothing for deltas, whose types are above four.
std::optional<Entry> PackReader::State::find(const ObjectId& id) const {
  if (id.view().size() != kNameSize) return std::nullopt;
  for (const Pack& pack : packs) {
    const std::optional<std::size_t> place = pack.index.find(id.view());
    if (!place) continue;
    const ByteView bytes = pack.data.bytes();
    const std::optional<EntryHead> head = read_entry_head(bytes, *place);
    if (!head || head->type == 0 || head->type > kTypes.size())
      return std::nullopt;
    return Entry{bytes, *head};
  }
  return std::nullopt;
}

// As name_object, with a hash that is kept: this is called for every pointer.
bool PackReader::State::has_name(const Object& object, ByteView name) {
  std::array<char, 32> head{};
  const std::string_view type = type_name(object.type);
  char* next = std::copy(type.begin(), type.end(), head.begin());
  *next++ = ' ';
  next =
      std::to_chars(next, head.data() + head.size() - 1, object.content.size())
          .ptr;
  *next++ = '\0';
  sha1.update(as_bytes(std::string_view(
      head.data(), static_cast<std::size_t>(next - head.data()))));
  sha1.update(object.content);
  const ContentDigest actual = sha1.finish();
  return std::equal(name.begin(), name.end(), actual.view().begin(),
                    actual.view().end());
}

}  // namespace sigstore::git
