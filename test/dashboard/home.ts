/** A control room that listens on a free port over a real ledger, and a browser made of `fetch` and a cookie jar. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createApp } from "../../dashboard/app.ts";
import { kaosAt, type RunKaos } from "../../dashboard/kaos.ts";
import { listen } from "../../dashboard/listen.ts";
import { configurationOf } from "../../dashboard/read/configuration.ts";
import { createMemories } from "../../dashboard/read/memory.ts";
import type { Timetable } from "../../dashboard/view.ts";
import { type Clock, type Log, silentLog } from "../../shared/base/index.ts";
import { type Home, homeAt, parsePolicy, programRoot, type RawEnv, readEnv } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { card, openTestLedger } from "../doubles/ledger.ts";

/** The machine's clock plus what the test added. */
export type ShiftedClock = Clock & { tick(ms: number): void };

export function shiftedClock(shiftMs = 0): ShiftedClock {
  let shift = shiftMs;
  return {
    now: () => Date.now() + shift,
    sleep: (ms, signal) => delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal }),
    tick: (ms) => {
      shift += ms;
    },
  };
}

/** A clock that stands still unless the test moves it: what took how long is then the same on every machine. */
export function stoppedClock(at = Date.now()): ShiftedClock {
  let now = at;
  return {
    ...shiftedClock(),
    now: () => now,
    tick: (ms) => {
      now += ms;
    },
  };
}

export type TestHome = {
  ledger: Ledger;
  clock: ShiftedClock;
  url: string;
  /** The folder of this home, with nothing in it but the ledger. */
  files: Home;
  /** Every address that it answers, as its router lists them. */
  routes: readonly Route[];
  /** The process of the control room ends, and starts again on the same port. The ledger stays. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
};

export type Route = { method: string; path: string };

/** What the types of a router keep to themselves. */
type Layers = {
  stack: readonly {
    route?: { path: string; stack: readonly { method: string }[] };
    handle: unknown;
    match(path: string): boolean;
  }[];
};

/** The addresses of a router and of those inside it. */
function routesOf({ stack }: Layers, at = ""): Route[] {
  return stack.flatMap((layer): Route[] => {
    const { route, handle } = layer;
    if (route !== undefined)
      return route.stack.map(({ method }) => ({ method: method.toUpperCase(), path: at + route.path }));
    if (typeof handle !== "function" || !("stack" in handle)) return [];
    // The one router that is mounted below an address answers programs.
    const below = layer.match("/v1/models") && !layer.match("/") ? "/v1" : at;
    return routesOf(handle as unknown as Layers, below);
  });
}

export async function openTestHome({
  clock = shiftedClock(),
  log = silentLog,
  timetable,
  demo = true,
  raw = {},
  servers,
  policy = "",
  kaos,
}: {
  clock?: ShiftedClock;
  log?: Log;
  timetable?: Timetable;
  demo?: boolean;
  /** What the environment says; a `.env` of whoever runs the tests has no part in it. */
  raw?: RawEnv;
  /** What its policy.yaml says. */
  policy?: string;
  /** Which MCP servers the folder of each agent names. */
  servers?: Readonly<Record<string, readonly string[]>>;
  /** Stands in for the command line of this home. */
  kaos?: RunKaos;
} = {}): Promise<TestHome> {
  const opened = await openTestLedger(clock);
  const files = homeAt(dirname(opened.path));
  const told = readEnv(raw, parsePolicy(policy, files.policy));
  const settings = {
    files,
    agentsFolder: servers === undefined ? join(programRoot(), "agents") : copyAgents(files, servers),
    configuration: configurationOf(told),
    apiKeys: told.env.KAOS_API_KEYS,
    host: "127.0.0.1",
    port: 0,
    home: "~/kaos/data/demo",
    demo,
    version: "0.1.0",
    startedAt: clock.now() - 11_520_000,
    dailyLimitUsd: 5,
    kaos: kaos ?? kaosAt(files.folder),
  };
  const memories = createMemories({ settings, clock, sharedFacts: opened.ledger.sharedFacts });
  const app = () =>
    createApp({ ledger: opened.ledger, clock, log, settings, memories, ...(timetable && { timetable }) });
  const first = app();
  let listening = await listen(first, settings);
  const { url, port } = listening;
  return {
    ledger: opened.ledger,
    clock,
    url,
    files,
    routes: routesOf(first.router as unknown as Layers),
    down: () => listening.close(),
    async up() {
      listening = await listen(app(), { ...settings, port });
    },
    async close() {
      await listening.close();
      memories.close();
      opened.close();
    },
  };
}

function copyAgents({ folder }: Home, servers: Readonly<Record<string, readonly string[]>>): string {
  const copy = join(folder, "personas");
  cpSync(join(programRoot(), "agents"), copy, { recursive: true });
  for (const [agent, mcpServers] of Object.entries(servers)) {
    const file = join(copy, agent, "agent.json");
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...(config as object), mcpServers }));
  }
  return copy;
}

export const SIX = [
  card("impulse", { role: "momentum and quick wins" }),
  card("keystone", { role: "quality engineer" }),
  card("kronos", { role: "strategist and chief of staff" }),
  card("lacuna", { role: "creative director" }),
  card("nexus", { role: "data analyst" }),
  card("resonant", { role: "people and user experience" }),
];

/** All six come up. */
export async function arrive(ledger: Ledger): Promise<void> {
  for (const [index, agent] of SIX.entries()) await ledger.agents.arrive(agent, 4_000 + index);
}

/** What a browser keeps: cookies by name. It sends the origin that a browser would send. */
export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  cookies: Map<string, string>;
};

export function client(url: string): Client {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit & { headers: Record<string, string> }) => {
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url + path, {
      redirect: "manual",
      ...init,
      // A connection of its own for each request: one that is kept may be closed while this process is busy with something else.
      headers: { ...(jar && { cookie: jar }), connection: "close", ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    cookies,
    get: (path, headers = {}) => send(path, { headers: { accept: "text/html", ...headers } }),
    post: (path, form, headers = {}) =>
      send(path, { method: "POST", body: new URLSearchParams(form), headers: { origin: url, ...headers } }),
  };
}

/** Whether anybody wrote to this database since; whoever looks on keeps a connection of its own. */
export function watchWrites(path: string): { written(): boolean; close(): void } {
  const eye = openDatabase(path, { durability: "off", readonly: true });
  const version = () => eye.pragma("data_version", { simple: true });
  const before = version();
  return { written: () => version() !== before, close: () => void eye.close() };
}

/** A client that is inside, with the token that its forms carry. */
export async function member(home: TestHome): Promise<Client & { csrf: string }> {
  const browser = client(home.url);
  await browser.get(`/login?token=${await home.ledger.logins.makeLink()}`);
  await browser.post("/login", {});
  const page = await (await browser.get("/")).text();
  return { ...browser, csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? "" };
}
