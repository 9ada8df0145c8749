#!/usr/bin/env bash
# Passes or fails a job by the exit code of `aidp`.
set -euo pipefail

case "$1" in
  0) echo "Nothing to do." ;;
  2) echo "There are changes: see the report." ;;
  3) echo "Mandatory rules are broken: see the report." >&2 && exit 1 ;;
  4) echo "Limits are exceeded: see the report." >&2 && exit 1 ;;
  *) echo "There is no complete report, as aidp failed with exit code $1: see its output." >&2 && exit 1 ;;
esac
