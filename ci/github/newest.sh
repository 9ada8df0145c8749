#!/usr/bin/env bash
# Fails where the branch has moved on since this run's commit.
set -euo pipefail

newest=$(gh api "repos/$GITHUB_REPOSITORY/commits/${GITHUB_REF#refs/}" --jq .sha)
if [ "$newest" != "$GITHUB_SHA" ]; then
  echo "$GITHUB_REF_NAME is at $newest by now: the run of that commit applies this one's changes too." >&2
  exit 1
fi
