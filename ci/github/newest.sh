#!/usr/bin/env bash
# Fails where the branch has moved on since this run's commit.
set -euo pipefail

ref=${GITHUB_REF#refs/}
# The name of a branch may have these two, which mean something else in a URL.
ref=${ref//"%"/%25} ref=${ref//"#"/%23}
newest=$(gh api "repos/$GITHUB_REPOSITORY/commits/$ref" --jq .sha)
if [ "$newest" != "$GITHUB_SHA" ]; then
  echo "$GITHUB_REF_NAME is at $newest by now: the run of that commit applies this one's changes too." >&2
  exit 1
fi
