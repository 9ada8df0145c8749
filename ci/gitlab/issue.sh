#!/usr/bin/env bash
# Keeps one open issue while the stack has drift. $1 is the exit code of `aidp drift`.
set -euo pipefail
ci=$(dirname "$0")/..
. "$ci/name.sh"
. "$ci/gitlab/api.sh"

MARKER="<!-- labeling-drift: $NAME -->"
export MARKER RUN="[The job]($CI_JOB_URL)" AUTHOR
issues="projects/$CI_PROJECT_ID/issues"
label=labeling-drift

AUTHOR=$(own_id)
iid=$(
  gitlab GET "$issues?state=opened&scope=created_by_me&labels=$label&per_page=100" |
    node "$ci/find-own.mjs" iid
)

if [ "$1" = 0 ]; then
  if [ -n "$iid" ]; then
    gitlab POST "$issues/$iid/notes" --output /dev/null \
      --data-urlencode "body=No drift any more: $CI_JOB_URL"
    gitlab PUT "$issues/$iid" --output /dev/null --data state_event=close
  fi
  exit
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
bash "$ci/body.sh" "$1" > "$body"

if [ -n "$iid" ]; then
  gitlab PUT "$issues/$iid" --output /dev/null --data-urlencode "description@$body"
else
  gitlab POST "$issues" --output /dev/null --data-urlencode "title=Labeling drift in $NAME" \
    --data "labels=$label" --data-urlencode "description@$body"
fi
