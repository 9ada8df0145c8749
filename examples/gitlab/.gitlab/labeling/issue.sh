#!/usr/bin/env bash
# Keeps one issue on the drift of a stack: opens it, updates it in place, or closes it.
#
#   issue.sh REPORT CODE     CODE is the exit code of `aidp drift`
#
# Needs LABELING_TOKEN and STACK, besides what GitLab sets.
set -euo pipefail
source "$(dirname "$0")/api.sh"

report=$1
code=${2:-}
marker="<!-- aidp drift: $STACK -->"
issues=$project/issues

# Whether there is drift is not known then: the issue stays as it is.
if [[ $code != 0 && $code != 2 ]]; then
  echo "Looking for drift failed: its log, above, tells why." >&2
  exit 1
fi

number=$(find_own "$issues?state=opened" "$marker")

if [[ $code == 0 ]]; then
  [[ -z $number ]] && exit
  api POST "$issues/$number/notes" --output /dev/null \
    --data-urlencode "body=There is no drift any more: $CI_JOB_URL"
  api PUT "$issues/$number" --output /dev/null --data state_event=close
  exit
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$marker"
  cat "$report"
  printf '\n[Log of this look](%s)\n' "$CI_JOB_URL"
} > "$body"

# The text goes by file: it is too long for a command line.
if [[ -n $number ]]; then
  api PUT "$issues/$number" --output /dev/null --data-urlencode "description@$body"
else
  api POST "$issues" --output /dev/null \
    --data-urlencode "title=Labeling drift: $STACK" --data-urlencode "description@$body"
fi
