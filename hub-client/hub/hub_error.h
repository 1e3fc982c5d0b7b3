// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/http/message.h"

namespace sigstore::hub {

// What a request was about, for the words of an error.
struct Subject {
  std::string name;       // "org/model", "org/model@4f2c3a1: config.json"
  std::string page = {};  // URL of the repository, for those who may ask for it
  // Only a repository can be hidden: a 401 there means more than on other URLs.
  bool is_repository = true;
};

// What an answer that is no success means (hub.md 1.3), by status and headers,
// in huggingface_hub's order:
//
//   not_found       no such revision, file or repository; a repository may
//                   also be private, or the token bad: the message says so
//   unauthorized    gated, disabled, bad token, no right to write
//   network         may pass: 408, 429, 5xx, a conflict, a branch that moved
//   invalid_input   the request is wrong, too large, or exists already
//
// The message ends with the server's words and the request's id; neither
// shows control characters, tokens or the query of a URL. Pure.
Error hub_error(const Subject& subject, const http::Response& answer);

// Words of a server, fit to be shown: one line, short, queries of URLs and
// what looks like a token left out.
std::string safe_words(std::string_view text);

// "X-HF-Warning: <topic>; <message>" (hub.md 1.2), as often as it comes.
struct HubWarning {
  std::string topic;
  std::string message;
};
std::vector<HubWarning> warnings_of(const http::Response& answer);

}  // namespace sigstore::hub
