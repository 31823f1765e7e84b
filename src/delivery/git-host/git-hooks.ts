import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { GitFolders } from './git-command.ts'

/**
 * The one hook of all repositories. Git runs it per ref, with the new objects in quarantine, and shows the client what it prints.
 * `FAIRWAY_DEFAULT_REF` comes from the platform; a push can set no variable.
 */
const UPDATE_HOOK = `#!/bin/sh
# Written by Fairway at each start.
ref=$1 old=$2 new=$3
zero=${'0'.repeat(40)}
case $ref in
  refs/heads/*|refs/tags/*) ;;
  *) echo "fairway: only branches and tags are kept here, not $ref" >&2; exit 1 ;;
esac
[ "$ref" = "$FAIRWAY_DEFAULT_REF" ] || exit 0
[ "$old" != "$zero" ] || exit 0
branch=\${ref#refs/heads/}
if [ "$new" = "$zero" ]; then
  echo "fairway: $branch is the default branch and is protected: it can not be deleted" >&2
  exit 1
fi
git merge-base --is-ancestor "$old" "$new" && exit 0
echo "fairway: $branch is the default branch and is protected: no force push. Pull, then push again, or revert with a new commit." >&2
exit 1
`

/** Makes the host's folders and writes its hook whole, so that a push that runs now never meets half of it. */
export async function installHooks(folders: GitFolders): Promise<void> {
  for (const folder of [folders.root, folders.hooks, folders.work]) await mkdir(folder, { recursive: true, mode: 0o700 })
  const staged = path.join(folders.work, `update-hook-${process.pid}`)
  await writeFile(staged, UPDATE_HOOK, { mode: 0o700 })
  await chmod(staged, 0o700)
  await rename(staged, path.join(folders.hooks, 'update'))
}
