// SPDX-License-Identifier: Apache-2.0
#include "core/base/repo_id.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::RepoId;

TEST_CASE("all spellings of a repository are one", "[base]") {
  for (const char* url :
       {"https://huggingface.co/org/model", "https://huggingface.co/org/model/",
        "https://huggingface.co/org/model.git",
        "https://huggingface.co/org/model.git/",
        "https://huggingface.co:443/org/model",
        "http://huggingface.co/org/model", "http://huggingface.co:80/org/model",
        "HTTPS://HuggingFace.CO/org/model",
        "https://user@huggingface.co/org/model",
        "https://user:hf_secret@HuggingFace.co:443/org/model.git///",
        "https://hf.co/org/model", "https://hf.co:443/org/model",
        "https://www.huggingface.co/org/model"}) {
    CAPTURE(url);
    const auto id = RepoId::from_url(url);
    REQUIRE(works(id));
    CHECK(id->to_string() == "huggingface.co/org/model");
  }
}

TEST_CASE("data sets and models of one name are different", "[base]") {
  const auto model = RepoId::from_url("https://hf.co/org/data");
  const auto data = RepoId::from_url("https://hf.co/datasets/org/data/");
  REQUIRE(works(model));
  REQUIRE(works(data));
  CHECK(data->to_string() == "huggingface.co/datasets/org/data");
  CHECK(*model != *data);
}

TEST_CASE("the case of a path tells repositories apart", "[base]") {
  CHECK(RepoId::from_url("https://hf.co/org/Model").value() !=
        RepoId::from_url("https://hf.co/org/model").value());
}

TEST_CASE("a port that is not the default stays", "[base]") {
  const auto id = RepoId::from_url("http://127.0.0.1:8080/org/model");
  REQUIRE(works(id));
  CHECK(id->host() == "127.0.0.1:8080");
  CHECK(id->path() == "org/model");
  CHECK(RepoId::from_url("https://h.example:80/a/b").value().host() ==
        "h.example:80");
}

TEST_CASE("credentials are never kept", "[base]") {
  for (const char* url :
       {"https://hf_secret@hf.co/o/m", "https://user:hf_secret@hf.co/o/m",
        "https://u:p@hf_secret@hf.co/o/m"}) {
    CAPTURE(url);
    const auto id = RepoId::from_url(url);
    REQUIRE(works(id));
    CHECK(id->to_string() == "huggingface.co/o/m");
  }
}

TEST_CASE("credentials are not printed with a refusal", "[base]") {
  for (const char* url :
       {"https://user:hf_secret@hf.co/", "https://user:hf_secret@hf.co",
        "https://user:hf_secret@hf.co/o/../m", "ssh://user:hf_secret@hf.co/o/m",
        "https://user:hf_secret@/o/m", "https://user:hf_secret@h^st/o/m"}) {
    CAPTURE(url);
    const auto id = RepoId::from_url(url);
    REQUIRE_FALSE(id.ok());
    CHECK(id.error().message.find("hf_secret") == std::string::npos);
  }
}

TEST_CASE("URLs of other kinds are unsupported", "[base]") {
  for (const char* url :
       {"ssh://git@hf.co/o/m", "git@hf.co:o/m", "file:///o/m", "/o/m", "",
        "ftp://hf.co/o/m", "hf.co/o/m", "://hf.co/o/m"}) {
    CAPTURE(url);
    CHECK(refuses(RepoId::from_url(url), ErrorKind::unsupported,
                  "not an http or https URL"));
  }
}

TEST_CASE("a URL without a repository is refused", "[base]") {
  CHECK(refuses(RepoId::from_url("https://hf.co"), ErrorKind::invalid_input,
                "names no repository"));
  CHECK(refuses(RepoId::from_url("https://hf.co/"), ErrorKind::invalid_input,
                "no repository path after huggingface.co"));
  CHECK(refuses(RepoId::from_url("https://hf.co/.git"),
                ErrorKind::invalid_input, "no repository path"));
}

TEST_CASE("paths with dots, gaps and escapes are refused", "[base]") {
  for (const char* path :
       {"o/../m", "o/./m", "..", "o//m", "/o/m", "o/m?x=1", "o/m#f", "o%2fm",
        "o/%2e%2e/m", "o/m\n", "o/ m", "o\\m", "o/m\x7f", "o/m\xc3\xa9",
        "o/m:x", "o/.git"}) {
    CAPTURE(path);
    CHECK(refuses(RepoId::from_url(std::string("https://hf.co/") + path),
                  ErrorKind::invalid_input, "no repository path"));
  }
}

TEST_CASE("hosts with other characters are refused", "[base]") {
  for (const char* host :
       {"h st", "h%2fst", "h?st", "h#st", "h\\st", "h\nst", "", "user@",
        // A colon or a bracket where an address has none: the first would be
        // read back as the prefix of a helper.
        "sigstore::]", "a]b", "[::1", "[::1]x", "[]", "[::g]", "a:b:80",
        "a:", "a:123456", "[::1]:"}) {
    CAPTURE(host);
    CHECK(refuses(RepoId::from_url(std::string("https://") + host + "/o/m"),
                  ErrorKind::invalid_input, "no host"));
  }
}

TEST_CASE("a port without a host is refused", "[base]") {
  CHECK(refuses(RepoId::from_url("https://:443/o/m"), ErrorKind::invalid_input,
                "no host"));
  CHECK(refuses(RepoId::from_url("https://:8080/o/m"), ErrorKind::invalid_input,
                "no host"));
}

TEST_CASE("the text of an id is read back as the same id", "[base]") {
  for (const char* url :
       {"https://hf.co/org/model", "https://hf.co/datasets/org/data",
        "http://127.0.0.1:8080/org/model", "http://localhost:3000/o/m",
        "http://localhost/o/m", "https://[::1]:8443/o/m",
        "https://git.example.org/a/b/c"}) {
    CAPTURE(url);
    const auto id = RepoId::from_url(url);
    REQUIRE(works(id));
    const auto again = RepoId::parse(id->to_string());
    REQUIRE(works(again));
    CHECK(*again == *id);
  }
}

TEST_CASE("an id on a host without a dot is read back as the same id",
          "[base]") {
  const auto id = RepoId::from_url("http://gitserver/org/model");
  REQUIRE(works(id));
  const auto again = RepoId::parse(id->to_string());
  REQUIRE(works(again));
  CHECK(again->to_string() == id->to_string());
}

TEST_CASE("a host without a dot is nobody's name on the Hub", "[base]") {
  const auto intranet = RepoId::from_url("http://intranet/model");
  REQUIRE(works(intranet));
  CHECK(intranet->to_string() == "intranet:80/model");
  for (const char* text :
       {"http://intranet/model", "https://Intranet:443/model.git/",
        "https://datasets/org/data", "http://spaces/a/b.git", "Datasets/a/b",
        "hsmlo/de.git/", "https://intranet/org/model", "LOCALHOST/model"}) {
    CAPTURE(text);
    const auto id = RepoId::parse(text);
    REQUIRE(works(id));
    const auto again = RepoId::parse(id->to_string());
    REQUIRE(works(again));
    CHECK(*again == *id);
    CHECK((id->host() == "huggingface.co") ==
          (std::string_view(text).find("://") == std::string_view::npos &&
           std::string_view(text) != "LOCALHOST/model"));
  }
  CHECK(refuses(RepoId::parse("a/b/.git"), ErrorKind::invalid_input,
                "names no repository"));
}

TEST_CASE("a name without a host is a repository of the Hub", "[base]") {
  CHECK(RepoId::parse("org/model").value().to_string() ==
        "huggingface.co/org/model");
}

TEST_CASE("a URL for the remote helper is read", "[base]") {
  CHECK(
      RepoId::parse("sigstore::https://hf.co/org/model").value().to_string() ==
      "huggingface.co/org/model");
}

TEST_CASE("text that names no repository is refused", "[base]") {
  CHECK(refuses(RepoId::parse(""), ErrorKind::invalid_input,
                "no repository path"));
  CHECK(refuses(RepoId::parse("hf.co"), ErrorKind::invalid_input,
                "names no repository"));
  CHECK(refuses(RepoId::parse("ssh://hf.co/o/m"), ErrorKind::unsupported,
                "not an http"));
}
