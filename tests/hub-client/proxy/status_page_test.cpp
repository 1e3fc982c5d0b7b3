// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/status_page.h"

#include "core/base/json.h"
#include "tests/support/catch.h"

using sigstore::hub::escape_html;
using sigstore::hub::ProxyStatus;
using sigstore::hub::Records;
using sigstore::hub::StateRecord;
using sigstore::hub::status_json;
using sigstore::hub::status_page;

namespace {

StateRecord evil_record() {
  StateRecord record;
  record.repository = "org/<script>alert(1)</script>";
  record.revision = "\"><img src=x>";
  record.commit = std::string(40, 'a');
  record.words = "signed by '&\n\x1b[31m";
  return record;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("nothing on the page is more than text", "[proxy]") {
  Records records;
  records.judged("k", evil_record());
  records.fetching("f", {"<b>", 1, 2});
  records.failed("g", {"<i>", 0, 0, "<u>"});
  const std::string page = status_page(records.status({}));
  for (const char* part : {"<script", "<img", "<b>", "<i>", "<u>", "\x1b"}) {
    CAPTURE(part);
    CHECK_FALSE(has(page, part));
  }
  CHECK(has(page, "&lt;script&gt;"));
  CHECK(has(page, "&quot;&gt;&lt;img"));
  CHECK(escape_html("a&b<c>'\"\n") == "a&amp;b&lt;c&gt;&#39;&quot;\\x0a");
}

TEST_CASE("the status as JSON says the same", "[proxy]") {
  Records records;
  records.started("https://huggingface.co", {0});
  records.asked();
  StateRecord record = evil_record();
  record.standing = StateRecord::Standing::verified;
  records.judged("k", record);
  records.sent("k", 500, {60});
  records.fetched("f", 700);
  const auto json =
      sigstore::parse_json(status_json(records.status({60}))).value();
  CHECK(json["requests"] == 1);
  CHECK(json["bytesSent"] == 500);
  CHECK(json["bytesFetched"] == 700);
  CHECK(json["states"][0]["verdict"] == "verified");
  CHECK(json["states"][0]["answers"] == 1);
  CHECK(json["states"][0]["seen"] == "1970-01-01T00:01:00Z");
}

TEST_CASE("what is remembered does not grow without end", "[proxy]") {
  Records records;
  for (int i = 0; i < 1000; ++i) {
    StateRecord record;
    record.repository = std::to_string(i);
    record.seen = {i};
    records.judged(record.repository, record);
    records.failed("f", {"x", 0, 0, "y"});
  }
  const ProxyStatus status = records.status({});
  CHECK(status.states.size() == 200);
  CHECK(status.states.front().repository == "999");
  CHECK(status.failures.size() == 50);
}

TEST_CASE("a second verdict keeps the count of a state", "[proxy]") {
  Records records;
  records.judged("k", evil_record());
  records.sent("k", 5, {});
  records.judged("k", evil_record());
  CHECK(records.status({}).states[0].bytes == 5);
}
