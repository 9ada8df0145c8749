#!/usr/bin/env bash
# Runs `aidp $1`, which is preview, up or drift, for $STACK. Writes the report to $REPORT, as JSON to $JSON, and with
# pictures to $PAGE if that is set. Ends as `aidp` does: 0 nothing to do, 1 failure, 2 changes, 3 mandatory rules broken,
# 4 limits exceeded.
set -euo pipefail
: "${STACK:?name the stack: see docs/gitops.md}"
# Such a name would be taken for an option, and the help of `--help` for a preview.
case "$STACK" in -*) echo "error: no stack is named $STACK: see docs/gitops.md" >&2 && exit 1 ;; esac

arguments=("$1")
# Gives an option, unless its value is empty.
give() { if [ -n "$2" ]; then arguments+=("$1" "$2"); fi; }

if [ "$1" = up ]; then arguments+=(--yes); fi
arguments+=(--stack "$STACK" --markdown "$REPORT" --json "$JSON")
give --html "${PAGE:-}"
if [ "$1" != drift ]; then
  give --policy-pack "${POLICY_PACK:-}"
  give --policy-pack-config "${POLICY_PACK_CONFIG:-}"
  give --max-new "${MAX_NEW:-}"
  give --max-cancelled "${MAX_CANCELLED:-}"
  give --max-at-risk "${MAX_AT_RISK:-}"
  give --max-relabelled-done "${MAX_RELABELLED_DONE:-}"
  give --max-cost "${MAX_COST:-}"
fi

# Pulumi takes the variable before the file, even if it is empty.
if [ -z "${PULUMI_CONFIG_PASSPHRASE:-}" ] && [ -n "${PULUMI_CONFIG_PASSPHRASE_FILE:-}" ]; then
  unset PULUMI_CONFIG_PASSPHRASE
fi

# A report that is already there would pass for this one's when `aidp` fails.
rm -f "$REPORT" "$JSON" ${PAGE:+"$PAGE"}
# --no: only the installed command, never a package that happens to have its name.
exec npx --no -- aidp "${arguments[@]}"
