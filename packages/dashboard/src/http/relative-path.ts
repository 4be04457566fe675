const ownPath = /^\/(?:$|assets\/|api\/v1\/)/;

/**
 * Returns the path below the dashboard, still URL-encoded. Some hosts cut off the path where the dashboard is mounted, others do not.
 *
 * @param basePath Ends in a slash.
 */
export function relativePath(path: string, basePath: string): string {
  if (`${path}/` === basePath) return '/';
  const rest = path.startsWith(basePath) ? path.slice(basePath.length - 1) : path;
  return ownPath.test(rest) ? rest : path;
}
