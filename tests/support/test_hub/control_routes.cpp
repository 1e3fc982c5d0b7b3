// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/settings.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

void answer_error(httplib::Response& response, int status,
                  const std::string& message) {
  response.status = status;
  response.set_content(message + "\n", "text/plain");
}

void answer_create(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  const auto repository =
      parse_repository(request.matches[1].str(), request.matches[2].str(),
                       request.matches[3].str());
  if (!repository) return answer_error(response, 400, "bad repository name");
  std::string format = request.get_param_value("object-format");
  if (format.empty()) format = "sha1";
  if (format != "sha1" && format != "sha256") {
    return answer_error(response, 400, "object-format: sha1 or sha256");
  }
  if (is_repository(hub, *repository)) {
    return answer_error(response, 409, "repository exists");
  }
  if (!create_repository(hub, *repository, format)) {
    return answer_error(response, 500, "git init failed");
  }
  response.status = 201;
}

void answer_settings(Hub& hub, const httplib::Request& request,
                     httplib::Response& response) {
  const auto repository =
      parse_repository(request.matches[1].str(), request.matches[2].str(),
                       request.matches[3].str());
  if (!repository || !is_repository(hub, *repository)) {
    return answer_error(response, 404, "no such repository");
  }
  const Json changes = Json::parse(request.body, nullptr, false);
  if (const auto complaint = change_settings(hub.root, *repository, changes)) {
    return answer_error(response, 400, *complaint);
  }
  response.status = 204;
}

void answer_rename(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  const Json body = Json::parse(request.body, nullptr, false);
  const std::string from = text_member(body, "from");
  const std::string to = text_member(body, "to");
  if (from.empty() || to.empty()) {
    return answer_error(response, 400, "from and to are needed");
  }
  hub.names.move(from, to);
  response.status = 204;
}

void answer_set(Hub& hub, const httplib::Request& request,
                httplib::Response& response) {
  const std::string name = request.matches[1].str();
  if (!Switches::is_known(name)) {
    return answer_error(response, 404, "no switch named " + name);
  }
  const Json settings = request.body.empty()
                            ? Json::object()
                            : Json::parse(request.body, nullptr, false);
  if (const auto complaint = hub.switches.set(name, settings)) {
    return answer_error(response, 400, *complaint);
  }
  answer_json(response, hub.switches.describe(name));
}

void add_switch_routes(httplib::Server& server, Hub& hub) {
  server.Get("/_hub/switches",
             [&hub](const httplib::Request&, httplib::Response& response) {
               answer_json(response, hub.switches.describe_all());
             });
  server.Post("/_hub/switches/reset",
              [&hub](const httplib::Request&, httplib::Response& response) {
                hub.switches.reset();
                response.status = 204;
              });
  const char* const one = "/_hub/switches/([a-z-]+)";
  server.Put(one, [&hub](const httplib::Request& request,
                         httplib::Response& response) {
    answer_set(hub, request, response);
  });
  server.Get(one, [&hub](const httplib::Request& request,
                         httplib::Response& response) {
    const std::string name = request.matches[1].str();
    if (!Switches::is_known(name)) {
      return answer_error(response, 404, "no switch named " + name);
    }
    answer_json(response, hub.switches.describe(name));
  });
  server.Delete(one, [&hub](const httplib::Request& request,
                            httplib::Response& response) {
    hub.switches.clear(request.matches[1].str());
    response.status = 204;
  });
}

}  // namespace

void add_control_routes(httplib::Server& server, Hub& hub) {
  server.Post(
      std::string("/_hub/repos") + kRepositoryPattern,
      [&hub](const httplib::Request& request, httplib::Response& response) {
        answer_create(hub, request, response);
      });
  server.Put(
      std::string("/_hub/settings") + kRepositoryPattern,
      [&hub](const httplib::Request& request, httplib::Response& response) {
        answer_settings(hub, request, response);
      });
  server.Post("/_hub/rename", [&hub](const httplib::Request& request,
                                     httplib::Response& response) {
    answer_rename(hub, request, response);
  });
  server.Get("/_hub/info",
             [&hub](const httplib::Request&, httplib::Response& response) {
               answer_json(response, {{"cdn", hub.cdn_origin}});
             });
  server.Get("/_hub/requests",
             [&hub](const httplib::Request&, httplib::Response& response) {
               response.set_content(hub.requests.list(), "application/json");
             });
  server.Delete("/_hub/requests",
                [&hub](const httplib::Request&, httplib::Response& response) {
                  hub.requests.clear();
                  response.status = 204;
                });
  add_switch_routes(server, hub);
}

}  // namespace test_hub
