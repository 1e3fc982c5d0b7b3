// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace sigstore::http {
namespace {

// Its name since libcurl 7.16 (2006): what a program that is linked with it
// asks the loader for, which looks in no other places for us.
constexpr const char* kName = "libcurl.so.4";

struct Library {
  CurlFunctions functions;
  std::string missing;  // why it cannot be used; empty: it can

  Library();

  template <class Function>
  void find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) missing = concat(kName, " has no ", name);
  }
};

// Never closed: it leaves handlers behind that run when the process ends.
Library::Library() {
  void* library = dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    missing = reason == nullptr ? kName : reason;
    return;
  }
  find(library, "curl_easy_cleanup", functions.easy_cleanup);
  find(library, "curl_easy_getinfo", functions.easy_getinfo);
  find(library, "curl_easy_init", functions.easy_init);
  find(library, "curl_easy_setopt", functions.easy_setopt);
  find(library, "curl_easy_strerror", functions.easy_strerror);
  find(library, "curl_global_cleanup", functions.global_cleanup);
  find(library, "curl_global_init", functions.global_init);
  find(library, "curl_multi_add_handle", functions.multi_add_handle);
  find(library, "curl_multi_cleanup", functions.multi_cleanup);
  find(library, "curl_multi_info_read", functions.multi_info_read);
  find(library, "curl_multi_init", functions.multi_init);
  find(library, "curl_multi_perform", functions.multi_perform);
  find(library, "curl_multi_poll", functions.multi_poll);
  find(library, "curl_multi_remove_handle", functions.multi_remove_handle);
  find(library, "curl_multi_setopt", functions.multi_setopt);
  find(library, "curl_multi_strerror", functions.multi_strerror);
  find(library, "curl_multi_wakeup", functions.multi_wakeup);
  find(library, "curl_slist_append", functions.slist_append);
  find(library, "curl_slist_free_all", functions.slist_free_all);
}

// A library is loaded into the process: one is all there can be.
const Library& library() {
  static const Library loaded;
  return loaded;
}

}  // namespace

Result<void> load_curl() {
  if (library().missing.empty()) return {};
  return fail(ErrorKind::unsupported,
              "cannot load libcurl: ", library().missing);
}

const CurlFunctions& curl() { return library().functions; }

}  // namespace sigstore::http
