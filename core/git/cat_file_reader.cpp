// SPDX-License-Identifier: Apache-2.0
#include "core/git/cat_file_reader.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/process.h"

namespace sigstore::git {
namespace {

Error missing(const ObjectId& id) {
  return fail(ErrorKind::incomplete, "object ", id.to_hex(),
              " is not in this repository");
}

std::optional<ObjectType> find_type(std::string_view name) {
  for (const ObjectType type : {ObjectType::commit, ObjectType::tree,
                                ObjectType::blob, ObjectType::tag})
    if (name == type_name(type)) return type;
  return std::nullopt;
}

// gitrepository-layout(5): the least that git takes for a repository.
Result<TemporaryDirectory> make_repository(ObjectFormat format) {
  std::error_code error;
  TRY_ASSIGN(
      TemporaryDirectory folder,
      TemporaryDirectory::create((std::filesystem::temp_directory_path(error) /
                                  "sigstore-objects-XXXXXX")
                                     .string()));
  for (const char* name : {"objects", "refs"})
    std::filesystem::create_directory(folder.path() / name, error);
  if (error)
    return fail(ErrorKind::io, "cannot make a folder in ",
                folder.path().string(), ": ", error.message());
  TRY(write_new_file(folder.path() / "HEAD", as_bytes("ref: refs/heads/none\n"),
                     0600));
  TRY(write_new_file(
      folder.path() / "config",
      as_bytes(concat("[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n"
                      "[extensions]\n\tobjectFormat = ",
                      format == ObjectFormat::sha1 ? "sha1" : "sha256", "\n")),
      0600));
  return folder;
}

}  // namespace

Result<std::optional<ObjectHeader>> parse_cat_file_line(std::string_view line,
                                                        const ObjectId& asked) {
  const Error bad = fail(ErrorKind::io, "git cat-file answered '",
                         line.substr(0, 200), "' about ", asked.to_hex());
  const std::string id = asked.to_hex();
  if (!line.starts_with(id + " ")) return bad;
  std::string_view rest = line.substr(id.size() + 1);
  if (rest == "missing") return std::optional<ObjectHeader>();
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return bad;
  const std::optional<ObjectType> type = find_type(rest.substr(0, space));
  rest.remove_prefix(space + 1);
  std::uint64_t size = 0;
  const auto [end, code] =
      std::from_chars(rest.data(), rest.data() + rest.size(), size);
  if (!type || code != std::errc() || end != rest.data() + rest.size())
    return bad;
  return std::optional<ObjectHeader>(ObjectHeader{*type, size});
}

// A running `git cat-file`, and what it printed that was not taken yet.
class CatFileReader::Child {
 public:
  explicit Child(ChildProcess process) : process_(std::move(process)) {}

  // One answer is read before the next question is asked, so neither side
  // ever waits for the other with a full pipe.
  Result<ObjectHeader> ask(const ObjectId& id) {
    TRY(write_all(process_.input(), as_bytes(id.to_hex() + "\n"))
            .context("git cat-file"));
    TRY_ASSIGN(const std::string line, take_line());
    TRY_ASSIGN(const std::optional<ObjectHeader> header,
               parse_cat_file_line(line, id));
    if (!header) return missing(id);
    return *header;
  }

  // The content after a header, and the newline that follows it.
  Result<Bytes> take_content(std::size_t size) {
    Bytes content(size);
    const std::size_t here = std::min(size, pending_.size());
    std::copy_n(pending_.begin(), here, content.begin());
    pending_.erase(0, here);
    for (std::size_t at = here; at < size;) {
      TRY_ASSIGN(const std::size_t got,
                 read_some(content.data() + at, size - at));
      at += got;
    }
    TRY_ASSIGN(const std::string end, take_line());
    if (!end.empty())
      return fail(ErrorKind::io, "git cat-file: content longer than it said");
    return content;
  }

 private:
  Result<std::string> take_line() {
    while (true) {
      const std::size_t newline = pending_.find('\n');
      if (newline != std::string::npos) {
        std::string line = pending_.substr(0, newline);
        pending_.erase(0, newline + 1);
        return line;
      }
      if (pending_.size() > limits::kHelperLine)
        return fail(ErrorKind::io, "git cat-file: a line is too long");
      std::array<std::uint8_t, 4096> chunk;
      TRY_ASSIGN(const std::size_t got, read_some(chunk.data(), chunk.size()));
      pending_.append(as_text(ByteView(chunk).first(got)));
    }
  }

  // At least one byte.
  Result<std::size_t> read_some(std::uint8_t* to, std::size_t size) {
    while (true) {
      const ssize_t got = ::read(process_.output(), to, size);
      if (got > 0) return static_cast<std::size_t>(got);
      if (got == 0) return fail(ErrorKind::io, "git cat-file ended early");
      if (errno != EINTR)
        return fail(ErrorKind::io, "git cat-file: ", errno_text(errno));
    }
  }

  ChildProcess process_;
  std::string pending_;
};

CatFileReader::CatFileReader(TemporaryDirectory folder, Git git,
                             ObjectFormat format)
    : folder_(std::move(folder)), git_(std::move(git)), format_(format) {}
CatFileReader::~CatFileReader() = default;

Result<std::unique_ptr<CatFileReader>> CatFileReader::open(
    const std::vector<std::string>& object_folders, ObjectFormat format) {
  TRY_ASSIGN(TemporaryDirectory folder, make_repository(format));
  const std::string path = folder.path().string();
  Git git =
      Git()
          .in_directory(path)
          .with("GIT_DIR", path)
          .in_quarantine(object_folders.at(0),
                         {object_folders.begin() + 1, object_folders.end()});
  return std::unique_ptr<CatFileReader>(
      new CatFileReader(std::move(folder), std::move(git), format));
}

Result<ObjectHeader> CatFileReader::header(const ObjectId& id) {
  if (headers_ == nullptr) {
    TRY_ASSIGN(ChildProcess process, git_.start({"cat-file", "--batch-check"}));
    headers_ = std::make_unique<Child>(std::move(process));
  }
  Result<ObjectHeader> header = headers_->ask(id);
  if (!header.ok() && header.error().kind != ErrorKind::incomplete)
    headers_.reset();
  return header;
}

Result<Object> CatFileReader::read(const ObjectId& id, std::size_t limit) {
  if (contents_ == nullptr) {
    TRY_ASSIGN(ChildProcess process, git_.start({"cat-file", "--batch"}));
    contents_ = std::make_unique<Child>(std::move(process));
  }
  const Result<ObjectHeader> head = contents_->ask(id);
  if (!head.ok()) {
    if (head.error().kind != ErrorKind::incomplete) contents_.reset();
    return head.error();
  }
  // The content is on its way already: it goes with the child.
  if (head->size > limit) {
    contents_.reset();
    return fail(ErrorKind::invalid_input, "object ", id.to_hex(), " has ",
                head->size, " bytes, more than the limit of ", limit);
  }
  Result<Bytes> content =
      contents_->take_content(static_cast<std::size_t>(head->size));
  if (!content.ok()) {
    contents_.reset();
    return content.error();
  }
  TRY_ASSIGN(const ObjectId name, name_of(head->type, *content));
  if (name != id)
    return fail(ErrorKind::io, "object ", id.to_hex(),
                ": its content does not fit its name");
  return Object{head->type, std::move(*content)};
}

Result<ObjectId> CatFileReader::name_of(ObjectType type, ByteView content) {
  return name_object(format_, type, content);
}

}  // namespace sigstore::git
