#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""huggingface_hub, asked for what the tests of the Hub need: one call of its
API a line below. HF_ENDPOINT and HF_TOKEN say where and who.

hub_client.py create REPO
hub_client.py upload REPO FOLDER [pr]   prints the commit, or the pull request
hub_client.py list REPO [REVISION]      path, size and digest, a line a file
hub_client.py download REPO PATH FOLDER
hub_client.py snapshot REPO CACHE       prints the folder
hub_client.py delete REPO PATH

REPO is like org/m or datasets/org/d.
"""

import os
import sys

os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import huggingface_hub as hub  # noqa: E402  (reads the environment)


def split(name):
    prefix, _, rest = name.partition("/")
    kinds = {"datasets": "dataset", "spaces": "space"}
    if prefix in kinds:
        return {"repo_id": rest, "repo_type": kinds[prefix]}
    return {"repo_id": name, "repo_type": "model"}


def create(repo):
    print(hub.create_repo(**split(repo)))


def upload(repo, folder, pull=""):
    info = hub.upload_folder(**split(repo), folder_path=folder,
                             commit_message="Upload by huggingface_hub",
                             create_pr=bool(pull))
    print(info.pr_url if pull else info.oid)


def list_files(repo, revision="main"):
    api = hub.HfApi()
    for entry in api.list_repo_tree(**split(repo), recursive=True,
                                    revision=revision):
        if isinstance(entry, hub.hf_api.RepoFile):
            print(entry.path, entry.size,
                  entry.lfs.sha256 if entry.lfs else entry.blob_id)


def download(repo, path, folder):
    print(hub.hf_hub_download(**split(repo), filename=path, local_dir=folder))


def snapshot(repo, cache):
    print(hub.snapshot_download(**split(repo), cache_dir=cache))


def delete(repo, path):
    print(hub.delete_file(path, **split(repo)).oid)


ACTIONS = {"create": create, "upload": upload, "list": list_files,
           "download": download, "snapshot": snapshot, "delete": delete}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ACTIONS:
        sys.exit(__doc__)
    ACTIONS[sys.argv[1]](*sys.argv[2:])
