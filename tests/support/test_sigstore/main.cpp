// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// test-sigstore: a Sigstore instance on the loopback, with faults on demand.
//
//   test-sigstore FOLDER
//
// writes FOLDER/trusted_root.json, signing_config.json (Rekor v2),
// signing_config_v1.json, trust_config.json and root.json, the root of the TUF
// repository with the first two at <url>/tuf, and last FOLDER/url; serves
// until a signal comes. GET /oidc/mint gives
// identity tokens, PUT /_test/faults/<name> sets a fault (services.h), GET
// tells how often it was hit, GET /_test/requests/<service> how often a service
// (fulcio, tsa, rekor) was asked.

#include <httplib.h>
#include <sys/prctl.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/test_sigstore/services.h"
#include "tests/support/tuf_simulator.h"

namespace {

using test_sigstore::Answer;
using test_sigstore::Request;
using test_sigstore::Services;

void write(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path beside = path.string() + ".new";
  std::ofstream(beside, std::ios::binary) << text;
  std::filesystem::rename(beside, path);
}

void write_files(const Services& services, const std::filesystem::path& to) {
  const std::string root = services.trusted_root_json();
  const std::string config = services.signing_config_json(2);
  write(to / "trusted_root.json", root);
  write(to / "signing_config.json", config);
  write(to / "signing_config_v1.json", services.signing_config_json(1));
  write(to / "trust_config.json",
        "{\"mediaType\":"
        "\"application/vnd.dev.sigstore.clienttrustconfig.v0.1+json\","
        "\"trustedRoot\":" +
            root + ",\"signingConfig\":" + config + "}");
}

// What clients follow: the root of trust and the services. Gives the first
// root.
std::string publish_tuf(Services& services) {
  TufSimulator tuf(sigstore::Timestamp{std::time(nullptr)});
  tuf.add_target("targets", "trusted_root.json", services.trusted_root_json());
  tuf.add_target("targets", "signing_config.v0.2.json",
                 services.signing_config_json(2));
  tuf.publish_targets();
  for (const auto& [name, content] : tuf.metadata)
    services.files["/tuf/" + name] = content;
  for (const auto& [name, content] : tuf.target_files)
    services.files["/tuf/targets/" + name] = content;
  return tuf.first_root();
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

void serve(Services& services, const httplib::Request& asked,
           httplib::Response& response) {
  Request request;
  request.method = asked.method;
  request.path = asked.path;
  const std::size_t query = asked.target.find('?');
  if (query != std::string::npos)
    request.query =
        httplib::detail::decode_url(asked.target.substr(query + 1), true);
  for (const auto& [name, value] : asked.headers)
    request.headers[lower(name)] = value;
  request.body = asked.body;
  const Answer answer = services.handle(request);
  std::this_thread::sleep_for(std::chrono::milliseconds(answer.delay_ms));
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers)
    response.set_header(name, value);
  response.set_content(answer.body, answer.type);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: test-sigstore FOLDER\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::signal(SIGPIPE, SIG_IGN);
  httplib::Server server;
  server.set_keep_alive_timeout(2);
  // Head and body of an answer are two writes: the second must not wait for the
  // client to acknowledge the first.
  server.set_tcp_nodelay(true);
  const int port = server.bind_to_any_port("127.0.0.1");
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  Services services(url, [] { return std::int64_t{std::time(nullptr)}; });
  const auto handler = [&](const httplib::Request& asked,
                           httplib::Response& response) {
    serve(services, asked, response);
  };
  server.Get(".*", handler);
  server.Post(".*", handler);
  server.Put(".*", handler);
  server.Delete(".*", handler);
  const std::filesystem::path folder = argv[1];
  write_files(services, folder);
  write(folder / "root.json", publish_tuf(services));
  write(folder / "url", url + "\n");
  return server.listen_after_bind() ? 0 : 1;
}
