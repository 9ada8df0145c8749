#!/usr/bin/env bash
# Keeps one open issue while the stack has drift. $1 is the exit code of `aidp drift`.
set -euo pipefail
scripts=$(dirname "$0")
. "$scripts/gitlab.sh"

export MARKER="<!-- labeling-drift: $STACK -->" AUTHOR
issues="projects/$CI_PROJECT_ID/issues"
label=labeling-drift

AUTHOR=$(gitlab GET user | node -p 'JSON.parse(fs.readFileSync(0, "utf8")).id')
iid=$(
  gitlab GET "$issues?state=opened&scope=created_by_me&labels=$label&per_page=100" |
    node "$scripts/find-own.mjs" iid
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
{
  echo "$MARKER"
  cat "$REPORT"
  echo
  echo "[The job]($CI_JOB_URL)"
} > "$body"

if [ -n "$iid" ]; then
  gitlab PUT "$issues/$iid" --output /dev/null --data-urlencode "description@$body"
else
  gitlab POST "$issues" --output /dev/null --data-urlencode "title=Labeling drift in $STACK" \
    --data "labels=$label" --data-urlencode "description@$body"
fi
