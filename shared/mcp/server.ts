/** One server under supervision: opened when needed, watched, opened again after it fell, left alone when it falls too often. */
import { isAbort, type Log, messageOf, stopWith, unlessStopped } from "../base/index.ts";
import type { McpServerConfig } from "../config/index.ts";
import { startDeadline } from "../engine/index.ts";
import { type ConnectDeps, type Connection, connect } from "./connection.ts";
import type { Definitions } from "./definitions.ts";
import { McpFailure } from "./failure.ts";

export type Health = "ok" | "broken" | "off";

export type ServerState = {
  name: string;
  health: Health;
  /** A sentence for a person. */
  because: string;
  /** What the server calls itself; empty while it was never reached. */
  about: string;
  pid: number | null;
  /** When it came into this state. */
  sinceMs: number;
  /** How often it fell within the last ten minutes. */
  falls: number;
  /** How often it was opened since its agent came up. */
  starts: number;
};

export type SupervisedServer = {
  config: McpServerConfig;
  state(): ServerState;
  has(): Connection["has"];
  /** Opens it and lists its tools, without doing anything with it. Never rejects: the state tells what came of it. */
  open(): Promise<void>;
  /** Does something with the live connection, opened when needed. Rejects with an McpFailure or an AbortError. */
  use<T>(act: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
};

type ServerDeps = Omit<ConnectDeps, "onToolsChanged"> & {
  log: Log;
  definitions: Definitions;
  /** The state or the definitions are others now. */
  onChange(): void;
};

/** The first wait before it is opened again, and the longest; it doubles with each fall. */
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;
/** With so many falls within the window it is left alone until the window has passed. */
const FALLS_MAX = 5;
const FALLS_WINDOW_MS = 600_000;
/** A server that let a call run out of time and then not even answers a ping hangs. */
const PING_MS = 5_000;
/** A server may go on registering tools for a moment after the handshake. */
const INTRODUCTION_MS = 10_000;

/** Nothing is started yet. */
export function createSupervisedServer(config: McpServerConfig, deps: ServerDeps): SupervisedServer {
  const { clock, log, definitions } = deps;
  const life = new AbortController();
  let live: Connection | undefined;
  let opening: Promise<Connection> | undefined;
  let has: Connection["has"] = { tools: true, resources: false, prompts: false };
  let falls: number[] = [];
  let restUntilMs = 0;
  let usedAtMs = clock.now();
  let busy = 0;
  let state: ServerState = {
    name: config.name,
    health: "off",
    because: whyOff(config) ?? "not started yet",
    about: "",
    pid: null,
    sinceMs: clock.now(),
    falls: 0,
    starts: 0,
  };

  const enter = (health: Health, because: string, more: Partial<ServerState> = {}): void => {
    if (state.health !== health || state.because !== because)
      log.info("mcp server", { server: config.name, health, because });
    state = { ...state, pid: null, ...more, health, because, sinceMs: clock.now(), falls: falls.length };
    deps.onChange();
  };

  const fell = (because: string): void => {
    const now = clock.now();
    falls = [...falls.filter((at) => now - at < FALLS_WINDOW_MS), now];
    const resting = falls.length >= FALLS_MAX;
    const waitMs = resting ? FALLS_WINDOW_MS : Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (falls.length - 1));
    restUntilMs = now + waitMs;
    enter(
      "broken",
      `${because}; ${resting ? `it fell ${falls.length} times and rests for` : "tried again in"} ${waitMs / 1_000} s`,
    );
    clock.sleep(waitMs, life.signal).then(
      () => void opened().catch(() => {}),
      () => {},
    );
  };

  const opened = (): Promise<Connection> => {
    const off = whyOff(config);
    if (off !== undefined) return Promise.reject(new McpFailure("off", `${config.name} is off: ${off}`));
    if (life.signal.aborted) return Promise.reject(new McpFailure("off", `${config.name} was closed`));
    if (live !== undefined) return Promise.resolve(live);
    // A timer may wake a little early.
    const restMs = restUntilMs - clock.now();
    if (opening === undefined && restMs > 10)
      return Promise.reject(
        new McpFailure(
          "unreachable",
          `${config.name} is broken, ${state.because} (${Math.ceil(restMs / 1_000)} s left)`,
        ),
      );
    opening ??= begin().finally(() => {
      opening = undefined;
    });
    return opening;
  };

  const begin = async (): Promise<Connection> => {
    // Not aborted after a success: the SDK goes on listening to it, and would cancel the handshake.
    const attempt = new AbortController();
    const { signal } = attempt;
    const leave = stopWith(attempt, life.signal);
    const timer = new AbortController();
    let late = false;
    clock.sleep(config.startMs, timer.signal).then(
      () => {
        late = true;
        attempt.abort(new DOMException("too slow", "TimeoutError"));
      },
      () => {},
    );
    try {
      const connection = await connect(config, { ...deps, onToolsChanged: () => void refresh() }, signal);
      try {
        await greet(connection, signal);
      } catch (error) {
        await connection.close();
        throw error;
      }
      return connection;
    } catch (error) {
      const because = late ? `did not start within ${config.startMs / 1_000} s` : sentence(error);
      if (!life.signal.aborted) fell(because);
      if (error instanceof McpFailure && !late) throw error;
      throw new McpFailure("unreachable", `${config.name} ${because}`, { cause: error });
    } finally {
      leave();
      timer.abort();
    }
  };

  /** Takes the connection into use, with what it offers. */
  const greet = async (connection: Connection, signal: AbortSignal): Promise<void> => {
    const tools = connection.has.tools ? await connection.tools(signal) : [];
    if (life.signal.aborted) throw new McpFailure("off", `${config.name} was closed`);
    definitions.take(tools, true);
    clock.sleep(INTRODUCTION_MS, life.signal).then(
      () => definitions.take(definitions.listed(), false),
      () => {},
    );
    live = connection;
    has = connection.has;
    usedAtMs = clock.now();
    const { pid, about } = connection;
    const facts = { about: `${about.name} ${about.version}`.trim(), pid: pid ?? null, starts: state.starts + 1 };
    if (tools.length === 0 && !has.resources && !has.prompts) enter("broken", "it started but offers no tools", facts);
    else enter("ok", `offers ${tools.length} tools`, facts);
    void connection.ended.then((because) => {
      if (live !== connection) return;
      live = undefined;
      if (!life.signal.aborted) fell(because);
    });
    if (config.link.kind === "stdio" && config.idleMs > 0) void reapWhenIdle(connection);
  };

  /** The server said that its tools are others now. */
  const refresh = async (): Promise<void> => {
    const limit = startDeadline(clock, config.startMs, life.signal);
    try {
      const tools = await live?.tools(limit.signal);
      if (tools === undefined) return;
      definitions.take(tools, clock.now() - state.sinceMs < INTRODUCTION_MS);
      deps.onChange();
    } catch (error) {
      log.warn("mcp tools not listed", { server: config.name, because: messageOf(error) });
    } finally {
      limit.end();
    }
  };

  /** Not a fall: the next use opens it again. */
  const leave = async (because: string): Promise<void> => {
    const connection = live;
    live = undefined;
    // Before the closing, which takes a while: whoever uses it meanwhile opens it again.
    enter("off", because);
    await connection?.close();
  };

  const reapWhenIdle = async (connection: Connection): Promise<void> => {
    while (live === connection) {
      const leftMs = busy > 0 ? config.idleMs : usedAtMs + config.idleMs - clock.now();
      if (leftMs <= 0) return leave("closed, because nobody used it; the next call opens it again");
      await clock.sleep(leftMs, life.signal).catch(() => {});
      if (life.signal.aborted) return;
    }
  };

  /** After a call that ran out of time: is only that call slow, or does everything hang? */
  const suspect = async (connection: Connection): Promise<void> => {
    const answered = await Promise.race([
      connection.ping(life.signal).then(() => true, isAnswer),
      clock.sleep(PING_MS, life.signal).then(
        () => false,
        () => true,
      ),
    ]);
    if (answered || live !== connection) return;
    live = undefined;
    fell("hangs: it answers neither the call nor a ping");
    await connection.close();
  };

  return {
    config,
    state: () => state,
    has: () => has,
    open: () =>
      opened().then(
        () => {},
        () => {},
      ),
    async use(act, signal) {
      signal.throwIfAborted();
      // Whoever waits for a slow start may stop waiting; the start itself goes on.
      const connection = await unlessStopped(opened(), signal);
      busy++;
      try {
        return await act(connection);
      } catch (error) {
        if (signal.aborted || (error instanceof McpFailure && error.kind === "timed out")) void suspect(connection);
        if (signal.aborted && !isAbort(error)) throw new DOMException("The call was stopped.", "AbortError");
        // Over HTTP nothing else tells that it is gone or has forgotten us.
        const lost = error instanceof McpFailure && (error.kind === "unreachable" || error.kind === "too large");
        if (lost && connection.pid === undefined && live === connection) {
          live = undefined;
          fell(sentence(error));
          await connection.close();
        }
        throw error;
      } finally {
        busy--;
        usedAtMs = clock.now();
      }
    },
    async close() {
      life.abort();
      await opening?.catch(() => {});
      const connection = live;
      live = undefined;
      await connection?.close();
      enter("off", "closed");
    },
  };

  function sentence(error: unknown): string {
    const text = messageOf(error);
    return text.startsWith(`${config.name} `) ? text.slice(config.name.length + 1) : text;
  }
}

/** One that does not know the ping, or is in trouble, is there all the same. */
function isAnswer(error: unknown): boolean {
  return error instanceof McpFailure && error.kind !== "timed out" && error.kind !== "unreachable";
}

function whyOff({ enabled, missing }: McpServerConfig): string | undefined {
  if (!enabled) return "mcp.json says so";
  if (missing.length > 0) return `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set`;
  return undefined;
}
