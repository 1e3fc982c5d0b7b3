// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#include "tests/support/test_sigstore/services.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "tests/support/der.h"
#include "tests/support/log_bodies.h"
#include "tests/support/must.h"
#include "tests/support/test_sigstore/crypto.h"
#include "tests/support/test_timestamps.h"
#include "tests/support/text_codec.h"

using nlohmann::json;
using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::to_bytes;

namespace test_sigstore {
namespace {

Answer refuse(int status, std::string why) {
  return {status, json{{"code", 3}, {"message", std::move(why)}}.dump()};
}

Bytes decode(const json& value) {
  return codec::from_base64(value.get<std::string>());
}

std::string get_field(const std::string& query, const std::string& name,
                      const std::string& otherwise) {
  std::size_t at = 0;
  while (at < query.size()) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string field = query.substr(at, end - at);
    if (field.starts_with(name + "=")) return field.substr(name.size() + 1);
    at = end + 1;
  }
  return otherwise;
}

// The one byte is another one then.
void spoil(Bytes& bytes) { bytes.at(bytes.size() / 2) ^= 1U; }

}  // namespace

Services::Services(std::string url, std::function<std::int64_t()> clock)
    : url_(std::move(url)),
      clock_(std::move(clock)),
      token_key_(TestKey::make("RSA-2048")),
      issuer_(
          issuer(), [this](const TokenClaims& claims) { return mint(claims); },
          faults),
      stranger_(TestKey::make("P-256")) {}

// Whatever a client sends that is not as it should be is its fault: 400.
Answer Services::handle(const Request& request) {
  const std::scoped_lock lock(mutex_);
  try {
    return route(request);
  } catch (const std::exception& error) {
    return refuse(400, error.what());
  }
}

Answer Services::route(const Request& request) {
  const std::string& path = request.path;
  if (path.starts_with("/_test/")) return test_route(request);
  if (path.starts_with("/oidc/")) return oidc(request);
  std::string name;
  if (path == "/fulcio/api/v2/signingCert") name = "fulcio";
  if (path == "/tsa/api/v1/timestamp") name = "tsa";
  if (path.starts_with("/rekor1/api/v1/log/entries")) name = "rekor";
  if (path == "/rekor2/api/v2/log/entries") name = "rekor";
  if (path.starts_with("/tuf/")) name = "tuf";
  if (name.empty()) return refuse(404, "no such path");
  ++requests_[name];
  int delay = 0;
  if (const auto slow = faults.hit(name + "-slow"))
    delay = slow->value("ms", 1000);
  Answer answer;
  if (const auto fault = faults.hit(name + "-status")) {
    answer = refuse(fault->value("status", 503), "on demand");
    if (fault->contains("retryAfter"))
      answer.headers["Retry-After"] =
          std::to_string(fault->value("retryAfter", 1));
  } else if (faults.hit(name + "-garbage")) {
    answer = {200, "<html>welcome</html>", "text/html"};
  } else if (name == "tuf") {
    const auto file = files.find(path);
    answer = file == files.end()
                 ? refuse(404, "no such file")
                 : Answer{200, file->second, "application/octet-stream"};
  } else if (name == "fulcio") {
    answer = fulcio(request);
  } else if (name == "tsa") {
    answer = timestamp(request);
  } else {
    answer = rekor(request, path.starts_with("/rekor2/"));
  }
  answer.delay_ms = delay;
  return answer;
}

// PUT, GET and DELETE /_test/faults/<name>; GET /_test/requests/<service>.
Answer Services::test_route(const Request& request) {
  constexpr std::string_view kRequests = "/_test/requests/";
  if (request.path.starts_with(kRequests)) {
    const int count = requests_[request.path.substr(kRequests.size())];
    return {200, json{{"requests", count}}.dump()};
  }
  constexpr std::string_view kFaults = "/_test/faults/";
  must(request.path.starts_with(kFaults), "no such path");
  const std::string name = request.path.substr(kFaults.size());
  if (request.method == "PUT")
    faults.set(name, request.body.empty() ? json::object()
                                          : json::parse(request.body));
  if (request.method == "DELETE") faults.clear(name);
  return {200, json{{"hits", faults.hits(name)}}.dump()};
}

// --- identity tokens --------------------------------------------------------

std::string Services::mint(const TokenClaims& claims) const {
  const std::int64_t now = clock_();
  json payload = {{"iss", claims.email.empty() ? machine_issuer() : issuer()},
                  {"sub", claims.subject},
                  {"aud", claims.audience},
                  {"iat", std::min(now, now + claims.lifetime)},
                  {"exp", now + claims.lifetime}};
  if (!claims.email.empty()) {
    payload["email"] = claims.email;
    payload["email_verified"] = true;
  }
  if (!claims.nonce.empty()) payload["nonce"] = claims.nonce;
  const json header = {{"alg", "RS256"}, {"kid", "1"}, {"typ", "JWT"}};
  const std::string text = codec::base64url(as_bytes(header.dump())) + "." +
                           codec::base64url(as_bytes(payload.dump()));
  return text + "." + codec::base64url(token_key_.sign(as_bytes(text)));
}

Answer Services::oidc(const Request& request) {
  const std::string discovery = "/.well-known/openid-configuration";
  if (request.path == "/oidc" + discovery ||
      request.path == "/oidc/ci" + discovery)
    return {200, json{{"issuer", request.path == "/oidc" + discovery
                                     ? issuer()
                                     : machine_issuer()},
                      {"jwks_uri", issuer() + "/keys"},
                      {"authorization_endpoint", issuer() + "/auth"},
                      {"token_endpoint", issuer() + "/token"},
                      {"device_authorization_endpoint", issuer() + "/device"},
                      {"id_token_signing_alg_values_supported", {"RS256"}}}
                     .dump()};
  if (request.path == "/oidc/keys") {
    // RSAPublicKey of 2048 bits and 65537 ends a SubjectPublicKeyInfo: 256
    // bytes of n, two of header, three of e.
    const ByteView spki = token_key_.spki();
    const ByteView tail = spki.last(256 + 5);
    return {200, json{{"keys",
                       {{{"kty", "RSA"},
                         {"alg", "RS256"},
                         {"use", "sig"},
                         {"kid", "1"},
                         {"n", codec::base64url(tail.first(256))},
                         {"e", codec::base64url(tail.last(3))}}}}}
                     .dump()};
  }
  // As GitHub Actions gives them to a job.
  if (request.path == "/oidc/github") {
    must(request.query == "audience=sigstore", "no audience");
    must(request.headers.at("authorization") == "bearer x", "not the job");
    return {200, json{{"value", mint({})}}.dump()};
  }
  if (request.path == "/oidc/mint") {
    TokenClaims claims;
    claims.email = get_field(request.query, "email", claims.email);
    claims.subject = get_field(request.query, "sub", claims.subject);
    claims.audience = get_field(request.query, "aud", claims.audience);
    claims.lifetime = std::stoll(get_field(request.query, "lifetime", "600"));
    return {200, mint(claims), "text/plain"};
  }
  if (auto answer = issuer_.handle(request)) return *std::move(answer);
  return refuse(404, "no such path");
}

// As Fulcio does: signature, issuer, audience, expiry.
json Services::check_token(const std::string& token) const {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  must(first != std::string::npos && first < last, "not a token");
  must(verifies(token_key_.spki(), as_bytes(token.substr(0, last)),
                codec::from_base64(token.substr(last + 1))),
       "the token is not signed by its issuer");
  json claims = json::parse(
      as_text(codec::from_base64(token.substr(first + 1, last - first - 1))));
  const std::string expected =
      claims.contains("email") ? issuer() : machine_issuer();
  must(claims.at("iss") == expected, "the token is of another issuer");
  must(claims.at("aud") == "sigstore", "the token is for another audience");
  must(claims.at("exp") >= clock_(), "the token expired");
  return claims;
}

// --- Fulcio -----------------------------------------------------------------

std::string Services::certify(const json& claims, Bytes spki) {
  const std::int64_t now = clock_();
  const bool has_email = claims.contains("email");
  std::string name = has_email ? claims.at("email") : claims.at("sub");
  if (faults.hit("wrong-identity")) name = "mallory@example.org";
  CertificatePlan plan =
      signer_plan(has_email ? san_email(name) : san_uri(name),
                  claims.at("iss").get<std::string>());
  plan.not_before.seconds = now;
  if (faults.hit("expired-certificate")) plan.not_before.seconds = now - 7200;
  plan.not_after.seconds = plan.not_before.seconds + 600;
  if (const auto fault = faults.hit("short-certificate"))
    plan.not_after.seconds =
        plan.not_before.seconds + fault->value("seconds", 60);
  const TestCtLog& log =
      faults.hit("wrong-sct") ? other_ct_log_ : instance_.ct_log();
  plan.scts = {{&log, now * 1000}};
  if (faults.hit("no-sct")) plan.scts.clear();
  if (faults.hit("wrong-key")) spki = stranger_.spki();
  const TestKey key = TestKey::public_half(std::move(spki));
  if (faults.hit("wrong-ca")) {
    const TestCertificate other = TestCertificate::self_signed(
        fulcio_ca_plan("fulcio"), TestKey::make("P-384"));
    return codec::pem("CERTIFICATE", other.issue(plan, key).der());
  }
  return codec::pem("CERTIFICATE", instance_.fulcio().issue(plan, key).der());
}

Answer Services::fulcio(const Request& request) {
  const json body = json::parse(request.body);
  std::string token;
  const auto header = request.headers.find("authorization");
  if (header != request.headers.end() && header->second.starts_with("Bearer "))
    token = header->second.substr(7);
  if (body.contains("credentials"))
    token = body.at("credentials").at("oidcIdentityToken");
  json claims;
  try {
    claims = check_token(token);
  } catch (const std::exception&) {
    return refuse(400, "There was an error processing the identity token");
  }
  Bytes spki;
  if (body.contains("certificateSigningRequest")) {
    spki = key_of_request(as_text(decode(body["certificateSigningRequest"])));
  } else {
    const json& asked = body.at("publicKeyRequest");
    spki = key_of_pem(asked.at("publicKey").at("content").get<std::string>());
    const std::string challenge =
        claims.contains("email") ? claims["email"] : claims["sub"];
    must(verifies(spki, as_bytes(challenge),
                  decode(asked.at("proofOfPossession"))),
         "the proof of possession does not verify");
  }
  const json chain = {certify(claims, std::move(spki)),
                      codec::pem("CERTIFICATE", instance_.fulcio().der()),
                      codec::pem("CERTIFICATE", instance_.fulcio_root().der())};
  return {200, json{{"signedCertificateEmbeddedSct",
                     {{"chain", {{"certificates", chain}}}}}}
                   .dump()};
}

// --- timestamps -------------------------------------------------------------

Answer Services::timestamp(const Request& request) {
  TimestampQuery query = parse_query(as_bytes(request.body));
  if (faults.hit("wrong-nonce") && !query.nonce.empty())
    query.nonce.back() ^= 1U;
  if (faults.hit("wrong-imprint")) spoil(query.imprint);
  TokenPlan plan;
  plan.time.seconds = clock_();
  if (faults.hit("early-time")) plan.time.seconds -= 86400;
  plan.imprint = query.imprint;
  plan.more_of_info = query.nonce;
  const bool wrong = faults.hit("wrong-tsa").has_value();
  const TestCertificate stranger =
      TestCertificate::self_signed(timestamp_plan("tsa"), stranger_);
  const Bytes response =
      time_stamp(wrong ? stranger : instance_.tsa(), {}, plan);
  return {200, std::string(as_text(response)), "application/timestamp-reply"};
}

// --- Rekor ------------------------------------------------------------------

sigstore::TlogEntry Services::add_entry(const std::string& body, bool v2,
                                        bool dsse) {
  BundlePlan plan;
  plan.rekor_v2 = v2;
  if (dsse) plan.statement = "x";
  plan.signed_at.seconds = clock_();
  std::uint64_t& count = entries_[v2 ? 1 : 0];
  plan.index = count++;
  plan.size = count;
  std::string logged = body;
  if (faults.hit("wrong-entry")) {
    // The last digest in it is another one.
    const std::string member = v2 ? R"("digest":")" : R"("value":")";
    char& digit = logged.at(logged.rfind(member) + member.size());
    digit = digit == '1' ? '2' : '1';
  }
  sigstore::TlogEntry entry = instance_.log(logged, plan);
  sigstore::InclusionProof& proof = *entry.inclusion_proof;
  if (faults.hit("wrong-root-hash")) spoil(proof.root_hash);
  if (faults.hit("wrong-proof")) spoil(proof.hashes.front());
  if (faults.hit("wrong-checkpoint")) {
    // Of another tree head, though the log signed it.
    plan.index = 0;
    proof.checkpoint = instance_.log("other", plan).inclusion_proof->checkpoint;
  }
  if (faults.hit("wrong-promise") && !entry.signed_entry_timestamp.empty())
    ++entry.integrated_time;
  return entry;
}

namespace {

json entry_v1(const sigstore::TlogEntry& entry) {
  const sigstore::InclusionProof& proof = *entry.inclusion_proof;
  json hashes = json::array();
  for (const Bytes& hash : proof.hashes) hashes.push_back(codec::hex(hash));
  return {{"body", codec::base64(entry.canonicalized_body)},
          {"integratedTime", entry.integrated_time},
          {"logID", codec::hex(entry.log_id)},
          {"logIndex", entry.log_index},
          {"verification",
           {{"inclusionProof",
             {{"checkpoint", proof.checkpoint},
              {"hashes", hashes},
              {"logIndex", proof.log_index},
              {"rootHash", codec::hex(proof.root_hash)},
              {"treeSize", proof.tree_size}}},
            {"signedEntryTimestamp",
             codec::base64(entry.signed_entry_timestamp)}}}};
}

json entry_v2(const sigstore::TlogEntry& entry) {
  const sigstore::InclusionProof& proof = *entry.inclusion_proof;
  json hashes = json::array();
  for (const Bytes& hash : proof.hashes) hashes.push_back(codec::base64(hash));
  return {{"logIndex", std::to_string(entry.log_index)},
          {"logId", {{"keyId", codec::base64(entry.log_id)}}},
          {"kindVersion", {{"kind", entry.kind}, {"version", entry.version}}},
          {"integratedTime", "0"},
          {"inclusionPromise", nullptr},
          {"inclusionProof",
           {{"logIndex", std::to_string(proof.log_index)},
            {"rootHash", codec::base64(proof.root_hash)},
            {"treeSize", std::to_string(proof.tree_size)},
            {"hashes", hashes},
            {"checkpoint", {{"envelope", proof.checkpoint}}}}},
          {"canonicalizedBody", codec::base64(entry.canonicalized_body)}};
}

Bytes key_of_verifier(std::string_view pem) {
  return pem.find("CERTIFICATE") != std::string_view::npos
             ? key_of_certificate(der_of_certificate(pem))
             : key_of_pem(pem);
}

// The bodies that a log makes of what it is asked for, when the signatures in
// it hold.
std::string body_of_v1(const json& proposed) {
  must(proposed.at("apiVersion") == "0.0.1", "unknown version");
  const json& spec = proposed.at("spec");
  if (proposed.at("kind") == "hashedrekord") {
    const json& hash = spec.at("data").at("hash");
    must(hash.at("algorithm") == "sha256", "not sha256");
    const std::string hex = hash.at("value");
    Bytes digest;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
      digest.push_back(
          static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    const Bytes signature = decode(spec.at("signature").at("content"));
    const Bytes pem =
        decode(spec.at("signature").at("publicKey").at("content"));
    must(verifies_digest(key_of_verifier(as_text(pem)), digest, signature),
         "the signature does not verify");
    return log_bodies::message_v1(digest, signature, as_text(pem));
  }
  must(proposed.at("kind") == "dsse", "unknown kind");
  const json& content = spec.at("proposedContent");
  const std::string text = content.at("envelope");
  const json envelope = json::parse(text);
  const Bytes payload = decode(envelope.at("payload"));
  const std::string type = envelope.at("payloadType");
  const Bytes signature = decode(envelope.at("signatures").at(0).at("sig"));
  const Bytes pem = decode(content.at("verifiers").at(0));
  const std::string encoded = "DSSEv1 " + std::to_string(type.size()) + " " +
                              type + " " + std::to_string(payload.size()) +
                              " " + std::string(as_text(payload));
  must(verifies(key_of_verifier(as_text(pem)), as_bytes(encoded), signature),
       "the signature does not verify");
  return log_bodies::envelope_v1(payload, signature, as_text(pem),
                                 hash_with("SHA256", as_bytes(text)));
}

std::string body_of_v2(const json& proposed) {
  must(proposed.size() == 1, "unknown members");  // rekor-tiles answers 400
  const json& request = proposed.at("hashedRekordRequestV002");
  const json& verifier = request.at("signature").at("verifier");
  must(verifier.at("keyDetails") == "PKIX_ECDSA_P256_SHA_256", "unknown key");
  const Bytes digest = decode(request.at("digest"));
  const Bytes signature = decode(request.at("signature").at("content"));
  const bool has_leaf = verifier.contains("x509Certificate");
  const char* member = has_leaf ? "x509Certificate" : "publicKey";
  const Bytes der = decode(verifier.at(member).at("rawBytes"));
  must(verifies_digest(has_leaf ? key_of_certificate(der) : der, digest,
                       signature),
       "the signature does not verify");
  return log_bodies::hashed_v2(digest, signature,
                               std::string("\"") + member +
                                   "\":{\"rawBytes\":\"" + codec::base64(der) +
                                   "\"}");
}

}  // namespace

Answer Services::rekor(const Request& request, bool v2) {
  const std::string start = "/rekor1/api/v1/log/entries/";
  if (request.method == "GET") {
    const auto known = known_entries_.find(request.path.substr(start.size()));
    return known == known_entries_.end() ? refuse(404, "no such entry")
                                         : Answer{200, known->second};
  }
  const json proposed = json::parse(request.body);
  const std::string body = v2 ? body_of_v2(proposed) : body_of_v1(proposed);
  const bool dsse = !v2 && proposed.at("kind") == "dsse";
  const sigstore::TlogEntry entry = add_entry(body, v2, dsse);
  if (v2) return {201, entry_v2(entry).dump()};
  const std::string id =
      codec::hex(hash_with("SHA256", entry.canonicalized_body));
  const std::string answer = json{{id, entry_v1(entry)}}.dump();
  known_entries_[id] = answer;
  if (faults.hit("rekor-conflict")) {
    Answer conflict = refuse(409, "an equivalent entry already exists");
    conflict.headers["Location"] = "/api/v1/log/entries/" + id;
    return conflict;
  }
  return {201, answer, "application/json", {{"ETag", id}}};
}

// --- what clients are given -------------------------------------------------

std::string Services::trusted_root_json() const {
  const sigstore::TrustedRoot root = instance_.trusted_root();
  const json since = {{"start", "2020-01-01T00:00:00Z"}};
  const auto logs = [&](const auto& list) {
    json out = json::array();
    for (const sigstore::TransparencyLog& log : list) {
      const bool v2 = log.key->algorithm() == sigstore::KeyAlgorithm::ed25519;
      out.push_back(
          {{"baseUrl", log.base_url},
           {"hashAlgorithm", "SHA2_256"},
           {"publicKey",
            {{"rawBytes", codec::base64(log.key->spki())},
             {"keyDetails", v2 ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256"},
             {"validFor", since}}},
           {"logId", {{"keyId", codec::base64(log.log_id)}}}});
    }
    return out;
  };
  const auto authorities = [&](const auto& list) {
    json out = json::array();
    for (const sigstore::Authority& authority : list) {
      json chain = json::array();
      for (const sigstore::Certificate& certificate : authority.chain)
        chain.push_back({{"rawBytes", codec::base64(certificate.der())}});
      out.push_back(
          {{"subject",
            {{"organization", "sigstore.test"}, {"commonName", "test"}}},
           {"uri", authority.uri},
           {"certChain", {{"certificates", chain}}},
           {"validFor", since}});
    }
    return out;
  };
  return json{
      {"mediaType",
       "application/vnd.dev.sigstore.trustedroot+json;version=0.1"},
      {"tlogs", logs(root.tlogs)},
      {"ctlogs", logs(root.ctlogs)},
      {"certificateAuthorities", authorities(root.certificate_authorities)},
      {"timestampAuthorities", authorities(root.timestamp_authorities)}}
      .dump(2);
}

std::string Services::signing_config_json(int rekor_version) const {
  const auto service = [&](const std::string& path, int version) {
    return json::array({{{"url", url_ + path},
                         {"majorApiVersion", version},
                         {"validFor", {{"start", "2020-01-01T00:00:00Z"}}},
                         {"operator", "sigstore.test"}}});
  };
  return json{
      {"mediaType", "application/vnd.dev.sigstore.signingconfig.v0.2+json"},
      {"caUrls", service("/fulcio", 1)},
      {"oidcUrls", service("/oidc", 1)},
      {"rekorTlogUrls",
       service(rekor_version == 2 ? "/rekor2" : "/rekor1", rekor_version)},
      {"tsaUrls", service("/tsa/api/v1/timestamp", 1)},
      {"rekorTlogConfig", {{"selector", "ANY"}}},
      {"tsaConfig", {{"selector", "ANY"}}}}
      .dump(2);
}

}  // namespace test_sigstore
