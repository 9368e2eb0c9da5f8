/** pm2, which keeps the processes running: started as the program it is, with a home of its own, and never imported. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { cut, OperationalError } from "../../shared/base/index.ts";
import { type Home, ownEnv, programRoot, type RawEnv } from "../../shared/config/index.ts";

/** pm2 could not do what it was told. The message carries its own last words. */
export class Pm2Failed extends OperationalError {
  override readonly name = "Pm2Failed";
}

/** What pm2 knows of one process. Whether it is ready, only the ledger knows. */
export type Pm2Process = {
  name: string;
  pid: number | undefined;
  /** pm2's own words: online, launching, stopping, stopped, errored, "waiting restart". */
  state: string;
  restarts: number;
};

export interface Pm2 {
  /** Whether the daemon of this home answers. */
  runs(): Promise<boolean>;
  /** Starts these of the processes in ecosystem.config.cjs; one that runs already is left alone. Starts the daemon when there is none. */
  start(names: readonly string[]): Promise<void>;
  /** Restarts these, with the settings as they are now. */
  restart(names: readonly string[]): Promise<void>;
  stop(names: readonly string[]): Promise<void>;
  /** Every process it keeps; none when there is no daemon. */
  list(): Promise<Pm2Process[]>;
  /** Stops every process, each in its own time, then the daemon. Resolves when pm2 says so. */
  kill(): Promise<void>;
}

/** Longer paths of sockets are refused by Linux; macOS takes four characters less. */
const SOCKET_PATH_MAX = 103;
const OUTPUT_CHARACTERS_MAX = 4_000_000;
const SAID_CHARACTERS_MAX = 600;

/** pm2 for one home. `settings` is added to the environment of what it starts. Opens nothing. */
export function createPm2({ home, settings = {} }: { home: Home; settings?: RawEnv }): Pm2 {
  const root = programRoot();
  const program = join(dirname(createRequire(import.meta.url).resolve("pm2/package.json")), "bin", "pm2");
  const ecosystem = join(root, "ecosystem.config.cjs");
  const socket = join(home.pm2, "rpc.sock");
  const env = ownEnv({
    ...settings,
    KAOS_HOME: home.folder,
    PM2_HOME: home.pm2,
    PM2_DISCRETE_MODE: "true",
    PM2_DISABLE_VERSION_CHECK: "1",
    // Its daemon ends when it cannot write to its own log, on a full disk just when it is needed to start what ended there.
    // What it does stands in the ledger: who arrived, and who left.
    PM2_LOG_FILE_PATH: "/dev/null",
    // pm2 would start two at a time and wait for each to be ready.
    PM2_CONCURRENT_ACTIONS: "16",
  });

  async function run(...args: string[]): Promise<string> {
    if (socket.length > SOCKET_PATH_MAX) {
      throw new Pm2Failed(
        `The path of ${home.folder} is too long for pm2's sockets. Choose a shorter --home, at most ${SOCKET_PATH_MAX - "/pm2/rpc.sock".length} characters.`,
      );
    }
    // pm2 would make its folder readable and its sockets writable for others.
    mkdirSync(home.pm2, { recursive: true, mode: 0o700 });
    const { code, output } = await runProgram([program, ...args], { env, cwd: root });
    if (code === 0) return output;
    throw new Pm2Failed(
      `pm2 could not ${args[0]} (it ended with ${code}): ${cut(output.trim(), SAID_CHARACTERS_MAX) || "it said nothing"}. Try \`kaos doctor\`.`,
    );
  }

  return {
    runs: () => answers(socket),
    start: async (names) => void (await run("start", ecosystem, "--only", names.join(","))),
    restart: async (names) => void (await run("restart", ecosystem, "--only", names.join(","), "--update-env")),
    stop: async (names) => void (await run("stop", ...names)),
    list: async () => ((await answers(socket)) ? readList(await run("jlist")) : []),
    kill: async () => void (await run("kill")),
  };
}

/** A program of its own process group: a Ctrl-C in the terminal is ours to handle, and never meets pm2 half-way. */
function runProgram(
  args: readonly string[],
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (piece: Buffer) => {
      output = (output + piece.toString("utf8")).slice(-OUTPUT_CHARACTERS_MAX);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (cause) =>
      reject(new Pm2Failed("pm2 cannot be started. Run the same command again: set-up will repair it.", { cause })),
    );
    // Not "close": the daemon that pm2 leaves behind may keep the pipes.
    child.on("exit", (code) => resolve({ code, output }));
  });
}

/** Whether somebody answers on this socket. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}

type Listed = { name?: string; pid?: number; pm2_env?: { status?: string; restart_time?: number } };

/** `jlist` may talk before it prints its JSON. */
function readList(output: string): Pm2Process[] {
  const line = output.split("\n").findLast((one) => one.startsWith("["));
  const listed = JSON.parse(line ?? "[]") as Listed[];
  return listed.map(({ name = "", pid = 0, pm2_env: { status = "unknown", restart_time: restarts = 0 } = {} }) => ({
    name,
    pid: pid > 0 ? pid : undefined,
    state: status,
    restarts,
  }));
}
