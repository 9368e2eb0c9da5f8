import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, cut, messageOf, oneLine } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import type { Jobs } from "../../shared/ledger/index.ts";
import type { Notion } from "../notion.ts";
import { dayOf } from "../schedule/day.ts";
import type { Item, Job } from "./job.ts";

const NAME = "heartbeat";
/** A longer file is no list of tasks. */
const FILE_BYTES_MAX = 200_000;
const TASKS_MAX = 200;
const TASK_CHARACTERS_MAX = 200;

type Deps = {
  notes: Jobs;
  clock: Clock;
  home: Pick<Home, "folder">;
  timeZone: string;
  /** Where the person keeps tasks as well. */
  tasks?: { notion: Notion; database: string };
};
type Task = { where: string; text: string; due: string; url?: string };

/** Looks through each agent's HEARTBEAT.md, and Notion where it is set up, for open tasks whose day has come, and tells each once a day. No model is asked. */
export function heartbeat({ notes, clock, home, timeZone, tasks: kept }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "*/30 * * * *" },
    purpose: "tells which open tasks of an agent's HEARTBEAT.md, or of Notion, have their day or are late",
    timeoutMs: 60_000,
    jitterMs: 60_000,
    async run(signal) {
      const { date } = dayOf(clock.now(), timeZone);
      const { inNotion, trouble } = await notionTasks(signal);
      const tasks = [...(await tasksIn(join(home.folder, "agents"), signal)), ...inNotion];
      const due = tasks.filter((task) => task.due <= date);
      const keys = new Map(due.map((task) => [keyOf(task, date), task]));
      const known = new Set(await notes.known(NAME, [...keys.keys()]));
      const fresh = [...keys].filter(([key]) => !known.has(key));
      const counters = { tasks: tasks.length, due: due.length };
      if (fresh.length === 0)
        return { changed: false, summary: `${tasks.length} open tasks with a day; none to tell${trouble}`, counters };
      return {
        changed: true,
        severity: "notable",
        summary: `${fresh.length} open tasks have their day${trouble}`,
        items: fresh.map(([, task]) => itemOf(task, date)),
        evidence: fresh.map(([, { where, text }]) => `${where}: ${text}`),
        counters,
        notes: fresh.map(([key, { text }]) => ({ key, value: text })),
      };
    },
  };

  /** Notion that does not answer keeps no file from being read. */
  async function notionTasks(signal: AbortSignal): Promise<{ inNotion: Task[]; trouble: string }> {
    if (kept === undefined) return { inNotion: [], trouble: "" };
    try {
      const open = await kept.notion.openTasks(kept.database, signal);
      const inNotion = open.map(({ title, due, url }) => ({
        where: "Notion",
        text: cut(oneLine(title), TASK_CHARACTERS_MAX),
        due,
        ...(URL.canParse(url) && { url }),
      }));
      return { inNotion, trouble: "" };
    } catch (error) {
      signal.throwIfAborted();
      return { inNotion: [], trouble: `; Notion: ${messageOf(error)}` };
    }
  }
}

function itemOf({ where, text, due, url }: Task, today: string): Item {
  const when = due === today ? "today" : `since ${due}`;
  return { title: text, text: `${when}; in ${where}`, ...(url !== undefined && { url }) };
}

/** "- [ ] renew the domain (2026-03-01)": an open task with the day it is due. */
const OPEN_TASK = /^\s*[-*]\s+\[ \]\s+(.*?(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])).*)$/gmu;

async function tasksIn(folder: string, signal: AbortSignal): Promise<Task[]> {
  const agents = await readdir(folder).catch(() => [] as string[]);
  const found: Task[] = [];
  for (const agent of agents.toSorted()) {
    signal.throwIfAborted();
    const file = join(folder, agent, "workspace", "HEARTBEAT.md");
    const size = await stat(file).then(
      ({ size: bytes }) => bytes,
      () => undefined,
    );
    if (size === undefined || size > FILE_BYTES_MAX) continue;
    for (const [, text = "", due = ""] of (await readFile(file, "utf8")).matchAll(OPEN_TASK))
      found.push({ where: `${agent}'s HEARTBEAT.md`, text: cut(oneLine(text), TASK_CHARACTERS_MAX), due });
  }
  return found.slice(0, TASKS_MAX);
}

function keyOf({ where, text }: Task, date: string): string {
  return `${date} ${createHash("sha256").update(`${where} ${text}`).digest("base64url").slice(0, 22)}`;
}
