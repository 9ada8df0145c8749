#!/usr/bin/env bash
# Writes $REPORT into the merge request's one note about the stack. $1 is the exit code of
# `aidp preview`: without a report, the note tells of the failure.
set -euo pipefail
scripts=$(dirname "$0")
. "$scripts/gitlab.sh"

export MARKER="<!-- labeling-preview: $STACK -->" AUTHOR
notes="projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
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
  echo "[The job]($CI_JOB_URL) of $CI_COMMIT_SHA"
} > "$body"

AUTHOR=$(gitlab GET user | node -p 'JSON.parse(fs.readFileSync(0, "utf8")).id')
id=
page=1
while [ -z "$id" ]; do
  answer=$(gitlab GET "$notes?sort=asc&order_by=created_at&per_page=100&page=$page")
  if [ "$answer" = "[]" ]; then break; fi
  id=$(node "$scripts/find-own.mjs" id <<< "$answer")
  page=$((page + 1))
done

if [ -n "$id" ]; then
  gitlab PUT "$notes/$id" --output /dev/null --data-urlencode "body@$body"
else
  gitlab POST "$notes" --output /dev/null --data-urlencode "body@$body"
fi
