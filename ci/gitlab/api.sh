: "${LABELING_GITLAB_TOKEN:?set it to an access token of the project: see docs/gitops.md}"

# Calls GitLab's API for the project: gitlab METHOD PATH [option of curl]...
gitlab() {
  local method=$1 path=$2
  shift 2
  # The token comes from a file descriptor: a command line can be read by other processes.
  curl --silent --show-error --fail --request "$method" \
    --header @<(printf 'PRIVATE-TOKEN: %s\n' "$LABELING_GITLAB_TOKEN") \
    "$@" "$CI_API_V4_URL/$path"
}

# The id of the user whom the token is of.
own_id() { gitlab GET user | node -p 'JSON.parse(fs.readFileSync(0, "utf8")).id'; }
