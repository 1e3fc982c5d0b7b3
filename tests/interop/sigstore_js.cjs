// SPDX-License-Identifier: Apache-2.0

// sigstore-js with the command line of the conformance suite, which its own
// program does not have: signing and verifying with files for the trusted root
// and the services. NODE_PATH names where the packages are.
//
//   sigstore_js.cjs sign-bundle --identity-token TOKEN --bundle FILE
//       --signing-config FILE [--in-toto] ARTIFACT
//   sigstore_js.cjs verify-bundle --bundle FILE --certificate-identity NAME
//       --certificate-oidc-issuer URL --trusted-root FILE ARTIFACT
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { parseArgs } = require('util');
const { bundleFromJSON, bundleToJSON } = require('@sigstore/bundle');
const { SigningConfig, TrustedRoot } = require('@sigstore/protobuf-specs');
const { bundleBuilderFromSigningConfig } = require('@sigstore/sign');
const { toSignedEntity, toTrustMaterial, Verifier } =
  require('@sigstore/verify');

const readJson = (path) => JSON.parse(fs.readFileSync(path, 'utf8'));

async function sign(options, artifact) {
  const builder = bundleBuilderFromSigningConfig({
    signingConfig: SigningConfig.fromJSON(readJson(options['signing-config'])),
    identityProvider: { getToken: async () => options['identity-token'] },
    bundleType: options['in-toto'] ? 'dsseEnvelope' : 'messageSignature',
  });
  const bundle = await builder.create(
    { data: artifact, type: 'application/vnd.in-toto+json' });
  fs.writeFileSync(options.bundle, JSON.stringify(bundleToJSON(bundle)));
}

// The library leaves this to its caller.
function requireSubject(bundle, artifact) {
  if (!bundle.dsseEnvelope) return;
  const digest = crypto.createHash('sha256').update(artifact).digest('hex');
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
  const { subject } = JSON.parse(payload.toString());
  if (!subject.some((each) => each.digest.sha256 === digest)) {
    throw new Error('the artifact is no subject of the statement');
  }
}

function verify(options, artifact) {
  const root = TrustedRoot.fromJSON(readJson(options['trusted-root']));
  const bundle = readJson(options.bundle);
  const name = options['certificate-identity'];
  new Verifier(toTrustMaterial(root)).verify(
    toSignedEntity(bundleFromJSON(bundle), artifact),
    // The name is taken for a pattern.
    { subjectAlternativeName:
        `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`,
      extensions: { issuer: options['certificate-oidc-issuer'] } });
  requireSubject(bundle, artifact);
}

async function main() {
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bundle: text, 'identity-token': text, 'signing-config': text,
      'trusted-root': text, 'certificate-identity': text,
      'certificate-oidc-issuer': text, 'in-toto': { type: 'boolean' } } });
  const [verb, path] = positionals;
  const artifact = fs.readFileSync(path);
  if (verb === 'sign-bundle') await sign(values, artifact);
  else if (verb === 'verify-bundle') verify(values, artifact);
  else throw new Error(`unknown verb ${verb}`);
}

main().catch((error) => {
  const reasons = [];
  for (let e = error; e; e = e.cause) reasons.push(e.message);
  console.error(reasons.join(': '));
  process.exitCode = 1;
});
