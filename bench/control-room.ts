/**
 * How soon each view of the control room begins to arrive when its stores are large, and how much a browser loads:
 * `npm run bench:control-room -- [--rows 100000] [--rounds 15] [--json]`. Everything is asked over a real socket by a browser that is logged in.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDashboard } from "../dashboard/app.ts";
import { views } from "../dashboard/views/index.ts";
import { silentLog, systemClock } from "../shared/base/index.ts";
import { homeAt, parsePolicy, readEnv } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { readAutomations } from "../supervisor/automations.ts";
import { createDelivery } from "../supervisor/delivery/delivery.ts";
import { timetableOf } from "../supervisor/jobs/index.ts";
import { readTimetable } from "../supervisor/timetable.ts";
import { fillAudit, fillLedger, fillMemory } from "./control-room/fill.ts";

/** What the product promises: the median of each view; and a page as it goes over the wire (never compressed, for it holds secrets) with its assets (compressed). */
const TTFB_MS_MAX = 50;
const PAGE_KB_MAX = 150;
const SEARCHES = 3;

/** `cpuMs` is what the asking and the answering took of a processor: on a busy machine it says more than the clock. */
type Figure = { ttfbMs: number; p95Ms: number; cpuMs: number; pageKb: number };

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    rounds: { type: "string", default: "15" },
    json: { type: "boolean" },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), "kaos-control-room-"));
try {
  const home = homeAt(folder);
  mkdirSync(home.folder, { recursive: true });
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: "off" });
  const filledMs = await timed(async () => {
    fillLedger(home.ledger, rows);
    await fillMemory(home.agent("kronos").database, rows);
    await fillAudit(home.agent("kronos").audit, rows);
  });
  const told = readEnv({ DASHBOARD_PORT: "0" }, parsePolicy("", home.policy));
  const settings = readAutomations(home.automations);
  const delivery = createDelivery({ ledger, clock: systemClock, settings: () => settings });
  const parts = { ledger, clock: systemClock, home, settings, delivery, env: told.env };
  const timetable = async () =>
    readTimetable(ledger, await timetableOf(parts), { clock: systemClock, timeZone: settings.timeZone });
  const dashboard = await startDashboard({ ledger, clock: systemClock, log: silentLog, ...told, home, timetable });
  const cookie = await logIn(dashboard.url, await ledger.logins.makeLink());
  let written = 0;
  /** Somebody writes before each request: what is kept until the ledger changes is read again each time. */
  const stir = async () => {
    const sender = { kind: "owner", id: "owner", name: "you" } as const;
    const said = { room: "room:main", topic: null, replyTo: null, text: "And then?", saidAt: Date.now() };
    await ledger.messages.record({ ...said, sender, messageId: `bench${written++}` });
  };
  const measured: Record<string, Figure> = {};
  for (const { path, title } of views) measured[title] = await figure(dashboard.url + path, cookie, { stir });
  // A search opens the agent's memory with all its vectors: it has no promise, and stands beside the views.
  const question = "/memory?agent=kronos&q=what+did+we+say+about+the+report";
  const search = await figure(dashboard.url + question, cookie, { stir, times: SEARCHES });
  const assetsKb = await weightOfAssets(dashboard.url, cookie);
  await dashboard.close();
  ledger.close();
  const heaviestKb = assetsKb + Math.max(...Object.values(measured).map(({ pageKb }) => pageKb));
  const slow = Object.entries(measured).filter(([, { ttfbMs }]) => ttfbMs > TTFB_MS_MAX);
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    rows,
    rounds,
    filledSeconds: rounded(filledMs / 1_000),
    views: measured,
    search,
    assetsKb,
    heaviestKb: rounded(heaviestKb),
    holds: slow.length === 0 && heaviestKb <= PAGE_KB_MAX,
  };
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** From the request to the first byte of the answer, which is fully rendered by then; each on a connection that is open already. */
async function figure(
  url: string,
  cookie: string,
  { stir, times = rounds }: { stir: () => Promise<void>; times?: number },
): Promise<Figure> {
  const wall: number[] = [];
  const cpu: number[] = [];
  let bytes = 0;
  for (let round = -1; round < times; round++) {
    await stir();
    const before = process.cpuUsage();
    const answer = await fetched(url, cookie);
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    const { user, system } = process.cpuUsage(before);
    bytes = answer.bytes;
    // The first request fills what later ones find ready.
    if (round < 0) continue;
    wall.push(answer.firstByteMs);
    cpu.push((user + system) / 1_000);
  }
  const of = (all: readonly number[], share: number) =>
    rounded(all.toSorted((a, b) => a - b)[Math.floor(all.length * share)] ?? 0);
  return { ttfbMs: of(wall, 0.5), p95Ms: of(wall, 0.95), cpuMs: of(cpu, 0.5), pageKb: rounded(bytes / 1_000) };
}

/** All that any page loads besides itself, as it goes over the wire. */
async function weightOfAssets(url: string, cookie: string): Promise<number> {
  const { text } = await fetched(`${url}/room`, cookie);
  const addresses = new Set([...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address = ""]) => address));
  let bytes = 0;
  for (const address of addresses) bytes += (await fetched(url + address, cookie)).bytes;
  return rounded(bytes / 1_000);
}

type Fetched = { status: number; firstByteMs: number; bytes: number; text: string };

function fetched(url: string, cookie: string): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const headers = { cookie, accept: "text/html", "accept-encoding": "gzip" };
    get(url, { headers }, (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      let firstByteMs = 0;
      response.on("data", (part: Buffer) => {
        if (parts.length === 0) firstByteMs = performance.now() - startMs;
        parts.push(part);
      });
      response.on("end", () => {
        const body = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, firstByteMs, bytes: body.length, text: body.toString("utf8") });
      });
      response.on("error", reject);
    }).on("error", reject);
  });
}

async function logIn(url: string, token: string): Promise<string> {
  const cookies: string[] = [];
  for (const init of [{ path: `/login?token=${token}` }, { path: "/login", method: "POST" }]) {
    const response = await fetch(url + init.path, {
      method: init.method ?? "GET",
      redirect: "manual",
      headers: {
        cookie: cookies.join("; "),
        origin: url,
        "content-type": "application/x-www-form-urlencoded",
      },
    });
    for (const line of response.headers.getSetCookie()) cookies.push(line.split(";", 1)[0] ?? "");
  }
  return cookies.join("; ");
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function rounded(number: number): number {
  return Math.round(number * 10) / 10;
}
