// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/file.h"

namespace sigstore::hub {

// Does this client give up after a few seconds in which nothing comes (10 in
// huggingface_hub), and read over any number of "100 Continue"? RFC 9110 15.2
// asks that of every client, but Go's stops after five and Node's at the first.
bool takes_interim_answers(std::string_view user_agent);

// Our end of the connection that comes from this port of the loopback, as a
// descriptor of its own; an invalid one where there is none. cpp-httplib tells
// a handler the port and nothing else.
FileDescriptor find_connection(int remote_port, int local_port);

// Is anybody still there? With `interim`, they are told that we are at it.
bool is_waiting(int connection, bool interim);

}  // namespace sigstore::hub
