#!/usr/bin/env bash
# Passes or fails by the exit code of `aidp preview`.
#
#   verdict.sh CODE
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

case ${1:-} in
  0) echo "There is nothing to do." ;;
  2) echo "There are changes: the report tells which." ;;
  3) fail "Mandatory rules are broken: the report tells which. Fix the program." ;;
  4) fail "A limit is exceeded: the report tells which. Split the change, or raise the limit where it is given." ;;
  *) fail "The preview failed: its log, above, tells why." ;;
esac
