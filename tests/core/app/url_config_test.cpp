// SPDX-License-Identifier: Apache-2.0
#include "core/app/url_config.h"

#include "tests/support/catch.h"

namespace sigstore {

TEST_CASE("spellings of one repository are one URL", "[app]") {
  for (const char* url :
       {"https://huggingface.co/org/m", "http://huggingface.co/org/m",
        "https://hf.co/org/m", "https://www.HuggingFace.co/org/m/",
        "https://huggingface.co:443/org/m.git", "http://hf.co:80/org/m.git/"}) {
    CAPTURE(url);
    CHECK(uniform_url(url) == "https://huggingface.co/org/m");
  }
  CHECK(uniform_url("http://u@127.0.0.1:8080") == "https://u@127.0.0.1:8080");
  CHECK(uniform_url("https://*.Example.org") == "https://*.example.org");
  CHECK(uniform_url("https://h:80/a") == "https://h:80/a");
  CHECK(uniform_url("ssh://git@hf.co/org/m.git") ==
        "ssh://git@hf.co/org/m.git");
}

}  // namespace sigstore
