// SPDX-License-Identifier: Apache-2.0
//
// @huggingface/hub, the Hub's own JavaScript client, with the same actions as
// hub_client.py. HF_ENDPOINT and HF_TOKEN say where and who.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const peers = process.env.SIGSTORE_PEERS;
const hub = require(require.resolve("@huggingface/hub", { paths: [peers] }));

const common = {
  hubUrl: process.env.HF_ENDPOINT,
  accessToken: process.env.HF_TOKEN,
  useXet: false,
  xet: false,
};

// datasets/org/d, as the library writes it, is the same for it.
const repoOf = (name) => {
  const [prefix, ...rest] = name.split("/");
  const kinds = { datasets: "dataset", spaces: "space" };
  return prefix in kinds
    ? { type: kinds[prefix], name: rest.join("/") }
    : { type: "model", name };
};

const actions = {
  async create(repo) {
    const { repoUrl } = await hub.createRepo({ ...common, repo: repoOf(repo) });
    console.log(repoUrl);
  },

  async upload(repo, folder, pull) {
    const info = await hub.uploadFiles({
      ...common,
      repo: repoOf(repo),
      files: [pathToFileURL(path.resolve(folder) + "/")],
      commitTitle: "Upload by @huggingface/hub",
      isPullRequest: Boolean(pull),
    });
    console.log(pull ? info.pullRequestUrl : info.commit.oid);
  },

  async list(repo, revision = "main") {
    for await (const entry of hub.listFiles({
      ...common, repo: repoOf(repo), recursive: true, revision,
    })) {
      if (entry.type !== "file") continue;
      console.log(entry.path, entry.size, entry.lfs ? entry.lfs.oid : entry.oid);
    }
  },

  async download(repo, file, folder) {
    const blob = await hub.downloadFile({
      ...common, repo: repoOf(repo), path: file,
    });
    if (!blob) throw new Error(`no ${file}`);
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, Buffer.from(await blob.arrayBuffer()));
    console.log(target);
  },

  async snapshot(repo, cache) {
    console.debug = () => {};
    console.log(await hub.snapshotDownload({
      ...common, repo: repoOf(repo), cacheDir: cache,
    }));
  },

  async delete(repo, file) {
    const info = await hub.deleteFile({ ...common, repo: repoOf(repo), path: file });
    console.log(info.commit.oid);
  },
};

const [action, ...rest] = process.argv.slice(2);
if (!(action in actions)) {
  console.error("usage: hub_client.cjs ACTION REPO ...");
  process.exit(2);
}
actions[action](...rest).catch((error) => {
  console.error(String(error));
  process.exit(1);
});
