// SPDX-License-Identifier: Apache-2.0

// A transparency log of version 1: @sigstore/mock, behind HTTP.
//
//   mock_rekor.cjs NAME FOLDER
//
// writes FOLDER/<NAME>.pub, and last FOLDER/url; serves until it is ended.
// NAME is the origin of its checkpoints. NODE_PATH names where the package is.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const path = require('path');
const { initializeTLog, rekorHandler } = require('@sigstore/mock');

const sha256 = (data) =>
  ({ algorithm: 'sha256',
     value: crypto.createHash('sha256').update(data).digest('hex') });

// A certificate in base64 of PEM, as a log writes it.
const canonicalCertificate = (content) => Buffer.from(
  new crypto.X509Certificate(Buffer.from(content, 'base64')).toString())
  .toString('base64');

// The mock keeps what was proposed, a log what it makes of it.
function canonical(proposed) {
  if (proposed.kind === 'hashedrekord') {
    const { publicKey } = proposed.spec.signature;
    publicKey.content = canonicalCertificate(publicKey.content);
    return proposed;
  }
  const { envelope, verifiers } = proposed.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  return { ...proposed, spec: {
    envelopeHash: sha256(envelope),
    payloadHash: sha256(Buffer.from(payload, 'base64')),
    signatures: signatures.map(({ sig }, i) =>
      ({ signature: sig, verifier: canonicalCertificate(verifiers[i]) })) } };
}

async function main([name, folder]) {
  const keys = crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const log = rekorHandler(await initializeTLog(`http://${name}`, keys));
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method !== 'POST' || request.url !== log.path) {
      response.writeHead(404).end();
      return;
    }
    const proposed = JSON.parse(Buffer.concat(chunks).toString());
    const answer = await log.fn(JSON.stringify(canonical(proposed)));
    const headers = { 'Content-Type': answer.contentType ?? 'text/plain' };
    // Clients in Go find the entry by it.
    if (answer.statusCode === 201) {
      headers.ETag = Object.keys(JSON.parse(answer.response))[0];
    }
    response.writeHead(answer.statusCode, headers);
    response.end(answer.response);
  });
  server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync(path.join(folder, `${name}.pub`),
      keys.publicKey.export({ type: 'spki', format: 'pem' }));
    const url = path.join(folder, 'url');
    fs.writeFileSync(`${url}.new`,
      `http://127.0.0.1:${server.address().port}\n`);
    fs.renameSync(`${url}.new`, url);
  });
}

main(process.argv.slice(2));
