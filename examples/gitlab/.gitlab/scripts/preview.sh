#!/usr/bin/env bash
# Previews a stack and writes the report to $REPORT, with pictures to $PAGE if it is set. As `preview.sh up`, it applies
# what it previewed, where rules and limits allow it. Ends as `aidp` does: 0 nothing to do, 1 failure, 2 changes, 3
# mandatory rules broken, 4 limits exceeded.
set -euo pipefail
command=("${1:-preview}")
if [ "${command[0]}" = up ]; then command+=(--yes); fi
: "${STACK:?name the stack: see docs/gitops.md}"

arguments=(--stack "$STACK" --markdown "$REPORT")
if [ -n "${PAGE:-}" ]; then arguments+=(--html "$PAGE"); fi
if [ -n "${POLICY_PACK:-}" ]; then arguments+=(--policy-pack "$POLICY_PACK"); fi
if [ -n "${POLICY_PACK_CONFIG:-}" ]; then arguments+=(--policy-pack-config "$POLICY_PACK_CONFIG"); fi
if [ -n "${MAX_NEW:-}" ]; then arguments+=(--max-new "$MAX_NEW"); fi
if [ -n "${MAX_CANCELLED:-}" ]; then arguments+=(--max-cancelled "$MAX_CANCELLED"); fi
if [ -n "${MAX_AT_RISK:-}" ]; then arguments+=(--max-at-risk "$MAX_AT_RISK"); fi

# A report that is already there would pass for this preview's when the preview fails.
rm -f "$REPORT" ${PAGE:+"$PAGE"}
# --no: only the installed command, never a package that happens to have its name.
exec npx --no -- aidp "${command[@]}" "${arguments[@]}"
