#!/usr/bin/env bash
# Keeps one open issue while the stack has drift. $1 is the exit code of `aidp drift`.
set -euo pipefail

export MARKER="<!-- labeling-drift: $STACK -->" AUTHOR="github-actions[bot]"
issues="repos/$GITHUB_REPOSITORY/issues"
label=labeling-drift
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"

number=$(
  gh api --paginate --slurp "$issues?state=open&labels=$label&per_page=100" |
    node "$(dirname "$0")/find-own.mjs" number
)

if [ "$1" = 0 ]; then
  if [ -n "$number" ]; then
    gh api --silent --method POST "$issues/$number/comments" --raw-field "body=No drift any more: $run"
    gh api --silent --method PATCH "$issues/$number" --raw-field state=closed
  fi
  exit
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$MARKER"
  cat "$REPORT"
  echo
  echo "[The run]($run)"
} > "$body"

if [ -n "$number" ]; then
  gh api --silent --method PATCH "$issues/$number" --field "body=@$body"
else
  gh label create "$label" --repo "$GITHUB_REPOSITORY" --force --color d93f0b \
    --description "The platform differs from what is declared"
  gh api --silent --method POST "$issues" --raw-field "title=Labeling drift in $STACK" \
    --raw-field "labels[]=$label" --field "body=@$body"
fi
