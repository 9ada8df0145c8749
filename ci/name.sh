# What the stack's files and texts are called. A repository may have several projects with a stack of the same name.

# $STACK, with its folder if that is not the repository's own.
NAME=$STACK
if [ "${FOLDER:-.}" != . ]; then NAME="$STACK in $FOLDER"; fi
export NAME

# The same as a part of a file's name.
stack_slug() {
  local name=$STACK
  if [ "${FOLDER:-.}" != . ]; then name=$FOLDER-$STACK; fi
  echo "${name//[!A-Za-z0-9._-]/-}"
}
