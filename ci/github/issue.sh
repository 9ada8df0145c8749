#!/usr/bin/env bash
# Keeps one open issue while the stack has drift. $1 is the exit code of `aidp drift`.
set -euo pipefail
ci=$(dirname "$0")/..
. "$ci/name.sh"

url="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
MARKER="<!-- labeling-drift: $NAME -->"
export MARKER RUN="[The run]($url)" AUTHOR="github-actions[bot]"
issues="repos/$GITHUB_REPOSITORY/issues"
label=labeling-drift

number=$(
  gh api --paginate --slurp "$issues?state=open&labels=$label&per_page=100" |
    node "$ci/find-own.mjs" number
)

if [ "$1" = 0 ]; then
  if [ -n "$number" ]; then
    gh api --silent --method POST "$issues/$number/comments" --raw-field "body=No drift any more: $url"
    gh api --silent --method PATCH "$issues/$number" --raw-field state=closed
  fi
  exit
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
bash "$ci/body.sh" "$1" > "$body"

if [ -n "$number" ]; then
  gh api --silent --method PATCH "$issues/$number" --field "body=@$body"
else
  gh label create "$label" --repo "$GITHUB_REPOSITORY" --force --color d93f0b \
    --description "The platform differs from what is declared"
  gh api --silent --method POST "$issues" --raw-field "title=Labeling drift in $NAME" \
    --raw-field "labels[]=$label" --field "body=@$body"
fi
