#!/usr/bin/env bash
# The whole job of templates/labeling.yml: runs `aidp $1`, which is preview, up or drift, and tells of it. The component
# may be newer than the package that brings this script, so it calls nothing else of this folder.
set -euo pipefail
ci=$(dirname "$0")/..

# The component keeps these files as artifacts.
base=$CI_PROJECT_DIR/$FILES
export REPORT=$base.md JSON=$base.json PAGE="" PAGE_URL=""
if [ "$SHOW_PAGE" = true ]; then PAGE=$base.html; fi

# The program does not need the token that writes notes and issues.
code=0
env -u LABELING_GITLAB_TOKEN bash "$ci/run.sh" "$1" || code=$?
if [ -s "$PAGE" ]; then PAGE_URL=$CI_JOB_URL/artifacts/file/$FILES.html; fi

# What cannot be shown beside a line is in the report all the same.
node "$ci/annotations.mjs" gitlab "$JSON" "$CI_PROJECT_DIR" > "$base.findings.json" || :

tell() {
  case "$1" in
    preview) if [ -n "${CI_MERGE_REQUEST_IID:-}" ]; then bash "$ci/gitlab/note.sh" "$code"; fi ;;
    # What could not be looked at has no drift to tell of, and none that ended.
    drift) case "$code" in 0 | 2) bash "$ci/gitlab/issue.sh" "$code" ;; esac ;;
  esac
}

# A note that cannot be written must not hide how the run ended.
told=0
if [ "$COMMENT" = true ]; then tell "$1" || told=$?; fi
bash "$ci/result.sh" "$code"
exit "$told"
