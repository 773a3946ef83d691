/** The version as an entity tag. */
export const versionTag = (version: number): string => `"${version}"`;

/** Whether `If-Match` (`"3"`, `W/"3"`, `3`, a list, `*`) allows work on this version; absent, it allows any. */
export function matchesVersion(ifMatch: string | undefined, version: number): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '') return true;
  return ifMatch
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1') === String(version));
}
