// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_stream_client.h"

#include <fcntl.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "core/base/file.h"
#include "tests/core/refuses.h"
#include "tests/support/loopback_server.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_folder.h"

using sigstore::as_text;
using sigstore::ByteView;
using sigstore::ErrorKind;
using sigstore::FileDescriptor;
using sigstore::Result;
using sigstore::http::CurlStreamClient;
using sigstore::http::FilePart;
using sigstore::http::Method;
using sigstore::http::Response;
using sigstore::http::StreamClient;
using sigstore::http::StreamRequest;
using sigstore::http::StreamSink;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

std::unique_ptr<CurlStreamClient> make_client() {
  auto client = CurlStreamClient::create();
  REQUIRE(works(client));
  return std::move(*client);
}

StreamRequest get(std::string url) {
  StreamRequest request;
  request.url = std::move(url);
  return request;
}

// Writes down what it is told.
struct Recorder : StreamSink {
  Response head;
  std::string body;
  std::string order;  // b, t..., e
  std::uint64_t uploaded = 0;
  Result<void> result = sigstore::fail(ErrorKind::internal, "no end yet");
  std::function<Result<void>()> at_begin = [] { return Result<void>(); };
  std::function<Result<void>()> at_take = [] { return Result<void>(); };
  std::function<void()> at_end = [] {};

  Result<void> begin(const Response& answer) override {
    head = answer;
    order += 'b';
    return at_begin();
  }
  Result<void> take(ByteView bytes) override {
    body += as_text(bytes);
    if (order.back() != 't') order += 't';
    return at_take();
  }
  void sent(std::uint64_t total) override { uploaded = total; }
  void end(Result<void> ended) override {
    result = std::move(ended);
    order += 'e';
    at_end();
  }
};

void run(StreamClient& client) {
  const auto until = steady_clock::now() + std::chrono::seconds(60);
  while (client.active() > 0 && steady_clock::now() < until)
    REQUIRE(works(client.poll(milliseconds(1000))));
  REQUIRE(client.active() == 0);
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>((i * 31 + i / 251) & 0xFFU);
  return text;
}

}  // namespace

TEST_CASE("an answer arrives as head, bytes and end", "[http]") {
  const std::string content = pattern(3'000'000);
  LoopbackServer::Request seen;
  LoopbackServer server([&](const LoopbackServer::Request& request) {
    seen = request;
    return LoopbackServer::Answer{203, content, {{"X-Other", "7"}}};
  });
  Recorder sink;
  StreamRequest request = get(server.url("/file?x=%20y"));
  request.headers = {{"X-Range", "bytes=0-9"}};
  const auto client = make_client();
  client->start(request, sink);
  run(*client);
  CHECK(works(sink.result));
  CHECK(sink.order == "bte");
  CHECK(seen.path == "/file?x=%20y");
  CHECK(seen.header("X-Range") == "bytes=0-9");
  CHECK(seen.header("User-Agent").starts_with("hf-sigstore/"));
  CHECK(sink.head.status == 203);
  CHECK(sink.head.header("x-other") == "7");
  CHECK(sink.head.body.empty());
  CHECK(sink.body == content);
}

TEST_CASE("a part of a file is sent as the body", "[http]") {
  const Method method = GENERATE(Method::put, Method::post);
  const std::string content = pattern(5'000'000);
  const TempFolder folder;
  const FileDescriptor file(
      open(folder.write("weights", content).c_str(), O_RDONLY));
  LoopbackServer::Request seen;
  LoopbackServer server([&](const LoopbackServer::Request& request) {
    seen = request;
    return LoopbackServer::Answer{200, "", {{"ETag", "\"1\""}}};
  });
  Recorder sink;
  StreamRequest request = get(server.url("/part"));
  request.method = method;
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.body = FilePart{file.get(), 1'000'001, 3'333'333};
  const auto client = make_client();
  client->start(request, sink);
  run(*client);
  REQUIRE(works(sink.result));
  CHECK(sink.head.header("etag") == "\"1\"");
  CHECK(seen.method == (method == Method::put ? "PUT" : "POST"));
  CHECK(seen.header("Content-Length") == "3333333");
  CHECK(seen.header("Transfer-Encoding").empty());
  CHECK(seen.header("Expect").empty());
  CHECK(seen.body == content.substr(1'000'001, 3'333'333));
  CHECK(sink.uploaded == 3'333'333);
}

TEST_CASE("a file that is shorter than its part says is not sent", "[http]") {
  const TempFolder folder;
  const FileDescriptor file(
      open(folder.write("weights", "0123456789").c_str(), O_RDONLY));
  LoopbackServer server(
      [](const LoopbackServer::Request&) { return LoopbackServer::Answer{}; });
  Recorder sink;
  StreamRequest request = get(server.url("/"));
  request.method = Method::put;
  request.body = FilePart{file.get(), 5, 6};
  const auto client = make_client();
  client->start(request, sink);
  run(*client);
  CHECK(refuses(sink.result, ErrorKind::io, "became shorter"));
}

TEST_CASE("requests without a body", "[http]") {
  LoopbackServer::Request seen;
  LoopbackServer server([&](const LoopbackServer::Request& request) {
    seen = request;
    return LoopbackServer::Answer{200, "body"};
  });
  const auto client = make_client();
  const auto send = [&](Method method) {
    Recorder sink;
    StreamRequest request = get(server.url("/"));
    request.method = method;
    client->start(request, sink);
    run(*client);
    CHECK(works(sink.result));
    return sink.body;
  };
  CHECK(send(Method::head).empty());
  CHECK(seen.method == "HEAD");
  CHECK(send(Method::del) == "body");
  CHECK(seen.method == "DELETE");
  CHECK(send(Method::post) == "body");
  CHECK(seen.method == "POST");
  CHECK(seen.header("Content-Length") == "0");
}

TEST_CASE("a redirect is an answer, and is not followed by itself", "[http]") {
  std::atomic<int> asked = 0;
  LoopbackServer server([&](const LoopbackServer::Request&) {
    ++asked;
    return LoopbackServer::Answer{302, "", {{"Location", "/other"}}};
  });
  Recorder sink;
  const auto client = make_client();
  client->start(get(server.url("/")), sink);
  run(*client);
  CHECK(works(sink.result));
  CHECK(sink.head.status == 302);
  CHECK(sink.head.header("Location") == "/other");
  CHECK(asked == 1);
}

TEST_CASE("what a sink says no to ends with its words", "[http]") {
  LoopbackServer server([](const LoopbackServer::Request&) {
    return LoopbackServer::Answer{200, pattern(1'000'000)};
  });
  const auto client = make_client();
  const auto no = [] {
    return Result<void>(sigstore::fail(ErrorKind::content_differs, "no"));
  };
  Recorder head;
  head.at_begin = no;
  Recorder bytes;
  bytes.at_take = no;
  client->start(get(server.url("/")), head);
  client->start(get(server.url("/")), bytes);
  run(*client);
  CHECK(refuses(head.result, ErrorKind::content_differs, "no"));
  CHECK(head.order == "be");
  CHECK(refuses(bytes.result, ErrorKind::content_differs, "no"));
  CHECK(bytes.order == "bte");
  CHECK(bytes.body.size() < 1'000'000);
}

TEST_CASE("an answer that ends early is a network error", "[http]") {
  RawServer server([](const RawServer::Request&) {
    RawServer::Answer answer;
    answer.body = pattern(100'000);
    answer.cut = 60'000;
    return answer;
  });
  Recorder sink;
  const auto client = make_client();
  client->start(get(server.url("/secret-path")), sink);
  run(*client);
  CHECK(refuses(sink.result, ErrorKind::network, server.url("") + ": "));
  CHECK(sink.result.error().message.find("secret") == std::string::npos);
  CHECK(sink.body == pattern(100'000).substr(0, 60'000));
}

TEST_CASE("only an answer that stands still is ended, not a slow one",
          "[http]") {
  RawServer server([](const RawServer::Request& request) {
    RawServer::Answer answer;
    answer.body = pattern(20'000);
    answer.piece = 1000;
    answer.pause = [] { std::this_thread::sleep_for(milliseconds(20)); };
    answer.stall = request.path == "/stalls";
    if (answer.stall) answer.cut = 10'000;
    return answer;
  });
  Recorder slow;
  Recorder stalled;
  const auto client = make_client();
  for (const auto& [path, sink] :
       {std::pair("/slow", &slow), std::pair("/stalls", &stalled)}) {
    StreamRequest request = get(server.url(path));
    request.stall_timeout = milliseconds(300);
    client->start(request, *sink);
  }
  const auto start = steady_clock::now();
  run(*client);
  CHECK(works(slow.result));
  CHECK(slow.body.size() == 20'000);
  CHECK(steady_clock::now() - start >= milliseconds(400));
  CHECK(refuses(stalled.result, ErrorKind::network,
                "no byte came for 300 milliseconds"));
  CHECK(stalled.body.size() == 10'000);
}

TEST_CASE("a sink may start a request, and cancel another", "[http]") {
  RawServer server([](const RawServer::Request& request) {
    RawServer::Answer answer;
    answer.body = pattern(100'000);
    answer.stall = request.path == "/stalls";
    if (answer.stall) answer.cut = 50'000;
    return answer;
  });
  const auto client = make_client();
  Recorder stalled;
  Recorder second;
  Recorder first;
  const auto unwanted = client->start(get(server.url("/stalls")), stalled);
  first.at_end = [&] {
    client->start(get(server.url("/")), second);
    client->cancel(unwanted);
  };
  client->start(get(server.url("/")), first);
  run(*client);
  CHECK(works(first.result));
  CHECK(works(second.result));
  CHECK(second.body.size() == 100'000);
  CHECK(stalled.order.find('e') == std::string::npos);
}

TEST_CASE("who cancels itself hears no more", "[http]") {
  RawServer server([](const RawServer::Request&) {
    RawServer::Answer answer;
    answer.body = pattern(4'000'000);
    return answer;
  });
  const auto client = make_client();
  Recorder sink;
  sigstore::http::StreamId id = 0;
  sink.at_take = [&] {
    client->cancel(id);
    return Result<void>();
  };
  id = client->start(get(server.url("/")), sink);
  run(*client);
  CHECK(sink.order == "bt");
  CHECK(client->active() == 0);
}

TEST_CASE("many go side by side, and leave their connections to others",
          "[http]") {
  std::atomic<int> arrived = 0;
  RawServer server([&](const RawServer::Request& request) {
    ++arrived;
    const auto until = steady_clock::now() + std::chrono::seconds(20);
    while (arrived < 8 && steady_clock::now() < until)
      std::this_thread::yield();
    RawServer::Answer answer;
    // Nobody asks for HTTP/2 either.
    const bool plain = request.header("upgrade").empty();
    answer.status = arrived >= 8 && plain ? 200 : 500;
    answer.body = request.path;
    return answer;
  });
  const auto client = make_client();
  for (int round = 0; round < 3; ++round) {
    std::vector<Recorder> sinks(8);
    for (std::size_t i = 0; i < sinks.size(); ++i)
      client->start(get(server.url("/" + std::to_string(i))), sinks[i]);
    CHECK(client->active() == 8);
    run(*client);
    for (std::size_t i = 0; i < sinks.size(); ++i) {
      CHECK(sinks[i].head.status == 200);
      CHECK(sinks[i].body == "/" + std::to_string(i));
    }
  }
  CHECK(server.connections() == 8);
}

TEST_CASE("poll waits no longer than it was told, and can be woken", "[http]") {
  const auto client = make_client();
  REQUIRE(works(client->poll(milliseconds(20))));
  std::thread other([&] { client->wake(); });
  const auto start = steady_clock::now();
  REQUIRE(works(client->poll(milliseconds(60'000))));
  CHECK(steady_clock::now() - start < milliseconds(30'000));
  other.join();
}

TEST_CASE("what cannot be asked ends at once, and says why", "[http]") {
  const auto client = make_client();
  Recorder elsewhere;
  Recorder nonsense;
  Recorder header;
  client->start(get("http://service.invalid/token"), elsewhere);
  client->start(get("nonsense"), nonsense);
  StreamRequest request = get("https://127.0.0.1/");
  request.headers = {{"Authorization", "Bearer a\r\nX-Other: b"}};
  client->start(request, header);
  run(*client);
  CHECK(refuses(elsewhere.result, ErrorKind::invalid_input,
                "http://service.invalid: http is only for services on this"));
  CHECK(refuses(nonsense.result, ErrorKind::invalid_input, "malformed URL"));
  CHECK(refuses(header.result, ErrorKind::invalid_input,
                "malformed request header"));
  CHECK(header.order == "e");
}

TEST_CASE("where nobody listens, the stream's error says where", "[http]") {
  const std::string origin =
      "http://127.0.0.1:" + std::to_string(unused_port());
  const auto client = make_client();
  Recorder sink;
  client->start(get(origin + "/x?token=abc"), sink);
  run(*client);
  CHECK(refuses(sink.result, ErrorKind::network, origin + ": "));
}

TEST_CASE("heads before the answer's are not the answer", "[http]") {
  RawServer server([](const RawServer::Request&) {
    RawServer::Answer answer;
    answer.before = "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n";
    answer.body = "done";
    return answer;
  });
  const auto client = make_client();
  Recorder sink;
  client->start(get(server.url("/")), sink);
  run(*client);
  CHECK(works(sink.result));
  CHECK(sink.order == "bte");
  CHECK(sink.head.status == 200);
  CHECK(sink.head.header("X-Early").empty());
  CHECK(sink.body == "done");
}

TEST_CASE("a head without end is refused, and nothing is decoded", "[http]") {
  RawServer server([](const RawServer::Request& request) {
    RawServer::Answer answer;
    answer.body = "not gzip at all";
    answer.headers = {"Content-Encoding: gzip"};
    if (request.path == "/long")
      for (int i = 0; i < 70; ++i)
        answer.headers.push_back("X-Long: " + std::string(1000, 'x'));
    return answer;
  });
  const auto client = make_client();
  Recorder endless;
  Recorder encoded;
  client->start(get(server.url("/long")), endless);
  client->start(get(server.url("/")), encoded);
  run(*client);
  CHECK(refuses(endless.result, ErrorKind::invalid_input, "too long"));
  CHECK(endless.order == "e");
  CHECK(works(encoded.result));
  CHECK(encoded.body == "not gzip at all");
  CHECK(encoded.head.header("Content-Encoding") == "gzip");
}
