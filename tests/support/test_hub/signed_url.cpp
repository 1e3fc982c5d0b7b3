// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/signed_url.h"

#include <chrono>
#include <random>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/digest.h"

namespace test_hub {
namespace {

constexpr char kSignature[] = "&Signature=";

long long now_in_seconds() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(
             system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::string sign_text(const Hub& hub, const std::string& text) {
  return sha256_hex(hub.secret + "\n" + text);
}

std::string make_signed_url(Hub& hub, const SignedUrl& url) {
  const std::string repo = url.repository.full_name();
  long long lifetime = 3600;
  if (const auto shorter = hub.switches.take("url-lifetime", {"cdn", repo})) {
    lifetime = shorter->at("seconds").get<long long>();
  }
  std::string target = url.path + "?repo=" + encode_component(repo) +
                       "&oid=" + url.oid +
                       "&file=" + encode_component(url.file);
  if (!url.query.empty()) target += "&" + url.query;
  target += "&Expires=" + std::to_string(now_in_seconds() + lifetime) +
            "&Nonce=" + std::to_string(std::random_device()());
  const bool reads = url.method == "GET";
  return (reads ? hub.download_origin : hub.cdn_origin) + target + kSignature +
         sign_text(hub, url.method + " " + target);
}

std::string check_signed_url(const Hub& hub, const httplib::Request& request) {
  const size_t mark = request.target.find(kSignature);
  if (mark == std::string::npos) return "Missing signature";
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  const std::string expected =
      sign_text(hub, method + " " + request.target.substr(0, mark));
  if (request.target.substr(mark + sizeof(kSignature) - 1) != expected) {
    return "SignatureDoesNotMatch";
  }
  const std::string expires = request.get_param_value("Expires");
  if (std::stoll(expires) < now_in_seconds()) return "Request has expired";
  return "";
}

}  // namespace test_hub
