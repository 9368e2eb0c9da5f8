/** `kaos status`: what runs in a home, since when, and how much it takes. */
import { existsSync, statSync } from "node:fs";
import type { Ledger, SupervisorState } from "../shared/ledger/index.ts";
import type { Define } from "./command.ts";
import type { Context } from "./context.ts";
import { lookAtDisk } from "./doctor/machine.ts";
import { readRoster } from "./processes/choose.ts";
import { createPm2 } from "./processes/pm2.ts";
import { type ProcessState, readProcesses } from "./processes/processes.ts";
import { bytes, duration, table } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";
import { withLedgerIfAny } from "./with-ledger.ts";

type Status = {
  home: string;
  ledger: { path: string; bytes: number } | undefined;
  /** Of the control room, while the supervisor runs. */
  url: string | undefined;
  processes: ProcessState[];
  /** Where the home lies on a disk without room: the sentence, and what to do. Who waits for room cannot write that down. */
  fullDisk: string | undefined;
};

export const status: Define = (command, context) => {
  command.option("--json", "print it as JSON").action(async ({ json }: { json?: boolean }) => {
    const here = context();
    const found = await withLedgerIfAny(here, (ledger) => readStatus(here, ledger));
    if (json) here.print(JSON.stringify(found, undefined, 2));
    else here.print(told(found, here.paint, here.clock.now()));
  });
};

async function readStatus(here: Context, ledger: Ledger | undefined): Promise<Status> {
  const { home } = here;
  const agents = readRoster().agents.map(({ name }) => name);
  const supervisor: SupervisorState | undefined = await ledger?.supervisor.state();
  return {
    home: home.folder,
    ledger: existsSync(home.ledger)
      ? { path: home.ledger, bytes: sizeOf(home.ledger) + sizeOf(`${home.ledger}-wal`) }
      : undefined,
    url: supervisor?.alive ? supervisor.url : undefined,
    processes: await readProcesses(ledger, createPm2({ home }), agents),
    fullDisk: fullDiskOf(here),
  };
}

function fullDiskOf(here: Context): string | undefined {
  const found = lookAtDisk(here);
  if (found.state !== "blocker") return undefined;
  return `The disk is full, or nearly: ${found.says}. ${found.next} Who waits for room goes on by itself.`;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function told({ home, ledger, url, processes, fullDisk }: Status, paint: Paint, now: number): string {
  const head = ["process", "state", "pid", "up for", "restarts", "PSS", "RSS", "last beat"].map(paint.soft);
  const rows = processes.map((one) => row(one, paint, now));
  const pssBytes = processes.reduce((sum, { memory }) => sum + (memory?.pssBytes ?? 0), 0);
  const lines = [table([head, ...rows], { right: [2, 3, 4, 5, 6, 7] }), ""];
  lines.push(`${paint.bold("Home")}          ${home}`);
  lines.push(`${paint.bold("Ledger")}        ${ledger === undefined ? "none yet" : bytes(ledger.bytes)}`);
  if (pssBytes > 0) lines.push(`${paint.bold("Memory")}        ${bytes(pssBytes)} PSS together, without pm2`);
  lines.push(
    `${paint.bold("Control room")}  ${url === undefined ? "closed" : `${url} (\`kaos dashboard\` makes a link)`}`,
  );
  const advice = fullDisk ?? nextStep(processes);
  if (advice !== undefined) lines.push("", advice);
  return lines.join("\n");
}

function row(
  { name, state, pid, upAt, restarts, memory, beatAt, paused }: ProcessState,
  paint: Paint,
  now: number,
): string[] {
  const words = {
    up: paused ? paint.wait("paused") : paint.good("up"),
    starting: paint.wait("starting"),
    crashing: paint.bad("crashing"),
    down: paint.soft("down"),
  };
  const maybe = (value: string | undefined) => value ?? paint.soft("–");
  return [
    paint.agent(name),
    words[state],
    maybe(pid?.toString()),
    maybe(upAt === undefined ? undefined : duration(now - upAt)),
    restarts === 0 ? paint.soft("0") : paint.wait(String(restarts)),
    maybe(memory && bytes(memory.pssBytes)),
    maybe(memory && bytes(memory.rssBytes)),
    maybe(beatAt === undefined ? undefined : `${duration(now - beatAt)} ago`),
  ];
}

function nextStep(processes: readonly ProcessState[]): string | undefined {
  const crashing = processes.find(({ state }) => state === "crashing");
  if (crashing !== undefined) return `${crashing.name} ends again and again: \`kaos logs ${crashing.name}\` says why.`;
  if (processes.every(({ state }) => state === "down")) return "Nothing runs. Start with `kaos up`.";
  return processes.some(({ paused }) => paused)
    ? "Paused agents hear and decide nothing; `kaos swarm resume` lets the swarm go on, with a name that agent."
    : undefined;
}
