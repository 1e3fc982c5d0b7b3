// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/directory_content.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/statement.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::DirectoryContent;
using sigstore::ErrorKind;
using sigstore::Manifest;
using sigstore::Method;
using sigstore::Parameters;
using sigstore::Result;
using sigstore::Selection;

namespace {

using Names = std::vector<std::string>;

Result<Manifest> manifest_of(const std::filesystem::path& path,
                             const Parameters& parameters = {},
                             const Selection& selection = {}) {
  DirectoryContent content(path);
  return content.manifest(parameters, selection);
}

Manifest must_manifest(const std::filesystem::path& path,
                       const Parameters& parameters = {},
                       const Selection& selection = {}) {
  auto manifest = manifest_of(path, parameters, selection);
  REQUIRE(works(manifest));
  return std::move(*manifest);
}

Names names_of(const Manifest& manifest) {
  Names names;
  for (const auto& resource : manifest.resources)
    names.push_back(resource.name);
  return names;
}

Selection without(std::string_view path) {
  Selection selection;
  REQUIRE(works(selection.exclusions.add(path)));
  return selection;
}

Parameters shards_of(std::int64_t size) {
  Parameters parameters;
  parameters.method = Method::shards;
  parameters.shard_size = size;
  return parameters;
}

Parameters with_links() {
  Parameters parameters;
  parameters.allow_symlinks = true;
  return parameters;
}

void make_socket(const std::filesystem::path& path) {
  const sigstore::FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  REQUIRE(name.size() < sizeof address.sun_path);
  std::copy(name.begin(), name.end(), address.sun_path);
  REQUIRE(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
               sizeof address) == 0);
}

// Root may read everything: it is somebody else as long as this lives.
class Unprivileged {
 public:
  explicit Unprivileged(const TempFolder& folder) : was_root_(geteuid() == 0) {
    constexpr uid_t kNobody = 65534;
    using std::filesystem::perms;
    std::filesystem::permissions(folder.path(),
                                 perms::others_read | perms::others_exec |
                                     perms::group_read | perms::group_exec,
                                 std::filesystem::perm_options::add);
    if (was_root_) REQUIRE(seteuid(kNobody) == 0);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (was_root_ && seteuid(0) != 0) std::abort();
  }

 private:
  bool was_root_;
};

}  // namespace

TEST_CASE("the files of the worked example have its digests and root",
          "[manifest]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Manifest manifest = must_manifest(folder.path());
  REQUIRE(names_of(manifest) == Names{"config.json", "sub/a.bin", "w.bin"});
  CHECK(manifest.resources[0].digest.to_hex() ==
        "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356");
  CHECK(manifest.resources[1].digest.to_hex() ==
        "1f825aa2f0020ef7cf91dfa30da4668d791c5d4824fc8e41354b89ec05795ab3");
  CHECK(manifest.resources[2].digest.to_hex() ==
        "f60c5231352b54c297ca9c2b065cdb9db874b57c5fa2cdce51f27d5dc498214e");
  CHECK(sigstore::root_digest(manifest.resources).to_hex() ==
        "e5b078ee4459e063176a86863b7a6a5d8893ff594665d1fcf63a36e5d8923821");
  CHECK(manifest.total_size == 39);
}

TEST_CASE("the shards of the worked example have its digests and root",
          "[manifest]") {
  const TempFolder folder;
  write_demo_model(folder);
  const Manifest manifest = must_manifest(folder.path(), shards_of(8));
  const std::vector<std::pair<std::string, std::string>> expected{
      {"config.json:0:3",
       "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"},
      {"sub/a.bin:0:8",
       "8a851ff82ee7048ad09ec3847f1ddf44944104d2cbd17ef4e3db22c6785a0d45"},
      {"sub/a.bin:8:10",
       "73907589101a7e8ab83178e7db2997aab7272cd02d364e8e3ecc2beccda4b631"},
      {"w.bin:0:8",
       "924592b9b103f14f833faafb67f480691f01988aa457c0061769f58cd47311bc"},
      {"w.bin:16:24",
       "4f1abda2db98fdbd8409090fcb0b90bb9c8c78c0473a6eefeefa3fe75545e56f"},
      {"w.bin:24:26",
       "9a526bb7420e1c78eab1106a3238449735c3510cbf1d60bd1de8a3ee5358dd06"},
      {"w.bin:8:16",
       "a87079b62b3a276a055fc3edcd63b6de45a9876a03531f491983e763da34667a"}};
  REQUIRE(manifest.resources.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(manifest.resources[i].name == expected[i].first);
    CHECK(manifest.resources[i].digest.to_hex() == expected[i].second);
  }
  CHECK(sigstore::root_digest(manifest.resources).to_hex() ==
        "c6cf523f980659df51f71bfc01133f109ca08bdbe999c3dc8b1252741472d098");
}

TEST_CASE("a model has at most a million shards", "[manifest]") {
  const TempFolder folder;
  folder.write("w", "");
  std::filesystem::resize_file(folder.path() / "w", 1'000'001);
  CHECK(refuses(manifest_of(folder.path(), shards_of(1)),
                ErrorKind::unsupported, "use a larger --shard-size"));
}

TEST_CASE("shards without a size are refused", "[manifest]") {
  const TempFolder folder;
  folder.write("w", "12345678");
  for (const std::int64_t size : {0, -8})
    CHECK(refuses(manifest_of(folder.path(), shards_of(size)),
                  ErrorKind::invalid_input, "shards need a size"));
}

TEST_CASE("a file of a whole number of shards has no empty one", "[manifest]") {
  const TempFolder folder;
  folder.write("f", std::string(16, 'x'));
  folder.write("g", std::string(8, 'x'));
  CHECK(names_of(must_manifest(folder.path(), shards_of(8))) ==
        Names{"f:0:8", "f:8:16", "g:0:8"});
}

TEST_CASE("an empty file is a file and no shard", "[manifest]") {
  const TempFolder folder;
  folder.write("empty", "");
  const Manifest manifest = must_manifest(folder.path());
  REQUIRE(names_of(manifest) == Names{"empty"});
  CHECK(manifest.resources[0].digest.to_hex() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(must_manifest(folder.path(), shards_of(8)).resources.empty());
}

TEST_CASE("hidden files and folders are covered", "[manifest]") {
  const TempFolder folder;
  folder.write(".hidden", "1");
  folder.write(".config/x", "2");
  folder.write("sub/.git/config", "3");
  folder.write("sub/.gitignore", "4");
  folder.write(".gitmodules", "5");
  CHECK(names_of(must_manifest(folder.path())) ==
        Names{".config/x", ".gitmodules", ".hidden", "sub/.git/config",
              "sub/.gitignore"});
}

TEST_CASE("git's own files at the top are not covered", "[manifest]") {
  const TempFolder folder;
  folder.write(".git/config", "1");
  folder.write(".gitignore", "2");
  folder.write(".gitattributes", "3");
  folder.write(".github/workflows/x.yml", "4");
  folder.write("a", "5");
  CHECK(names_of(must_manifest(folder.path())) == Names{"a"});
}

TEST_CASE("names of every kind are covered as they are", "[manifest]") {
  const TempFolder folder;
  const Names names{"a b",     "a\nb",     "a:b:0:5", "back\\slash",
                    "quote\"", "\xc3\xa9", "-dash"};
  for (const std::string& name : names) folder.write(name, name);
  Names sorted = names;
  std::sort(sorted.begin(), sorted.end());
  CHECK(names_of(must_manifest(folder.path())) == sorted);
}

TEST_CASE("folders leave no trace, a model without files cannot be signed",
          "[manifest]") {
  const TempFolder folder;
  folder.make_folder("a/b/c");
  const Manifest manifest = must_manifest(folder.path());
  CHECK(manifest.resources.empty());
  CHECK(refuses(sigstore::write_statement(manifest, "m", std::nullopt),
                ErrorKind::invalid_input, "there is no file to sign"));
}

TEST_CASE("what is excluded is not looked at, whatever it is", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  folder.make_fifo("x");
  CHECK(names_of(must_manifest(folder.path(), {}, without("x"))) == Names{"a"});
  std::filesystem::remove(folder.at("x"));
  folder.link("x", "a");
  CHECK(names_of(must_manifest(folder.path(), {}, without("x"))) == Names{"a"});
}

TEST_CASE("a FIFO is unsafe_tree and not waited for", "[manifest]") {
  const TempFolder folder;
  folder.make_folder("sub");
  folder.make_fifo("sub/pipe");
  CHECK(refuses(manifest_of(folder.path()), ErrorKind::unsafe_tree,
                "sub/pipe is neither a file nor a folder"));
}

TEST_CASE("a socket is unsafe_tree", "[manifest]") {
  const TempFolder folder;
  make_socket(folder.at("sock"));
  CHECK(refuses(manifest_of(folder.path()), ErrorKind::unsafe_tree,
                "sock is neither a file nor a folder"));
}

TEST_CASE("a symbolic link is unsafe_tree where links are not allowed",
          "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  folder.link("sub/link", "../a");
  CHECK(refuses(manifest_of(folder.path()), ErrorKind::unsafe_tree,
                "sub/link is a symbolic link"));
}

TEST_CASE("an allowed link has its own name and its target's content",
          "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  folder.link("link", "a");
  const Manifest manifest = must_manifest(folder.path(), with_links());
  REQUIRE(names_of(manifest) == Names{"a", "link"});
  CHECK(manifest.resources[0].digest == manifest.resources[1].digest);
}

TEST_CASE("a link to a folder is refused even where links are allowed",
          "[manifest]") {
  const TempFolder folder;
  folder.write("real/a", "1");
  folder.link("link", "real");
  CHECK(refuses(manifest_of(folder.path(), with_links()),
                ErrorKind::unsafe_tree, "link is a symbolic link to a folder"));
}

TEST_CASE("a link to its own parent is refused", "[manifest]") {
  const TempFolder folder;
  folder.link("loop", ".");
  CHECK(refuses(manifest_of(folder.path(), with_links()),
                ErrorKind::unsafe_tree, "loop is a symbolic link to a folder"));
}

TEST_CASE("a dangling link is refused even where links are allowed",
          "[manifest]") {
  const TempFolder folder;
  folder.link("link", "absent");
  CHECK(refuses(manifest_of(folder.path(), with_links()), ErrorKind::not_found,
                "cannot follow link"));
}

TEST_CASE("an allowed link to a FIFO is refused", "[manifest]") {
  const TempFolder folder;
  const TempFolder outside;
  folder.link("link", outside.make_fifo("pipe"));
  CHECK(refuses(manifest_of(folder.path(), with_links()),
                ErrorKind::unsafe_tree, "link is neither"));
}

TEST_CASE("a name that is not valid UTF-8 is unsafe_tree and escaped",
          "[manifest]") {
  const TempFolder folder;
  folder.write("sub/a\xff", "1");
  CHECK(refuses(manifest_of(folder.path()), ErrorKind::unsafe_tree,
                "sub/a\\xff is not valid UTF-8"));
}

TEST_CASE("a file that may not be read is an error", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  const auto secret = folder.write("secret", "2");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  const Unprivileged nobody(folder);
  CHECK(refuses(manifest_of(folder.path()), ErrorKind::io, "secret"));
}

TEST_CASE("a folder that may not be listed is an error", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  const auto closed = folder.make_folder("closed");
  std::filesystem::permissions(closed, std::filesystem::perms::none);
  {
    const Unprivileged nobody(folder);
    CHECK(refuses(manifest_of(folder.path()), ErrorKind::io,
                  "cannot open closed"));
  }
  std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
}

TEST_CASE("files that may be listed and not looked at are an error",
          "[manifest]") {
  const TempFolder folder;
  folder.write("half/a", "1");
  const auto half = folder.path() / "half";
  using std::filesystem::perms;
  std::filesystem::permissions(
      half, perms::owner_read | perms::group_read | perms::others_read);
  {
    const Unprivileged nobody(folder);
    CHECK(refuses(manifest_of(folder.path()), ErrorKind::io,
                  "cannot look at half/a"));
  }
  std::filesystem::permissions(half, perms::owner_all);
}

TEST_CASE("a list that breaks off is an error and no shorter list",
          "[manifest]") {
  // Linux lists no network of a process that has ended: EINVAL.
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) ==
          0);
  const std::string folder = "/proc/" + std::to_string(child) + "/net";
  CHECK(refuses(manifest_of(folder), ErrorKind::io, "cannot list ."));
  waitpid(child, nullptr, 0);
}

TEST_CASE("without a free file descriptor nothing is listed", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  // The sanitizer needs descriptors the first time it meets a type.
  REQUIRE(works(manifest_of(folder.path())));
  REQUIRE_FALSE(sigstore::errno_text(EMFILE).empty());
  const int next = open(folder.path().c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(next >= 0);
  close(next);
  rlimit usual{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &usual) == 0);
  rlimit tight = usual;
  // Enough for the folder, not for what lists it.
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
  const auto refused = manifest_of(folder.path());
  tight.rlim_cur = static_cast<rlim_t>(next);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
  const auto closed = manifest_of(folder.path());
  REQUIRE(setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(refuses(refused, ErrorKind::io, "cannot list"));
  CHECK(refuses(closed, ErrorKind::io, "cannot open"));
}

TEST_CASE("folders nested too deep are refused", "[manifest]") {
  const TempFolder folder;
  std::string path;
  for (int i = 0; i < 130; ++i) path += "d/";
  folder.write(path + "f", "1");
  CHECK(refuses(manifest_of(folder.path()), ErrorKind::unsafe_tree,
                "nested too deep"));
}

TEST_CASE("a model that does not exist is not_found", "[manifest]") {
  const TempFolder folder;
  CHECK(refuses(manifest_of(folder.at("absent")), ErrorKind::not_found,
                "absent does not exist"));
}

TEST_CASE("a model that is a link is refused unless links are allowed",
          "[manifest]") {
  const TempFolder folder;
  folder.write("real/a", "1");
  folder.link("link", "real");
  CHECK(refuses(manifest_of(folder.at("link")), ErrorKind::unsafe_tree,
                "link is a symbolic link"));
  CHECK(names_of(must_manifest(folder.at("link"), with_links())) == Names{"a"});
}

TEST_CASE("a model that is a FIFO is refused", "[manifest]") {
  const TempFolder folder;
  CHECK(refuses(manifest_of(folder.make_fifo("pipe")), ErrorKind::unsafe_tree,
                "pipe is neither a file nor a folder"));
}

TEST_CASE("a model that is one file has its base name", "[manifest]") {
  const TempFolder folder;
  const auto path = folder.write("sub/weights.bin", "abc");
  folder.write("sub/other", "x");
  CHECK(DirectoryContent(path).single_file_name() == "weights.bin");
  CHECK(DirectoryContent(folder.path()).single_file_name().empty());
  const Manifest manifest = must_manifest(path);
  REQUIRE(names_of(manifest) == Names{"weights.bin"});
  CHECK(manifest.resources[0].digest.to_hex() ==
        sigstore::sha256(sigstore::as_bytes("abc")).to_hex());
}

TEST_CASE("only the paths asked for are looked at", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  folder.write("sub/b", "2");
  folder.write("sub/c", "3");
  folder.make_fifo("pipe");
  folder.link("link", "a");
  Selection selection;
  selection.only = {"a", "sub/b", "absent"};
  CHECK(names_of(must_manifest(folder.path(), {}, selection)) ==
        Names{"a", "sub/b"});
}

TEST_CASE("a path asked for that is a link is refused", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  folder.link("link", "a");
  Selection selection;
  selection.only = {"link"};
  CHECK(refuses(manifest_of(folder.path(), {}, selection),
                ErrorKind::unsafe_tree, "link is a symbolic link"));
}

TEST_CASE("other hashes are computed", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "abc");
  Parameters parameters;
  parameters.hash_type = sigstore::HashAlgorithm::blake2b;
  CHECK(must_manifest(folder.path(), parameters)
            .resources[0]
            .digest.to_hex()
            .starts_with("ba80a53f981c4d0d"));
  parameters.hash_type = sigstore::HashAlgorithm::blake3;
  CHECK(must_manifest(folder.path(), parameters)
            .resources[0]
            .digest.to_hex()
            .starts_with("6437b3ac38465133"));
}

TEST_CASE("the parameters are copied into the manifest", "[manifest]") {
  const TempFolder folder;
  folder.write("a", "1");
  Parameters parameters;
  parameters.ignore_paths = {"a"};  // recorded, not applied
  const Manifest manifest = must_manifest(folder.path(), parameters);
  CHECK(names_of(manifest) == Names{"a"});
  CHECK(manifest.parameters.ignore_paths == Names{"a"});
}

TEST_CASE("progress is told with the size of the whole", "[manifest]") {
  const TempFolder folder;
  folder.write("a", std::string(1000, 'x'));
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  DirectoryContent content(folder.path(),
                           [&](std::uint64_t now, std::uint64_t all) {
                             done = now;
                             total = all;
                           });
  REQUIRE(works(content.manifest({}, {})));
  CHECK(done == 1000);
  CHECK(total == 1000);
}
