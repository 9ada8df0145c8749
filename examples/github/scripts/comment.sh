#!/usr/bin/env bash
# Writes $REPORT into the pull request's one comment about the stack. $1 is the exit code of
# `aidp preview`: without a report, the comment tells of the failure.
set -euo pipefail

export MARKER="<!-- labeling-preview: $STACK -->" AUTHOR="github-actions[bot]"
comments="repos/$GITHUB_REPOSITORY/issues"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$MARKER"
  if [ -s "$REPORT" ]; then
    cat "$REPORT"
  else
    echo "**There is no preview of \`$STACK\`**: it failed with exit code $1."
  fi
  echo
  echo "[The run]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID) of $COMMIT"
} > "$body"

id=$(
  gh api --paginate --slurp "$comments/$PULL_REQUEST/comments?per_page=100" |
    node "$(dirname "$0")/find-own.mjs" id
)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "$comments/comments/$id" --field "body=@$body"
else
  gh api --silent --method POST "$comments/$PULL_REQUEST/comments" --field "body=@$body"
fi
