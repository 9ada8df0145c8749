#!/usr/bin/env bash
# Checks the inputs of the action, and says where its files go.
set -euo pipefail
. "$(dirname "$0")/../name.sh"

# Ends with an error that the run's page shows.
refuse() { echo "::error::${1//$'\n'/ }" && exit 1; }

case "$COMMAND" in
  preview | up | drift) ;;
  *) refuse "The input command must be preview, up or drift, got \"$COMMAND\"." ;;
esac
if [ -z "$STACK" ]; then
  refuse "The input stack is empty: name the stack, such as acme/signs/prod."
fi
case "$COMMENT" in
  true | false) ;;
  *) refuse "The input comment must be true or false, got \"$COMMENT\"." ;;
esac
case "$SHOW_PAGE" in
  true | false) ;;
  *) refuse "The input page must be true or false, got \"$SHOW_PAGE\"." ;;
esac
if [ "$GITHUB_EVENT_NAME" = pull_request_target ]; then
  refuse "Start the workflow on pull_request: pull_request_target would run a stranger's program with your secrets."
fi

folder=$RUNNER_TEMP/labeling
mkdir -p "$folder"
base=$folder/labeling-$COMMAND-$(stack_slug)
{
  echo "report=$base.md"
  echo "json=$base.json"
  if [ "$SHOW_PAGE" = true ]; then echo "page=$base.html"; fi
} >> "$GITHUB_OUTPUT"
