// SPDX-License-Identifier: Apache-2.0
#include "core/http/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::FileDescriptor;
using sigstore::http::LoopbackListener;
using sigstore::http::Page;
using sigstore::http::RequestHead;

namespace {

FileDescriptor knock(std::uint16_t port) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address),
                sizeof address) != 0)
    socket.reset();
  return socket;
}

void say(const FileDescriptor& socket, std::string_view text) {
  REQUIRE(sigstore::write_all(socket.get(), sigstore::as_bytes(text)).ok());
}

std::string heard(const FileDescriptor& socket) {
  const auto bytes = sigstore::read_all(socket.get(), 65536, "answer");
  return bytes.ok() ? std::string(sigstore::as_text(*bytes)) : "";
}

auto after(int milliseconds) {
  return std::chrono::steady_clock::now() +
         std::chrono::milliseconds(milliseconds);
}

Page last_at_callback(const RequestHead& head) {
  if (head.path == "/callback") return {200, "welcome " + head.query, true};
  return {404, "not here", false};
}

}  // namespace

TEST_CASE("the listener answers until the page that is the last", "[http]") {
  auto listener = LoopbackListener::open();
  REQUIRE(works(listener));
  // The kernel takes what comes before anybody listens to it: no thread.
  const auto idle = knock(listener->port());
  const auto icon = knock(listener->port());
  const auto garbage = knock(listener->port());
  const auto browser = knock(listener->port());
  const auto second = knock(listener->port());
  say(icon, "GET /favicon.ico HTTP/1.1\r\n\r\n");
  say(garbage, "nonsense\r\n\r\n");
  say(browser, "GET /callback?code=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  int calls = 0;
  const auto served = listener->serve(
      [&](const RequestHead& head) {
        calls += head.path == "/callback" ? 1 : 0;
        return last_at_callback(head);
      },
      after(20000));
  REQUIRE(works(served));
  CHECK(calls == 1);
  const std::string page = heard(browser);
  CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(page.ends_with("\r\n\r\nwelcome code=1"));
  CHECK(page.find("Content-Security-Policy: default-src 'none'") !=
        std::string::npos);
  CHECK(page.find("Referrer-Policy: no-referrer") != std::string::npos);
  CHECK(heard(icon).starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(heard(garbage).starts_with("HTTP/1.1 400 Bad Request\r\n"));
  // Nobody is answered after it.
  CHECK_FALSE(knock(listener->port()).valid());
}

TEST_CASE("half a request is nobody, and the deadline ends it", "[http]") {
  auto listener = LoopbackListener::open();
  REQUIRE(works(listener));
  const auto browser = knock(listener->port());
  say(browser, "GET /call");
  CHECK(refuses(listener->serve(last_at_callback, after(50)),
                ErrorKind::network, "nobody came back to 127.0.0.1 in time"));
}

TEST_CASE("whoever says too much is not listened to", "[http]") {
  auto listener = LoopbackListener::open();
  REQUIRE(works(listener));
  std::vector<FileDescriptor> idle;
  for (int i = 0; i < 10; ++i) idle.push_back(knock(listener->port()));
  const auto loud = knock(listener->port());
  const std::string start = "GET /callback?" + std::string(60000, 'x');
  say(loud, start + std::string(20000, 'x') + " HTTP/1.1\r\n\r\n");
  const auto browser = knock(listener->port());
  say(browser, "GET /callback HTTP/1.1\r\n\r\n");
  std::string query = "none";
  const auto served = listener->serve(
      [&](const RequestHead& head) {
        query = head.query;
        return last_at_callback(head);
      },
      after(20000));
  REQUIRE(works(served));
  CHECK(query.empty());
}
