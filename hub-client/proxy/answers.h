// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <functional>
#include <string>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/http/message.h"
#include "hub-client/download/byte_ranges.h"
#include "hub-client/proxy/states.h"

// What the proxy says in HTTP.
namespace sigstore::hub {

struct Refusal {
  int status = 403;
  std::string message;
  std::string code = {};  // X-Error-Code, by which clients tell errors apart
};

// In the words of the Hub (hub.md 1.3). Where it could not be told, nothing is
// released: to the client that is a no.
Refusal refusal_of(const Error& error);

void answer_refusal(httplib::Response& response, const Refusal& refusal);
void answer_page(httplib::Response& response, const std::string& text,
                 const char* type);
void answer_with(httplib::Response& response, const http::Response& answer);

// What the head of every answer about this file says, as the Hub has it.
void describe_file(httplib::Response& response, const Release& release);

// The bytes of `range`, from a descriptor that is closed when they have gone;
// `sent` is called then.
void answer_bytes(httplib::Response& response, FileDescriptor file,
                  ByteRange range, std::function<void()> sent);
// The head alone of an answer with so many bytes.
void answer_length(httplib::Response& response, std::uint64_t size);

}  // namespace sigstore::hub
