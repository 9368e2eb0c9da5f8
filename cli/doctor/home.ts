/** The home: its folder, its ledger, its processes, its backups. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { messageOf } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { madeAt, wholeBackups } from "../../supervisor/backup/whole-backups.ts";
import type { Context } from "../context.ts";
import { readRoster } from "../processes/choose.ts";
import { createPm2 } from "../processes/pm2.ts";
import { refuseTakenPort } from "../processes/port.ts";
import { readProcesses } from "../processes/processes.ts";
import { bytes, duration, listed } from "../terminal/layout.ts";
import type { Check, Finding } from "./check.ts";
import { nearestFolder } from "./machine.ts";

export const writable: Check = {
  name: "Home",
  look({ home: { folder } }) {
    const nearest = nearestFolder(folder);
    try {
      accessSync(nearest, constants.W_OK | constants.X_OK);
    } catch {
      return {
        state: "blocker",
        says: `${nearest} is not writable for this user`,
        next: "Give this user that folder, or choose another with --home.",
      };
    }
    return { state: "ok", says: existsSync(folder) ? folder : `${folder} (made by the first start)` };
  },
};

/** A message that is further ahead than this was written under another clock. */
const AHEAD_MAX_MS = 60_000;

export const ledger: Check = {
  name: "Ledger",
  async look({ home, clock }) {
    if (!existsSync(home.ledger)) return { state: "ok", says: "none yet; the first start makes it" };
    const broken = integrityOf(home.ledger);
    if (broken !== undefined) {
      return {
        state: "blocker",
        says: `${home.ledger} is damaged: ${broken}`,
        next: "kaos doctor --fix brings back what can be read; or put a backup in its place: kaos restore",
      };
    }
    try {
      const open = await openLedger({ path: home.ledger, clock });
      const [newest] = await open.events.latest(1);
      open.close();
      const aheadMs = (newest?.at ?? 0) - clock.now();
      if (aheadMs > AHEAD_MAX_MS) {
        return {
          state: "limit",
          says: `its newest entry is ${duration(aheadMs)} in the future`,
          next: "Set the machine's clock.",
        };
      }
      return { state: "ok", says: `whole, ${bytes(statSync(home.ledger).size)}` };
    } catch (error) {
      return { state: "blocker", says: messageOf(error), next: "Update KAOS, or choose another home with --home." };
    }
  },
};

/** What SQLite finds wrong with the file; undefined when it is whole. */
function integrityOf(path: string): string | undefined {
  try {
    const db = openDatabase(path, { durability: "full", readonly: true });
    try {
      const said = db.pragma("quick_check(1)", { simple: true });
      return said === "ok" ? undefined : String(said);
    } finally {
      db.close();
    }
  } catch (error) {
    return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
}

export const swarm: Check = {
  name: "Swarm",
  async look(context) {
    const processes = await readAll(context);
    const running = processes.filter(({ state }) => state === "up");
    const crashing = processes.filter(({ state }) => state === "crashing").map(({ name }) => name);
    if (crashing.length > 0)
      return { state: "blocker", says: `${listed(crashing)} cannot stay up`, next: `kaos logs ${crashing[0]}` };
    if (running.length === 0) return { state: "ok", says: "nothing runs; `kaos up` starts it" };
    const down = processes.filter(({ state }) => state !== "up").map(({ name }) => name);
    if (down.length > 0)
      return {
        state: "limit",
        says: `${running.length} of ${processes.length} processes are up; missing: ${listed(down)}`,
        next: "kaos up",
      };
    return { state: "ok", says: `all ${running.length} processes are up` };
  },
};

export const port: Check = {
  name: "Port",
  async look(context) {
    const { DASHBOARD_HOST: host, DASHBOARD_PORT: number } = context.env;
    const ours = (await readAll(context)).some(({ name, state }) => name === "supervisor" && state === "up");
    if (ours) return { state: "ok", says: "the control room of this home is open" };
    try {
      await refuseTakenPort({ host, port: number });
      return { state: "ok", says: number === 0 ? "any that is free" : `${host}:${number} is free` };
    } catch (error) {
      return { state: "blocker", says: messageOf(error), next: "DASHBOARD_PORT=0 kaos up" };
    }
  },
};

/** The nightly copy may be late by a day. */
const BACKUP_AGE_MAX_MS = 2 * 24 * 60 * 60_000;

export const backups: Check = {
  name: "Backups",
  look({ home, clock }): Finding {
    if (!existsSync(home.ledger)) return { state: "ok", says: "nothing to keep yet" };
    const whole = wholeBackups(home.backups);
    const newest = whole.at(-1);
    if (newest === undefined)
      return { state: "limit", says: "none yet; the supervisor makes one every night", next: "kaos backup" };
    const ageMs = Math.max(0, clock.now() - madeAt(newest));
    const says = `${whole.length}, the newest ${duration(ageMs)} old`;
    return ageMs <= BACKUP_AGE_MAX_MS ? { state: "ok", says } : { state: "limit", says, next: "kaos backup" };
  },
};

/** An unreadable ledger is told by its own check. */
async function readAll({ home, clock }: Context) {
  const agents = readRoster().agents.map(({ name }) => name);
  const open = existsSync(home.ledger)
    ? await openLedger({ path: home.ledger, clock }).catch(() => undefined)
    : undefined;
  try {
    return await readProcesses(open, createPm2({ home }), agents);
  } finally {
    open?.close();
  }
}
