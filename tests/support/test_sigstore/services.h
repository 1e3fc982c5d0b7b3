// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/test_sigstore/faults.h"
#include "tests/support/test_sigstore/issuer.h"
#include "tests/support/test_sigstore/messages.h"
#include "tests/support/virtual_sigstore.h"

// A Sigstore instance that speaks http: identity tokens, Fulcio, both
// versions of Rekor, a timestamp authority; whatever a real one checks it
// checks, and it goes wrong on demand.
namespace test_sigstore {

class Services {
 public:
  // `url` is where the services are, `clock` gives seconds since 1970.
  Services(std::string url, std::function<std::int64_t()> clock);

  // The faults:
  //   fulcio-status tsa-status rekor-status   {"status": 503, "retryAfter": 1}
  //   fulcio-slow tsa-slow rekor-slow         {"ms": 500}
  //   fulcio-garbage tsa-garbage rekor-garbage
  //   wrong-sct no-sct wrong-ca wrong-key wrong-identity expired-certificate
  //   short-certificate                       {"seconds": 60}
  //   wrong-root-hash wrong-proof wrong-checkpoint wrong-promise wrong-entry
  //   rekor-conflict
  //   wrong-nonce wrong-imprint wrong-tsa early-time
  // and those of the logins (issuer.h).
  Faults faults;

  // What it serves beside, by path: the TUF repository. The faults of the other
  // services are there for `tuf` too.
  std::map<std::string, std::string> files;

  // Any thread.
  Answer handle(const Request& request);

  std::string mint(const TokenClaims& claims) const;
  // Of tokens with an e-mail address, and of those with a subject only: a
  // Fulcio wants one or the other of an issuer, never both.
  std::string issuer() const { return url_ + "/oidc"; }
  std::string machine_issuer() const { return url_ + "/oidc/ci"; }
  std::string trusted_root_json() const;
  // With logs of these versions ("1", "2"), best first.
  std::string signing_config_json(int rekor_version) const;
  const VirtualSigstore& instance() const { return instance_; }

 private:
  Answer route(const Request& request);
  Answer oidc(const Request& request);
  Answer fulcio(const Request& request);
  Answer rekor(const Request& request, bool v2);
  Answer timestamp(const Request& request);
  Answer test_route(const Request& request);
  nlohmann::json check_token(const std::string& token) const;
  std::string certify(const nlohmann::json& claims, sigstore::Bytes spki);
  sigstore::TlogEntry add_entry(const std::string& body, bool v2, bool dsse);

  std::string url_;
  std::function<std::int64_t()> clock_;
  std::mutex mutex_;
  VirtualSigstore instance_;
  TestKey token_key_;
  Issuer issuer_;
  TestKey stranger_;
  TestCtLog other_ct_log_;
  std::uint64_t entries_[2] = {3, 3};
  std::map<std::string, int> requests_;               // by service
  std::map<std::string, std::string> known_entries_;  // v1: id to answer
};

}  // namespace test_sigstore
