#!/usr/bin/env bash
# Writes a report as the one note of a merge request: a later run updates it in place.
#
#   note.sh REPORT
#
# Needs LABELING_TOKEN and STACK, besides what GitLab sets.
set -euo pipefail
source "$(dirname "$0")/api.sh"

report=$1
marker="<!-- aidp preview: $STACK -->"
notes=$project/merge_requests/$CI_MERGE_REQUEST_IID/notes

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$marker"
  if [[ -s $report ]]; then
    cat "$report"
  else
    # What stands there from an earlier commit must not look like a preview of this one.
    echo "**The preview of \`$STACK\` failed before there was a report.**"
  fi
  printf '\n[Log of this preview](%s)\n' "$CI_JOB_URL"
} > "$body"

number=$(find_own "$notes?order_by=created_at&sort=asc" "$marker")

# The text goes by file: it is too long for a command line.
if [[ -n $number ]]; then
  api PUT "$notes/$number" --output /dev/null --data-urlencode "body@$body"
else
  api POST "$notes" --output /dev/null --data-urlencode "body@$body"
fi
