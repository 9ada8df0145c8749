# Calls to GitLab's API: for the scripts beside it, which need LABELING_TOKEN, an access token of the project,
# as a job's own token may not write notes and issues.

# Also inside $(…), a call that fails must end the script.
shopt -s inherit_errexit

project=/projects/$CI_PROJECT_ID

# api METHOD PATH [CURL OPTION …]
api() {
  # The token goes by file: others could read it from a command line.
  curl --silent --show-error --fail-with-body --request "$1" \
    --header @<(printf 'PRIVATE-TOKEN: %s\n' "$LABELING_TOKEN") "${@:3}" "$CI_API_V4_URL$2"
}

# find_own LIST MARKER: the number of what an earlier run wrote, or nothing. LIST is a path with a query.
find_own() {
  local author page entries number
  author=$(api GET /user | node -p 'JSON.parse(fs.readFileSync(0, "utf8")).username')
  for ((page = 1; ; page++)); do
    entries=$(api GET "$1&per_page=100&page=$page")
    [[ $entries == "[]" ]] && return
    number=$(node "$(dirname "${BASH_SOURCE[0]}")/find-own.mjs" "$2" "$author" <<< "$entries")
    [[ -n $number ]] && echo "$number" && return
  done
}
