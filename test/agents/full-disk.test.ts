/** An agent's process on a disk that is really full: it does not end, and answers by itself once there is room. */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { mountOwnDisk, unmountOwnDisk } from "../../bench/soak/weather.ts";
import { silentLog, systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { createPatience } from "../../shared/sqlite/index.ts";
import { said } from "../doubles/ledger.ts";
import { hasOwnDisks } from "../doubles/own-disk.ts";

const DISK_MIB = 32;
const PATIENCE_MS = 200_000;

test.skipIf(!hasOwnDisks)(
  "with room in the ledger alone it says there what it waits for, and answers when its own disk has room again (needs a disk of its own)",
  async () => {
    const folder = newFolder();
    const own = homeAt(folder).agent("kronos").folder;
    mkdirSync(own, { recursive: true });
    mountOwnDisk(own, DISK_MIB);
    onTestFinished(() => unmountOwnDisk(own));
    const ledger = await openHome(folder);
    const agent = startAgent(folder);
    await agent.says("agent up");
    const free = fillUp(own);
    const { seq } = await ledger.messages.record(said("@kronos, are you there?", { saidAt: Date.now() }));
    const waits = await until(ledger, async () => {
      const [event] = await ledger.events.latestOf(["agent waits"], 1);
      return event;
    });
    expect(waits).toMatchObject({
      agent: "kronos",
      detail: { because: expect.stringMatching(/^The disk that holds .+ is full or failing\. Free some space/) },
    });
    expect(await ledger.outcomes.ofMessage(seq)).toEqual([]);
    expect(await ledger.agents.roster()).toMatchObject([{ name: "kronos", alive: true, epoch: 1 }]);
    free();
    await isAnswered(ledger, seq);
    await until(ledger, async () => (await ledger.events.latestOf(["agent goes on"], 1))[0]);
    expect({ ended: agent.ended(), epochs: (await ledger.agents.roster()).map(({ epoch }) => epoch) }).toEqual({
      ended: false,
      epochs: [1],
    });
  },
);

test.skipIf(!hasOwnDisks)(
  "with no room anywhere it stays up, and one that is started there waits too, and answers what was said meanwhile (needs a disk of its own)",
  async () => {
    const folder = newFolder();
    mountOwnDisk(folder, DISK_MIB);
    onTestFinished(() => unmountOwnDisk(folder));
    const ledger = await openHome(folder);
    const first = startAgent(folder);
    await first.says("agent up");
    const free = fillUp(folder);
    expect(await first.says("waits")).toMatch(
      /is full or failing\. Free some space; nothing was lost\. This process stays/,
    );
    first.kill();
    const second = startAgent(folder);
    await second.says("waits", "starts again when it can");
    const recording = ledger.messages.record(said("@kronos, are you there?", { saidAt: Date.now() }));
    expect(second.ended()).toBe(false);
    free();
    await isAnswered(ledger, (await recording).seq);
    expect(second.ended()).toBe(false);
    expect(await ledger.agents.roster()).toMatchObject([{ name: "kronos", pid: second.pid, alive: true }]);
  },
);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-full-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The ledger of a home; what is said there waits for room as well. */
async function openHome(folder: string): Promise<Ledger> {
  const { signal } = new AbortController();
  const patience = createPatience({ clock: systemClock, log: silentLog, signal });
  const ledger = await openLedger({ path: homeAt(folder).ledger, clock: systemClock, durability: "off", patience });
  onTestFinished(() => ledger.close());
  return ledger;
}

function startAgent(folder: string) {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [join(programRoot(), "dist/agents/main.js"), "kronos"],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        KAOS_HOME: folder,
        KAOS_LITE_CHAIN: "",
        KAOS_STANDARD_CHAIN: "",
        SWARM_PACE: "0.05",
        OFFLINE_WORDS_PER_SECOND: "0",
      },
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    kill: () => child.kill("SIGKILL"),
    ended: () => child.exitCode !== null,
    /** The reason in the next event of its log that is one of these. */
    async says(...events: string[]): Promise<string> {
      while (true) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`it ended and never said "${events.join('" or "')}"`);
        const { msg = "", because = "" } = JSON.parse(value) as { msg?: string; because?: string };
        if (events.includes(msg)) return because;
      }
    },
  };
}

/** Until the disk takes nothing more; what is returned makes room again. */
function fillUp(folder: string): () => void {
  const ballast = join(folder, "ballast");
  const dd = () => execFileSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4096"], { stdio: "ignore" });
  expect(dd).toThrow();
  return () => rmSync(ballast);
}

async function isAnswered(ledger: Ledger, seq: number): Promise<void> {
  const outcome = await until(ledger, async () => (await ledger.outcomes.ofMessage(seq))[0]);
  expect(outcome).toMatchObject({ agent: "kronos", outcome: "replied" });
  expect(await ledger.messages.thread(seq)).toHaveLength(2);
}

async function until<Found>(ledger: Ledger, find: () => Promise<Found | undefined>): Promise<Found> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (true) {
    const seen = ledger.changes.version();
    const found = await find();
    if (found !== undefined) return found;
    signal.throwIfAborted();
    await ledger.changes.past(seen, { signal, atMostMs: PATIENCE_MS });
  }
}
