/**
 * Paths as text: joining and taking apart, POSIX only. Knows no file system.
 * @module
 */

/** The part before the last slash: `/` at the root, `.` without a slash. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

/** `name` within `directory`; an absolute name stays what it is. */
export function joinPath(directory: string, name: string): string {
  if (name.startsWith("/")) return name;
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
