// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_stream_client.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include "core/http/curl_transfer.h"

namespace sigstore::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Fewer calls for the same bytes than libcurl's 16 KiB.
constexpr long kBufferSize = 256 * 1024;
constexpr long kKeptConnections = 64;

// One request on its way. Without a sink nobody wants it any more.
struct Stream {
  Stream(StreamId number, StreamRequest asked, StreamSink& taker)
      : id(number), request(std::move(asked)), sink(&taker) {}

  StreamId id;
  StreamRequest request;
  StreamSink* sink;
  CurlTransfer transfer = {};
  HeaderLines lines = {};
  bool began = false;
  std::uint64_t sent = 0;
  steady_clock::time_point moved = {};  // when a byte came or went
  std::optional<Error> error = std::nullopt;

  // What a callback answers libcurl with.
  bool goes_on(Result<void> result) {
    if (result.ok()) return sink != nullptr;
    error = std::move(result).error();
    return false;
  }
};

// The empty line that ends a head; those of 1xx come before the answer's.
bool begin_answer(Stream& stream) {
  const int status = stream.transfer.status();
  if (status < 200) return true;
  stream.began = true;
  Response head;
  head.status = status;
  head.headers = std::move(stream.lines.headers);
  return stream.goes_on(stream.sink->begin(head));
}

std::size_t take_header(char* data, std::size_t, std::size_t size,
                        void* user) noexcept {
  auto* stream = static_cast<Stream*>(user);
  if (stream->sink == nullptr) return CURL_WRITEFUNC_ERROR;
  stream->moved = steady_clock::now();
  const std::string_view line(data, size);
  if (!stream->lines.take(line)) {
    stream->error = stream->transfer.too_long();
    return CURL_WRITEFUNC_ERROR;
  }
  // After the body there may be trailers, which say nothing to us.
  const bool is_end = line == "\r\n" || line == "\n";
  if (stream->began || !is_end || begin_answer(*stream)) return size;
  return CURL_WRITEFUNC_ERROR;
}

std::size_t take_body(char* data, std::size_t, std::size_t size,
                      void* user) noexcept {
  auto* stream = static_cast<Stream*>(user);
  if (stream->sink == nullptr) return CURL_WRITEFUNC_ERROR;
  stream->moved = steady_clock::now();
  if (stream->goes_on(stream->sink->take(as_bytes({data, size})))) return size;
  return CURL_WRITEFUNC_ERROR;
}

std::size_t give_body(char* data, std::size_t, std::size_t room,
                      void* user) noexcept {
  auto* stream = static_cast<Stream*>(user);
  if (stream->sink == nullptr) return CURL_READFUNC_ABORT;
  const FilePart& part = *stream->request.body;
  const std::size_t wanted = static_cast<std::size_t>(
      std::min<std::uint64_t>(room, part.length - stream->sent));
  if (wanted == 0) return 0;
  ssize_t got = 0;
  do {
    got = pread(part.fd, data, wanted,
                static_cast<off_t>(part.offset + stream->sent));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    stream->error =
        got == 0
            ? fail(ErrorKind::io, "a file became shorter while it was sent")
            : fail(ErrorKind::io,
                   "cannot read what is to be sent: ", errno_text(errno));
    return CURL_READFUNC_ABORT;
  }
  stream->moved = steady_clock::now();
  stream->sent += static_cast<std::uint64_t>(got);
  stream->sink->sent(stream->sent);
  return static_cast<std::size_t>(got);
}

// libcurl sends a body again when a kept connection turns out to be closed.
int seek_body(void* user, curl_off_t offset, int origin) noexcept {
  auto* stream = static_cast<Stream*>(user);
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
  stream->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

void set_body(Stream& stream) {
  CurlTransfer& transfer = stream.transfer;
  const auto length = static_cast<curl_off_t>(stream.request.body->length);
  if (stream.request.method == Method::post) {
    transfer.set(CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
    transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, length);
  } else {
    transfer.set(CURLOPT_UPLOAD, 1L);
    transfer.set(CURLOPT_INFILESIZE_LARGE, length);
  }
  transfer.set(CURLOPT_READFUNCTION, give_body);
  transfer.set(CURLOPT_READDATA, &stream);
  transfer.set(CURLOPT_SEEKFUNCTION, seek_body);
  transfer.set(CURLOPT_SEEKDATA, &stream);
}

Result<void> open(Stream& stream, const CurlOptions& options) {
  const StreamRequest& request = stream.request;
  CurlTransfer& transfer = stream.transfer;
  TRY(transfer.open({request.method, request.url, request.headers,
                     request.connect_timeout, request.plain_http},
                    options));
  transfer.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  transfer.set(CURLOPT_BUFFERSIZE, kBufferSize);
  // The head is that of the answer, not a proxy's.
  transfer.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  transfer.set(CURLOPT_PRIVATE, &stream);
  transfer.set(CURLOPT_HEADERFUNCTION, take_header);
  transfer.set(CURLOPT_HEADERDATA, &stream);
  transfer.set(CURLOPT_WRITEFUNCTION, take_body);
  transfer.set(CURLOPT_WRITEDATA, &stream);
  if (request.body) set_body(stream);
  return {};
}

Result<void> result_of(Stream& stream, CURLcode code) {
  if (stream.error) return std::move(*stream.error);
  if (code != CURLE_OK) return stream.transfer.error_of(code);
  if (!stream.began)
    return fail(ErrorKind::network, stream.transfer.origin(),
                ": there was no answer");
  return {};
}

}  // namespace

// In this order: handles go before the library.
struct CurlStreamClient::State {
  LibraryUse library;
  MultiHandle multi;  // keeps the connections
  CurlOptions options;
  std::map<StreamId, std::unique_ptr<Stream>> streams;
  StreamId last = 0;
  std::vector<StreamId> starting;
  std::vector<StreamId> unwanted;

  // libcurl lets nobody add or remove requests from inside its callbacks, so
  // that is done before and after.
  void admit();
  void sweep();
  void collect();
  void end_stalled(steady_clock::time_point now);
  milliseconds until_stall(steady_clock::time_point now,
                           milliseconds longest) const;
  void end(StreamId id, CURLcode code);
  std::unique_ptr<Stream> remove(StreamId id);
};

std::unique_ptr<Stream> CurlStreamClient::State::remove(StreamId id) {
  const auto found = streams.find(id);
  if (found == streams.end()) return nullptr;
  std::unique_ptr<Stream> stream = std::move(found->second);
  streams.erase(found);
  // Not an error for one that was never added.
  if (stream->transfer.is_open())
    curl().multi_remove_handle(multi.get(), stream->transfer.easy());
  return stream;
}

void CurlStreamClient::State::sweep() {
  for (const StreamId id : std::exchange(unwanted, {})) remove(id);
}

void CurlStreamClient::State::end(StreamId id, CURLcode code) {
  const std::unique_ptr<Stream> stream = remove(id);
  if (!stream || stream->sink == nullptr) return;
  Result<void> result = result_of(*stream, code);
  stream->transfer.close();  // its connection is free for what end() starts
  stream->sink->end(std::move(result));
}

void CurlStreamClient::State::admit() {
  const auto now = steady_clock::now();
  for (const StreamId id : std::exchange(starting, {})) {
    const auto found = streams.find(id);
    if (found == streams.end()) continue;
    Stream& stream = *found->second;
    stream.moved = now;
    if (Result<void> ready = open(stream, options); !ready.ok()) {
      stream.transfer.close();
      stream.error = std::move(ready).error();
      end(id, CURLE_OK);
    } else {
      curl().multi_add_handle(multi.get(), stream.transfer.easy());
    }
  }
}

void CurlStreamClient::State::collect() {
  std::vector<std::pair<StreamId, CURLcode>> ended;
  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Stream* stream = nullptr;
    curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &stream);
    ended.emplace_back(stream->id, message->data.result);
  }
  for (const auto& [id, code] : ended) end(id, code);
}

void CurlStreamClient::State::end_stalled(steady_clock::time_point now) {
  std::vector<StreamId> stalled;
  for (const auto& [id, stream] : streams)
    if (stream->transfer.is_open() &&
        now - stream->moved > stream->request.stall_timeout)
      stalled.push_back(id);
  for (const StreamId id : stalled) {
    const auto found = streams.find(id);
    if (found == streams.end()) continue;
    Stream& stream = *found->second;
    stream.error = fail(ErrorKind::network, stream.transfer.origin(),
                        ": no byte came for ",
                        stream.request.stall_timeout.count(), " milliseconds");
    end(id, CURLE_OK);
  }
}

milliseconds CurlStreamClient::State::until_stall(steady_clock::time_point now,
                                                  milliseconds longest) const {
  for (const auto& [id, stream] : streams)
    longest = std::min(
        longest, std::chrono::ceil<milliseconds>(
                     stream->moved + stream->request.stall_timeout - now));
  return std::max(longest, milliseconds(0));
}

CurlStreamClient::CurlStreamClient(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

CurlStreamClient::~CurlStreamClient() {
  while (!state_->streams.empty())
    state_->remove(state_->streams.begin()->first);
}

Result<std::unique_ptr<CurlStreamClient>> CurlStreamClient::create(
    CurlOptions options) {
  TRY(load_curl());
  auto state = std::make_unique<State>();
  state->multi.reset(curl().multi_init());
  state->options = std::move(options);
  if (state->library.code != CURLE_OK || !state->multi)
    return fail(ErrorKind::internal, "cannot use libcurl");
  curl().multi_setopt(state->multi.get(), CURLMOPT_MAXCONNECTS,
                      kKeptConnections);
  return std::unique_ptr<CurlStreamClient>(
      new CurlStreamClient(std::move(state)));
}

StreamId CurlStreamClient::start(StreamRequest request, StreamSink& sink) {
  const StreamId id = ++state_->last;
  state_->streams.emplace(
      id, std::make_unique<Stream>(id, std::move(request), sink));
  state_->starting.push_back(id);
  return id;
}

void CurlStreamClient::cancel(StreamId id) {
  const auto found = state_->streams.find(id);
  if (found == state_->streams.end() || found->second->sink == nullptr) return;
  found->second->sink = nullptr;
  state_->unwanted.push_back(id);
}

std::size_t CurlStreamClient::active() const {
  return static_cast<std::size_t>(std::count_if(
      state_->streams.begin(), state_->streams.end(),
      [](const auto& entry) { return entry.second->sink != nullptr; }));
}

Result<void> CurlStreamClient::poll(milliseconds longest) {
  state_->sweep();
  state_->admit();
  CURLM* multi = state_->multi.get();
  const milliseconds wait =
      state_->starting.empty()
          ? state_->until_stall(steady_clock::now(), longest)
          : milliseconds(0);
  CURLMcode code = curl().multi_poll(multi, nullptr, 0,
                                     static_cast<int>(wait.count()), nullptr);
  const auto now = steady_clock::now();
  int running = 0;
  if (code == CURLM_OK) code = curl().multi_perform(multi, &running);
  if (code != CURLM_OK)
    return fail(ErrorKind::internal, "libcurl: ", curl().multi_strerror(code));
  state_->collect();
  // By the clock before the bytes that waited for us were taken: when this
  // program was stopped, or a disk was slow, nobody else was.
  state_->end_stalled(now);
  state_->sweep();
  return {};
}

void CurlStreamClient::wake() { curl().multi_wakeup(state_->multi.get()); }

}  // namespace sigstore::http
