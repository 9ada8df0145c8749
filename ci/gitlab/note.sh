#!/usr/bin/env bash
# Writes $REPORT into the merge request's one note about the stack. $1 is the exit code of `aidp preview`.
set -euo pipefail
ci=$(dirname "$0")/..
. "$ci/name.sh"
. "$ci/gitlab/api.sh"

MARKER="<!-- labeling-preview: $NAME -->"
export MARKER RUN="[The job]($CI_JOB_URL) of $CI_COMMIT_SHA" AUTHOR
notes="projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
bash "$ci/body.sh" "$1" > "$body"

AUTHOR=$(own_id)
id=
page=1
while [ -z "$id" ]; do
  answer=$(gitlab GET "$notes?sort=asc&order_by=created_at&per_page=100&page=$page")
  if [ "$answer" = "[]" ]; then break; fi
  id=$(node "$ci/find-own.mjs" id <<< "$answer")
  page=$((page + 1))
done

if [ -n "$id" ]; then
  gitlab PUT "$notes/$id" --output /dev/null --data-urlencode "body@$body"
else
  gitlab POST "$notes" --output /dev/null --data-urlencode "body@$body"
fi
