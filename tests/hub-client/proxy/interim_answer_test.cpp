// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/interim_answer.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/support/catch.h"

using sigstore::FileDescriptor;
using sigstore::hub::find_connection;
using sigstore::hub::is_waiting;
using sigstore::hub::takes_interim_answers;

namespace {

struct Connection {
  FileDescriptor server;
  FileDescriptor client;
  int server_port = 0;
  int client_port = 0;
};

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Connection connect_to_self() {
  Connection made;
  const FileDescriptor listening(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(listening.get(), reinterpret_cast<sockaddr*>(&address),
               sizeof(address)) == 0);
  REQUIRE(listen(listening.get(), 1) == 0);
  made.server_port = port_of(listening.get());
  address.sin_port = htons(static_cast<std::uint16_t>(made.server_port));
  made.client.reset(socket(AF_INET, SOCK_STREAM, 0));
  REQUIRE(connect(made.client.get(), reinterpret_cast<sockaddr*>(&address),
                  sizeof(address)) == 0);
  made.client_port = port_of(made.client.get());
  made.server.reset(accept(listening.get(), nullptr, nullptr));
  return made;
}

}  // namespace

TEST_CASE("a client that waits is told to go on, and noticed when it goes",
          "[proxy]") {
  Connection connection = connect_to_self();
  const FileDescriptor found =
      find_connection(connection.client_port, connection.server_port);
  REQUIRE(found.valid());
  CHECK(found.get() != connection.server.get());
  CHECK(is_waiting(found.get(), false));
  CHECK(is_waiting(found.get(), true));
  std::array<char, 64> buffer{};
  const ssize_t got =
      read(connection.client.get(), buffer.data(), buffer.size());
  CHECK(std::string(buffer.data(), static_cast<std::size_t>(got)) ==
        "HTTP/1.1 100 Continue\r\n\r\n");
  connection.client.reset();
  CHECK_FALSE(is_waiting(found.get(), true));
}

TEST_CASE("a connection that is not there is not found", "[proxy]") {
  const Connection connection = connect_to_self();
  CHECK_FALSE(find_connection(1, connection.server_port).valid());
  CHECK_FALSE(find_connection(connection.client_port, 1).valid());
}

TEST_CASE("interim answers are for those who read over them", "[proxy]") {
  CHECK(takes_interim_answers("transformers/4.55; hf_hub/1.2.0; python/3.11"));
  CHECK(takes_interim_answers("python-requests/2.32"));
  CHECK_FALSE(takes_interim_answers("node"));
  CHECK_FALSE(takes_interim_answers("Go-http-client/1.1"));
  CHECK_FALSE(takes_interim_answers(""));
}
