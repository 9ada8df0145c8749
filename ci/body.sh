#!/usr/bin/env bash
# Prints the text of a comment or an issue: $MARKER, $REPORT, and links to the page with pictures, if $PAGE_URL is set, and
# to $RUN. $1 is the exit code of `aidp`: without a report, the text tells of the failure.
set -euo pipefail

echo "$MARKER"
if [ -s "$REPORT" ]; then
  cat "$REPORT"
else
  echo "**There is no preview of \`$STACK\`**: it failed with exit code $1."
fi
echo
if [ -n "${PAGE_URL:-}" ]; then echo "[The page with the pictures]($PAGE_URL)"; fi
echo "$RUN"
