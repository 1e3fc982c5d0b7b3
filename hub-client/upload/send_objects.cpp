// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/send_objects.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/file.h"
#include "core/http/asked_wait.h"
#include "core/http/url.h"

namespace sigstore::hub {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds kPoll{200};
// A store that has a part says so only when it has put it away.
constexpr std::chrono::seconds kStall{60};
constexpr std::chrono::seconds kLongestWait{60};

Result<FileDescriptor> open_unchanged(const std::filesystem::path& path,
                                      std::uint64_t size) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0)
    return fail(ErrorKind::io, "cannot read ", path.string(), ": ",
                errno_text(errno));
  if (!S_ISREG(status.st_mode) ||
      static_cast<std::uint64_t>(status.st_size) != size)
    return fail(ErrorKind::content_differs, path.string(),
                " changed while it was uploaded");
  return file;
}

// A request: an object, or a part of one.
struct Piece final : http::StreamSink {
  enum class State : std::uint8_t { waiting, running, done };

  std::size_t object = 0;
  std::size_t part = 0;  // its index; 0 for a whole object
  http::StreamRequest request;
  State state = State::waiting;
  int tried = 0;
  TimePoint not_before;
  FileDescriptor file;
  std::uint64_t bytes = 0;  // on their way
  http::Response head;
  std::optional<Result<void>> ended;

  Result<void> begin(const http::Response& answer) override {
    head = answer;
    return {};
  }
  Result<void> take(ByteView) override { return {}; }
  void sent(std::uint64_t total) override { bytes = total; }
  void end(Result<void> result) override { ended = std::move(result); }
};

class Sender {
 public:
  Sender(http::StreamClient& client, const std::vector<ObjectToSend>& objects,
         const SendOptions& options)
      : client_(client), objects_(objects), options_(options) {
    sent_.resize(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) plan(i);
  }

  Result<std::vector<SentObject>> run() {
    Result<void> result = loop();
    // Whoever is still running must not call a piece that is gone.
    for (const auto& [piece, id] : running_) client_.cancel(id);
    if (!result.ok()) return std::move(result).error();
    return std::move(sent_);
  }

 private:
  void plan(std::size_t index) {
    const LfsUpload& object = objects_[index].object;
    if (object.parts.empty()) {
      add(index, 0, object.upload->url, object.upload->headers, 0, object.size);
      return;
    }
    sent_[index].etags.resize(object.parts.size());
    for (std::size_t i = 0; i < object.parts.size(); ++i) {
      const std::uint64_t offset = i * object.part_size;
      add(index, i, object.parts[i].url, {}, offset,
          std::min(object.part_size, object.size - offset));
    }
  }

  void add(std::size_t object, std::size_t part, const std::string& url,
           const std::vector<http::Header>& headers, std::uint64_t offset,
           std::uint64_t length) {
    auto piece = std::make_unique<Piece>();
    piece->object = object;
    piece->part = part;
    piece->request.method = http::Method::put;
    piece->request.url = url;
    piece->request.headers = headers;
    piece->request.body = http::FilePart{-1, offset, length};
    piece->request.stall_timeout = kStall;
    pieces_.push_back(std::move(piece));
  }

  Result<void> loop() {
    while (true) {
      TRY(start_some());
      if (running_.empty() && !anything_waits()) return {};
      TRY(client_.poll(kPoll));
      TRY(collect());
      report();
    }
  }

  bool anything_waits() const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const auto& piece) {
      return piece->state == Piece::State::waiting &&
             !sent_[piece->object].expired;
    });
  }

  Result<void> start_some() {
    if (options_.now() < paused_until_) return {};
    for (const auto& piece : pieces_) {
      if (running_.size() >= options_.at_once) return {};
      if (piece->state != Piece::State::waiting ||
          sent_[piece->object].expired || piece->not_before > options_.now())
        continue;
      const ObjectToSend& object = objects_[piece->object];
      TRY_ASSIGN(piece->file, open_unchanged(object.file, object.object.size));
      piece->request.body->fd = piece->file.get();
      piece->state = Piece::State::running;
      piece->head = {};
      piece->ended.reset();
      ++piece->tried;
      running_.emplace_back(piece.get(), client_.start(piece->request, *piece));
    }
    return {};
  }

  Result<void> collect() {
    std::vector<Piece*> ended;
    for (const auto& [piece, id] : running_)
      if (piece->ended) ended.push_back(piece);
    std::erase_if(running_,
                  [](const auto& one) { return one.first->ended.has_value(); });
    for (Piece* piece : ended) {
      piece->file.reset();
      TRY(judge(*piece));
    }
    return {};
  }

  Result<void> judge(Piece& piece) {
    const int status = piece.head.status;
    const bool answered = piece.ended->ok();
    if (answered && status >= 200 && status <= 299) return accept(piece);
    piece.state = Piece::State::waiting;
    piece.bytes = 0;
    // Signed for a time that has passed, as S3 says it.
    if (answered && (status == 403 || status == 400)) {
      sent_[piece.object].expired = true;
      return {};
    }
    const bool may_pass = answered
                              ? status == 408 || status == 429 || status >= 500
                              : piece.ended->error().kind == ErrorKind::network;
    const std::optional<std::chrono::milliseconds> asked =
        answered ? http::asked_wait(piece.head) : std::nullopt;
    if (!may_pass || piece.tried >= options_.tries ||
        (asked && *asked > options_.longest_asked))
      return failure(piece);
    if (asked) {
      pause(*asked);
      return {};
    }
    const auto wait = options_.first_wait * (1U << (piece.tried - 1));
    piece.not_before = options_.now() +
                       std::min<std::chrono::milliseconds>(wait, kLongestWait);
    return {};
  }

  // Whoever limits us means all of our requests.
  void pause(std::chrono::milliseconds asked) {
    const TimePoint now = options_.now();
    if (now >= paused_until_ && options_.asked) options_.asked(asked);
    paused_until_ = std::max(paused_until_, now + asked);
  }

  Result<void> accept(Piece& piece) {
    piece.state = Piece::State::done;
    piece.bytes = piece.request.body->length;
    std::vector<std::string>& etags = sent_[piece.object].etags;
    if (etags.empty()) return {};
    etags[piece.part] = piece.head.header("ETag");
    if (etags[piece.part].empty())
      return fail(ErrorKind::network, http::origin_of(piece.request.url),
                  ": a part was taken without an ETag");
    return {};
  }

  Error failure(const Piece& piece) const {
    const std::string file = objects_[piece.object].file.string();
    if (!piece.ended->ok())
      return Error(piece.ended->error()).context("sending " + file);
    return fail(ErrorKind::network, "sending ", file, ": ",
                http::origin_of(piece.request.url), " answers with status ",
                piece.head.status);
  }

  void report() const {
    if (!options_.progress) return;
    std::uint64_t bytes = 0;
    for (const auto& piece : pieces_) bytes += piece->bytes;
    options_.progress(bytes);
  }

  http::StreamClient& client_;
  const std::vector<ObjectToSend>& objects_;
  const SendOptions& options_;
  std::vector<std::unique_ptr<Piece>> pieces_;
  std::vector<std::pair<Piece*, http::StreamId>> running_;
  std::vector<SentObject> sent_;
  TimePoint paused_until_ = {};
};

}  // namespace

Result<std::vector<SentObject>> send_objects(
    http::StreamClient& client, const std::vector<ObjectToSend>& objects,
    const SendOptions& options) {
  return Sender(client, objects, options).run();
}

}  // namespace sigstore::hub
