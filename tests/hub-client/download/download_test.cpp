// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/download.h"

#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "core/crypto/message_digest.h"
#include "core/http/curl_stream_client.h"
#include "hub-client/download/partial_file.h"
#include "tests/core/refuses.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::concat;
using sigstore::ErrorKind;
using sigstore::Result;
using sigstore::http::CurlStreamClient;
using sigstore::http::Response;
using sigstore::hub::ContentRequest;
using sigstore::hub::ContentSource;
using sigstore::hub::download;
using sigstore::hub::DownloadOptions;
using sigstore::hub::DownloadProgress;
using sigstore::hub::DownloadReport;
using sigstore::hub::PartialFile;
using sigstore::hub::WantedFile;
using std::chrono::milliseconds;

namespace {

namespace fs = std::filesystem;
using Answer = RawServer::Answer;
using Request = RawServer::Request;

constexpr std::size_t kBlock = 64 * 1024;

std::string content_of(std::size_t size, unsigned seed = 1) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>((i * 31 + i / 251 + seed) & 0xFFU);
  return text;
}

// "bytes=0-9" as a part of `content`, in an answer.
Answer part_of(const std::string& content, const Request& request) {
  Answer answer;
  const std::string range = request.header("range");
  if (range.empty()) {
    answer.body = content;
    return answer;
  }
  const std::size_t start = std::stoul(range.substr(6));
  const std::size_t end = std::stoul(range.substr(range.find('-') + 1)) + 1;
  answer.status = 206;
  answer.headers = {concat("Content-Range: bytes ", start, "-", end - 1, "/",
                           content.size())};
  answer.body = content.substr(start, end - start);
  return answer;
}

Answer status(int code, std::vector<std::string> headers = {}) {
  Answer answer;
  answer.status = code;
  answer.headers = std::move(headers);
  return answer;
}

// Says the length of `answer`, and sends `body` in a coding that counts more
// (RFC 9112 6.3).
Answer chunked(Answer answer, const std::string& body) {
  answer.declared = answer.body.size();
  answer.headers.push_back("Transfer-Encoding: chunked");
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", body.size());
  answer.body = body.empty() ? "" : size.data() + body + "\r\n";
  answer.body += "0\r\n\r\n";
  return answer;
}

// A Hub that sends everybody to a content server of another origin, which does
// not want to see tokens. What either says can be changed by a test.
class Hub : public ContentSource {
 public:
  using Rule = std::function<std::optional<Answer>(const Request&)>;

  Hub()
      : cdn_([this](const Request& request) { return serve(request); }),
        hub_([this](const Request& request) { return locate(request); }) {}

  void add(const std::string& path, std::string content) {
    files_[path] = std::move(content);
  }
  // Asked before anything else is looked at; nothing: as usual.
  Rule on_content = [](const Request&) { return std::nullopt; };
  Rule on_locate = [](const Request&) { return std::nullopt; };

  int located(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return located_[path];
  }
  std::set<std::string> ranges() {
    const std::lock_guard lock(mutex_);
    return ranges_;
  }
  std::size_t connections() const { return cdn_.connections(); }
  std::size_t hub_connections() const { return hub_.connections(); }
  std::string cdn_url() const { return cdn_.url(""); }

  Result<ContentRequest> first(std::size_t file) const override {
    return ContentRequest{hub_.url("/resolve/" + names[file]),
                          {{"Authorization", "Bearer secret"}}};
  }
  Result<ContentRequest> follow(std::size_t, const ContentRequest& asked,
                                std::string_view location) const override {
    if (location.starts_with('/'))
      return ContentRequest{hub_.url(std::string(location)), asked.headers};
    return ContentRequest{std::string(location), {}};
  }
  sigstore::Error refusal(std::size_t file, const ContentRequest&,
                          const Response& answer) const override {
    return sigstore::fail(answer.status == 429 || answer.status >= 500
                              ? ErrorKind::network
                              : ErrorKind::unauthorized,
                          names[file], ": status ", answer.status);
  }
  std::vector<std::string> names;

 private:
  Answer serve(const Request& request) {
    if (!request.header("authorization").empty()) return status(400);
    {
      const std::lock_guard lock(mutex_);
      ranges_.insert(request.path + " " + request.header("range"));
    }
    if (const auto answer = on_content(request)) return *answer;
    const std::string path = request.path.substr(1, request.path.find('?') - 1);
    if (!files_.contains(path)) return status(404);
    return part_of(files_[path], request);
  }
  Answer locate(const Request& request) {
    if (request.header("authorization") != "Bearer secret") return status(401);
    const std::string path = request.path.substr(request.path.rfind('/') + 1);
    int count = 0;
    {
      const std::lock_guard lock(mutex_);
      if (request.path.starts_with("/resolve/")) count = ++located_[path];
    }
    if (const auto answer = on_locate(request)) return *answer;
    if (request.path.starts_with("/cache/"))
      return part_of(files_[path], request);
    return status(
        302, {"Location: " + cdn_.url(concat("/", path, "?signed=", count))});
  }

  std::mutex mutex_;
  std::map<std::string, std::string> files_;
  std::map<std::string, int> located_;
  std::set<std::string> ranges_;
  RawServer cdn_;
  RawServer hub_;
};

// A download of all that the Hub has, into a folder.
struct Download {
  explicit Download(Hub& from) : hub(from) {
    options.plan = {kBlock, kBlock, 2};
    options.first_wait = milliseconds(5);
    options.longest_wait = milliseconds(20);
    options.stall_timeout = std::chrono::seconds(20);
    options.checkpoint = milliseconds(5);
    options.connections.tick = milliseconds(20);
  }

  void want(const std::string& path, std::string content) {
    WantedFile file;
    file.path = path;
    file.size = content.size();
    file.expected.sha256 = sigstore::sha256(as_bytes(content));
    file.etag = file.expected.sha256->to_hex();
    file.partial = folder.at(file.etag.substr(0, 16) + path + ".incomplete");
    wanted.push_back(std::move(file));
    hub.names.push_back(path);
    hub.add(path, std::move(content));
  }

  Result<DownloadReport> run() {
    auto client = CurlStreamClient::create();
    REQUIRE(works(client));
    return download(**client, wanted, hub, finished, options);
  }

  bool is_here(const std::string& path, const std::string& content) const {
    return fs::exists(folder.at(path)) && folder.read(path) == content;
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(
        fs::directory_iterator(folder.path()), fs::directory_iterator()));
  }

  Hub& hub;
  TempFolder folder;
  std::vector<WantedFile> wanted;
  DownloadOptions options;
  std::atomic<int> inside = 0;
  std::atomic<bool> two_at_once = false;
  milliseconds lingers{0};
  sigstore::hub::Finished finished = [this](std::size_t file,
                                            const fs::path& partial) {
    if (++inside > 1) two_at_once = true;
    std::this_thread::sleep_for(lingers);
    fs::rename(partial, folder.at(wanted[file].path));
    --inside;
    return Result<void>();
  };
};

}  // namespace

TEST_CASE("files of all sizes arrive", "[download]") {
  Hub hub;
  Download job(hub);
  std::map<std::string, std::string> contents;
  const std::vector<std::size_t> sizes{
      0, 1, 100, kBlock, kBlock + 1, 10 * kBlock, 50 * kBlock + 77};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    contents[concat("f", i)] = content_of(sizes[i], static_cast<unsigned>(i));
  for (const auto& [path, content] : contents) job.want(path, content);
  std::vector<DownloadProgress> seen;
  job.options.progress = [&](const DownloadProgress& progress) {
    seen.push_back(progress);
  };
  const auto report = job.run();
  REQUIRE(works(report));
  for (const auto& [path, content] : contents)
    CHECK(job.is_here(path, content));
  CHECK(job.files() == contents.size());
  std::uint64_t total = 0;
  for (const std::size_t size : sizes) total += size;
  CHECK(report->fetched == total);
  CHECK(report->resumed == 0);
  CHECK(report->files == sizes.size());
  CHECK(report->retries == 0);
  CHECK(report->connections >= 4);
  CHECK(report->connections <= 16);
  REQUIRE_FALSE(seen.empty());
  CHECK(seen.back().done == total);
  CHECK(seen.back().total == total);
  CHECK(seen.back().files_done == sizes.size());
  // Located once each, and never with a Range for small ones.
  CHECK(hub.located("f0") == 0);
  CHECK(hub.located("f6") == 1);
  CHECK(hub.ranges().contains("/f2?signed=1 "));
  CHECK(hub.ranges().contains("/f5?signed=1 bytes=0-65535"));
}

TEST_CASE("relative redirects are followed with the token", "[download]") {
  Hub hub;
  Download job(hub);
  for (int i = 0; i < 200; ++i) job.want(concat("f", i), content_of(300));
  for (std::size_t i = 0; i < job.wanted.size(); ++i)
    job.wanted[i].partial += std::to_string(i);
  job.lingers = milliseconds(1);
  hub.on_locate = [](const Request& request) -> std::optional<Answer> {
    if (!request.path.starts_with("/resolve/")) return std::nullopt;
    return status(307, {"Location: /cache/" + request.path.substr(9)});
  };
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(report->files == 200);
  CHECK(hub.located("f7") == 1);
  CHECK(hub.connections() == 0);
  // Two requests a file, over connections that stay.
  CHECK(hub.hub_connections() <= 16);
  CHECK_FALSE(job.two_at_once);
  CHECK(report->connections == 16);
}

TEST_CASE("what differs is refused, named and removed", "[download]") {
  Hub hub;
  Download job(hub);
  const std::size_t size = GENERATE(1000UL, 5 * kBlock);
  const std::string content = content_of(size);
  job.want("weights", content);
  std::string other = content;
  other[size - 1] = static_cast<char>(other[size - 1] + 1);
  hub.add("weights", other);
  const auto report = job.run();
  CHECK(refuses(report, ErrorKind::content_differs,
                "weights: its sha256 is " +
                    sigstore::sha256(as_bytes(other)).to_hex() + ", expected " +
                    sigstore::sha256(as_bytes(content)).to_hex()));
  CHECK(job.files() == 0);
}

TEST_CASE("a listing that contradicts the signature asks nobody",
          "[download]") {
  Hub hub;
  Download job(hub);
  // More than are asked for at once.
  for (unsigned i = 0; i < 30; ++i) job.want(concat("f", i), content_of(10, i));
  job.want("weights", content_of(1000));
  job.wanted.back().expected.resources = {
      {"weights", sigstore::sha256(as_bytes("other"))}};
  CHECK(refuses(job.run(), ErrorKind::content_differs, "was signed"));
  CHECK(hub.located("f0") == 0);
  CHECK(hub.located("weights") == 0);
  CHECK(job.files() == 0);
}

TEST_CASE("a file of another size than listed ends it", "[download]") {
  Hub hub;
  Download job(hub);
  const std::size_t size = GENERATE(1000UL, 5 * kBlock);
  job.want("weights", content_of(size));
  hub.add("weights", content_of(size + 1));
  CHECK(refuses(job.run(), ErrorKind::content_differs,
                concat("weights: it has ", size + 1, " bytes there")));
}

TEST_CASE("answers that do not fit are never content", "[download]") {
  const std::string content = content_of(5 * kBlock);
  std::string phrase;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  job.options.retries = 1;
  SECTION("another range") {
    hub.on_content = [&](const Request& request) -> std::optional<Answer> {
      Answer answer = part_of(content, request);
      answer.headers = {
          concat("Content-Range: bytes 1-", kBlock, "/", content.size())};
      return answer;
    };
    phrase = "another range";
  }
  SECTION("too long") {
    hub.on_content = [&](const Request& request) -> std::optional<Answer> {
      Answer answer = part_of(content, request);
      answer.body += "more";
      return answer;
    };
    phrase = "its length";
  }
  SECTION("shorter than it says") {
    hub.on_content = [&](const Request& request) -> std::optional<Answer> {
      return chunked(part_of(content, request), "");
    };
    phrase = "the answer ended after 0 of 65536 bytes";
  }
  SECTION("encoded") {
    hub.on_content = [&](const Request& request) -> std::optional<Answer> {
      Answer answer = part_of(content, request);
      answer.headers.push_back("Content-Encoding: gzip");
      return answer;
    };
    phrase = "it is encoded";
  }
  SECTION("beyond the end") {
    hub.on_content = [&](const Request&) -> std::optional<Answer> {
      return status(416);
    };
    phrase = "status 416";
  }
  CHECK(refuses(job.run(), ErrorKind::network, "weights: "));
  CHECK(refuses(job.run(), ErrorKind::network, phrase));
  CHECK_FALSE(fs::exists(job.folder.at("weights")));
}

TEST_CASE("what comes after a block is not written", "[download]") {
  const std::string content = content_of(5 * kBlock);
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  job.options.retries = 20;
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    const Answer answer = part_of(content, request);
    return chunked(answer, answer.body + "more");
  };
  const auto report = job.run();
  // As the network delivers it, with the last byte of a block or after it.
  if (report.ok()) {
    CHECK(job.is_here("weights", content));
    CHECK(report->retries > 0);
  } else {
    CHECK(refuses(report, ErrorKind::network,
                  "more bytes came than were asked for"));
  }
}

TEST_CASE("a server that ignores ranges sends it in one stream", "[download]") {
  const std::string content = content_of(20 * kBlock);
  std::atomic<int> whole = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    Answer answer;
    answer.body = content;
    // The first one breaks, and what came of it is not lost.
    if (request.header("range").empty() && ++whole == 1)
      answer.cut = 10 * kBlock;
    return answer;
  };
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(whole == 2);
  CHECK(report->fetched == content.size());
}

TEST_CASE("broken answers go on from the last byte", "[download]") {
  const std::string content = content_of(30 * kBlock);
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    Answer answer = part_of(content, request);
    if (++answers % 3 == 0) answer.cut = answer.body.size() / 2;
    return answer;
  };
  job.options.retries = 20;
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(report->fetched == content.size());
  CHECK(report->retries > 0);
}

TEST_CASE("who never answers well is asked so often and no more",
          "[download]") {
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content_of(1000));
  hub.on_content = [&](const Request&) -> std::optional<Answer> {
    ++answers;
    return status(503);
  };
  CHECK(refuses(job.run(), ErrorKind::network, "weights: status 503"));
  CHECK(answers == 6);
}

TEST_CASE("what fails at the same time counts once", "[download]") {
  const std::string content = content_of(40 * kBlock);
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  job.options.retries = 1;
  job.options.connections.first = 8;
  hub.on_content = [&](const Request&) -> std::optional<Answer> {
    const int number = ++answers;
    if (number < 2 || number > 9) return std::nullopt;
    // Eight of them at once.
    const auto until = std::chrono::steady_clock::now() + milliseconds(10'000);
    while (answers < 9 && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    return status(503);
  };
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(report->retries == 1);
}

TEST_CASE("an answer that stands still is asked for again", "[download]") {
  const std::string content = content_of(8 * kBlock);
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    Answer answer = part_of(content, request);
    if (++answers == 2) {
      answer.cut = 1000;
      answer.stall = true;
    }
    return answer;
  };
  job.options.stall_timeout = milliseconds(300);
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(report->retries == 1);
  CHECK(report->fetched == content.size());
}

TEST_CASE("a server that asks us to wait is not asked sooner", "[download]") {
  std::atomic<int> refused = 0;
  std::atomic<int> too_many = 1;
  std::atomic<std::int64_t> until = 0;
  std::atomic<bool> early = false;
  Hub hub;
  Download job(hub);
  for (unsigned i = 0; i < 40; ++i)
    job.want(concat("f", i), content_of(1000, i));
  const auto now = [] {
    return std::chrono::steady_clock::now().time_since_epoch() /
           milliseconds(1);
  };
  hub.on_locate = [&](const Request& request) -> std::optional<Answer> {
    if (refused.fetch_add(1) == 0) {
      until = now() + 900;
      return status(429, {"Retry-After: 1"});
    }
    // Those that were on their way get the same; later ones come too early.
    const std::int64_t left = until - now();
    if (left > 700) {
      ++too_many;
      return status(429, {"Retry-After: 1"});
    }
    if (left > 0) early = true;
    static_cast<void>(request);
    return std::nullopt;
  };
  std::vector<milliseconds> told;
  job.options.asked = [&](milliseconds wait) { told.push_back(wait); };
  const auto report = job.run();
  REQUIRE(works(report));
  // In one line, however many were answered so.
  CHECK(told == std::vector<milliseconds>{milliseconds(1000)});
  CHECK(report->files == 40);
  CHECK(report->retries > 0);
  CHECK_FALSE(early);
  // No more than were on their way.
  CHECK(too_many <= 16);
  hub.on_locate = [](const Request&) -> std::optional<Answer> {
    return status(429, {"Retry-After: 3600"});
  };
  CHECK(refuses(job.run(), ErrorKind::network, "status 429"));
}

TEST_CASE("an expired URL is asked for again", "[download]") {
  const std::string content = content_of(40 * kBlock);
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  const int code = GENERATE(403, 400);
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    const bool expired = ++answers > 10;
    if (expired && request.path.ends_with("signed=1")) return status(code);
    return std::nullopt;
  };
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(hub.located("weights") == 2);
  CHECK(report->fetched == content.size());
}

TEST_CASE("a server that forbids requests side by side gets one at a time",
          "[download]") {
  const std::string content = content_of(40 * kBlock);
  std::atomic<int> inside = 0;
  std::atomic<int> forbidden = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  job.options.retries = 8;
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    if (inside.fetch_add(1) > 0) {
      --inside;
      ++forbidden;
      return status(403);
    }
    std::this_thread::sleep_for(milliseconds(2));
    --inside;
    return part_of(content, request);
  };
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(forbidden > 0);
  CHECK(report->retries <= 4);
}

TEST_CASE("a no of the Hub itself ends it with the Hub's words", "[download]") {
  Hub hub;
  Download job(hub);
  job.want("weights", content_of(1000));
  hub.on_locate = [](const Request&) -> std::optional<Answer> {
    return status(403);
  };
  CHECK(refuses(job.run(), ErrorKind::unauthorized, "weights: status 403"));
  CHECK(hub.located("weights") == 1);
  CHECK(job.files() == 0);
}

TEST_CASE("redirects come to an end", "[download]") {
  Hub hub;
  Download job(hub);
  job.want("weights", content_of(1000));
  hub.on_locate = [](const Request& request) -> std::optional<Answer> {
    return status(302, {"Location: " + request.path});
  };
  CHECK(refuses(job.run(), ErrorKind::network, "more than 5 redirects"));
  CHECK(hub.located("weights") == 6);
}

TEST_CASE("what was stopped goes on where it was", "[download]") {
  const std::string content = content_of(60 * kBlock);
  std::atomic<bool> stop = false;
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  job.want("config", content_of(10));
  hub.on_content = [&](const Request& request) -> std::optional<Answer> {
    if (request.path.starts_with("/weights") && ++answers > 20) {
      stop = true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return std::nullopt;
  };
  job.options.stop = &stop;
  CHECK(refuses(job.run(), ErrorKind::incomplete, "stopped"));
  CHECK(fs::exists(PartialFile::sidecar_of(job.wanted[0].partial)));
  CHECK_FALSE(fs::exists(job.folder.at("weights")));
  job.options.stop = nullptr;
  hub.on_content = [](const Request&) { return std::nullopt; };
  const bool config_was_here = fs::exists(job.folder.at("config"));
  if (config_was_here) job.wanted.pop_back();
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(job.is_here("weights", content));
  CHECK(report->resumed >= 10 * kBlock);
  CHECK(report->resumed + report->fetched ==
        content.size() + (config_was_here ? 0 : 10));
  CHECK(job.files() == 2);
}

TEST_CASE("a partial that was damaged is fetched again, once", "[download]") {
  Hub hub;
  Download job(hub);
  const std::string content = content_of(10 * kBlock);
  job.want("weights", content);
  const bool honest = GENERATE(true, false);
  {
    auto partial = PartialFile::open(job.wanted[0].partial, job.wanted[0].etag,
                                     content.size());
    REQUIRE(works(partial));
    REQUIRE(works((*partial)->write_at(0, as_bytes("damaged"))));
    sigstore::hub::ByteRanges have;
    have.add({0, 3 * kBlock});
    have.add({5 * kBlock, 6 * kBlock});
    REQUIRE(works((*partial)->checkpoint(have)));
  }
  if (!honest) hub.add("weights", std::string(content.size(), 'x'));
  const auto report = job.run();
  if (honest) {
    REQUIRE(works(report));
    CHECK(job.is_here("weights", content));
    CHECK(report->resumed == 0);
    CHECK(report->fetched == 16 * kBlock);
    CHECK(job.files() == 1);
  } else {
    CHECK(refuses(report, ErrorKind::content_differs, "weights: its sha256"));
    CHECK(job.files() == 0);
  }
}

TEST_CASE("what is here whole is only hashed", "[download]") {
  Hub hub;
  Download job(hub);
  const std::string content = content_of(10 * kBlock);
  job.want("weights", content);
  int calls = 0;
  const auto finished = job.finished;
  job.finished = [&](std::size_t, const fs::path&) {
    ++calls;
    return Result<void>(sigstore::fail(ErrorKind::io, "no room for a link"));
  };
  CHECK(refuses(job.run(), ErrorKind::io, "weights: no room for a link"));
  CHECK(calls == 1);
  job.finished = finished;
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(report->fetched == 0);
  CHECK(report->resumed == content.size());
  CHECK(job.is_here("weights", content));
  CHECK(job.files() == 1);
}

TEST_CASE("a full disk ends it, and keeps what is there", "[download]") {
  const std::string content = content_of(40 * kBlock);
  std::atomic<int> answers = 0;
  Hub hub;
  Download job(hub);
  job.want("weights", content);
  job.want("zzz", content_of(10));
  // As good as full: what is beyond the limit cannot be written.
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  hub.on_content = [&](const Request&) -> std::optional<Answer> {
    if (++answers == 12) {
      rlimit full = before;
      full.rlim_cur = 8 * kBlock;
      setrlimit(RLIMIT_FSIZE, &full);
    }
    return std::nullopt;
  };
  signal(SIGXFSZ, SIG_IGN);
  const auto failed = job.run();
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(refuses(failed, ErrorKind::io, "cannot write "));
  CHECK(fs::exists(PartialFile::sidecar_of(job.wanted[0].partial)));
  hub.on_content = [](const Request&) { return std::nullopt; };
  if (fs::exists(job.folder.at("zzz"))) job.wanted.pop_back();
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(report->resumed > 0);
  CHECK(job.is_here("weights", content));
}

TEST_CASE("two of one name are refused before anything is asked",
          "[download]") {
  Hub hub;
  Download job(hub);
  job.want("a", content_of(10));
  job.want("b", content_of(10));
  job.wanted[1].partial = job.wanted[0].partial;
  CHECK(refuses(job.run(), ErrorKind::internal, "asked twice for"));
  CHECK(hub.located("a") == 0);
}

TEST_CASE("many files at once have few descriptors and connections",
          "[download]") {
  Hub hub;
  Download job(hub);
  const std::string content = content_of(2 * kBlock);
  for (unsigned i = 0; i < 600; ++i)
    job.want(concat("f", i), content_of(i % 7 == 0 ? 2 * kBlock : 50, i));
  const auto report = job.run();
  REQUIRE(works(report));
  CHECK(report->files == 600);
  CHECK(hub.connections() <= 20);
  CHECK(job.files() == 600);
  CHECK(fs::file_size(job.folder.at("f0")) == 2 * kBlock);
}
