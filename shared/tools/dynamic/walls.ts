/** The walls around code of an agent, as arguments of bubblewrap and Node. */

/** What code in the sandbox may take. Each of these is a wall that `kaos sandbox check` proves. */
export const sandboxLimits = {
  deadlineMs: 10_000,
  cpuSecondsMax: 10,
  /** Memory of the whole process, which is Node itself and what the code holds. */
  memoryBytesMax: 512 * 1_048_576,
  /** Of that, objects of the code. */
  heapMebibytesMax: 128,
  /** The private /tmp. */
  tmpBytesMax: 16 * 1_048_576,
  openFilesMax: 128,
  /** Of the result, and of what the code prints. */
  outputBytesMax: 65_536,
} as const;

/** Folders of libraries that Node itself needs; nothing else of this machine is there. */
const LIBRARIES = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/**
 * A root of its own that cannot be written to, no network, no processes but its own, no environment, another user.
 * `prlimit` caps memory, time and files before the namespaces begin, so that they hold for all that runs inside.
 */
export function namespaceArguments({ bwrap, node }: { bwrap: string; node: string }): string[] {
  const { memoryBytesMax, cpuSecondsMax, tmpBytesMax, openFilesMax } = sandboxLimits;
  return [
    ...[`--data=${memoryBytesMax}`, `--cpu=${cpuSecondsMax}`, `--fsize=${tmpBytesMax}`],
    ...[`--nofile=${openFilesMax}`, "--core=0", bwrap],
    ...["--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"],
    ...["--hostname", "sandbox", "--clearenv", "--new-session", "--die-with-parent"],
    ...LIBRARIES.flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ...["--ro-bind", node, "/node", "--dev", "/dev"],
    ...["--size", String(tmpBytesMax), "--tmpfs", "/tmp", "--chdir", "/tmp", "--remount-ro", "/"],
  ];
}

/**
 * Node's own walls, the inner ring: files only in `files`, no programs, no threads, no native code. `false` leaves them out,
 * to prove that the namespaces hold alone.
 */
export function nodeArguments(program: string, files: string | false): string[] {
  const permissions = files === false ? [] : ["--permission", `--allow-fs-read=${files}`, `--allow-fs-write=${files}`];
  return [
    ...permissions,
    `--max-old-space-size=${sandboxLimits.heapMebibytesMax}`,
    "--no-warnings",
    "--input-type=module",
    "--eval",
    program,
  ];
}
