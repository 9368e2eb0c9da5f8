/** The walls around code of an agent, as arguments of `docker run`: a container without a network, that can write nothing and become nobody. */
import { sandboxLimits } from "./walls.ts";

/** Programs of the image, by their paths: the container has no PATH to look in. */
const ENV = "/usr/bin/env";
const TIMEOUT = "/usr/bin/timeout";
const NODE = "/usr/local/bin/node";

/** The container ends by itself so long after the deadline, also when nobody is left to end it. */
const SELF_END_SECONDS = 5;
/** Node has a dozen threads, and each counts. */
const PROCESSES_MAX = 64;
/** As in bubblewrap: nobody. */
const NOBODY = "65534:65534";

export type Container = {
  /** Unique, so that it can be ended by its name. */
  name: string;
  /** Of Debian's kind, with Node in /usr/local/bin. It is never fetched: what runs here was chosen by a person. */
  image: string;
  node: readonly string[];
  deadlineMs: number;
};

/** Everything after `docker`. The job comes on standard input; nothing of this machine is mounted. */
export function dockerArguments({ name, image, node, deadlineMs }: Container): string[] {
  const { memoryBytesMax, cpuSecondsMax, tmpBytesMax, openFilesMax } = sandboxLimits;
  return [
    ...["run", "--rm", "--interactive", "--pull", "never", "--name", name, "--hostname", "sandbox"],
    ...["--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--user", NOBODY, "--pids-limit", String(PROCESSES_MAX), "--ipc", "none"],
    ...["--memory", String(memoryBytesMax), "--memory-swap", String(memoryBytesMax), "--cpus", "1"],
    ...["--ulimit", `cpu=${cpuSecondsMax}`, "--ulimit", `nofile=${openFilesMax}`, "--ulimit", "core=0"],
    ...["--tmpfs", `/tmp:rw,nosuid,nodev,noexec,size=${tmpBytesMax}`, "--workdir", "/tmp", "--log-driver", "none"],
    ...["--entrypoint", ENV, image],
    // Without a variable, and ended from inside as well.
    ...["-i", TIMEOUT, "-s", "KILL", String(Math.ceil(deadlineMs / 1_000) + SELF_END_SECONDS), NODE, ...node],
  ];
}
