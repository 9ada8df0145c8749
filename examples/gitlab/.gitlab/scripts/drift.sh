#!/usr/bin/env bash
# Looks for drift of a stack and writes the report to $REPORT. Ends as `aidp drift` does: 0 no drift,
# 1 failure, 2 drift.
set -euo pipefail
: "${STACK:?name the stack: see docs/gitops.md}"

# A report that is already there would pass for this one's when the look fails.
rm -f "$REPORT"
# --no: only the installed command, never a package that happens to have its name.
exec npx --no -- aidp drift --stack "$STACK" --markdown "$REPORT"
