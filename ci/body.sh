#!/usr/bin/env bash
# Prints the text of a comment or an issue about the stack $NAME: $MARKER, a link to the page with pictures if $PAGE_URL is
# set, $REPORT, and the link $RUN. $1 is the exit code of `aidp`: without a report, the text tells of the failure.
set -euo pipefail

echo "$MARKER"
if [ -n "${PAGE_URL:-}" ]; then
  echo "[The page with the pictures]($PAGE_URL)"
  echo
fi
if [ -s "$REPORT" ]; then
  cat "$REPORT"
else
  echo "**There is no preview of \`$NAME\`**: it failed with exit code $1."
fi
echo
echo "$RUN"
