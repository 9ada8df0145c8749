#!/usr/bin/env bash
# Writes $REPORT into the pull request's one comment about the stack. $1 is the exit code of `aidp preview`.
set -euo pipefail
ci=$(dirname "$0")/..
. "$ci/name.sh"

MARKER="<!-- labeling-preview: $NAME -->"
RUN="[The run]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID) of $COMMIT"
export MARKER RUN AUTHOR="github-actions[bot]"
comments="repos/$GITHUB_REPOSITORY/issues"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
bash "$ci/body.sh" "$1" > "$body"

id=$(
  gh api --paginate --slurp "$comments/$PULL_REQUEST/comments?per_page=100" |
    node "$ci/find-own.mjs" id
)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "$comments/comments/$id" --field "body=@$body"
else
  gh api --silent --method POST "$comments/$PULL_REQUEST/comments" --field "body=@$body"
fi
