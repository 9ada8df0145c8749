#!/usr/bin/env bash
# Fails where main has moved on since this run's commit.
set -euo pipefail

newest=$(gh api "repos/$GITHUB_REPOSITORY/commits/main" --jq .sha)
if [ "$newest" != "$GITHUB_SHA" ]; then
  echo "main is at $newest by now: the run of that commit applies this one's changes too." >&2
  exit 1
fi
