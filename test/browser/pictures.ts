/**
 * The pictures of the README, made anew from the program itself: `npm run pictures`. The control room on a seeded home in a real
 * browser, light and dark, and `kaos demo` as it prints.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { createContext } from "../../cli/context.ts";
import { liveThroughAWeek } from "../../cli/demo/seed/week.ts";
import { tellStory } from "../../cli/demo/story.ts";
import { paintFor } from "../../cli/terminal/paint.ts";
import { createApp } from "../../dashboard/app.ts";
import { kaosAt } from "../../dashboard/kaos.ts";
import { listen } from "../../dashboard/listen.ts";
import { configurationOf } from "../../dashboard/read/configuration.ts";
import { silentLog } from "../../shared/base/index.ts";
import { agentsFolder, homeAt, programRoot, readEnv } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { createDelivery } from "../../supervisor/delivery/delivery.ts";
import { timetableOf } from "../../supervisor/jobs/index.ts";
import { readTimetable } from "../../supervisor/timetable.ts";
import { shiftedClock } from "../dashboard/home.ts";
import { launchBrowser } from "./launch.ts";
import { terminalSvg } from "./terminal-svg.ts";

const pictures = join(programRoot(), "docs/pictures");
const scratch = mkdtempSync(join(tmpdir(), "kaos-pictures-"));
const UP_MS = 3 * 3_600_000;

type Shot = { file: string; path: string; width: number; height: number; before?: (page: Page) => Promise<void> };

const shots: readonly Shot[] = [
  { file: "overview", path: "/", width: 1_440, height: 820 },
  {
    ...{ file: "room", path: "/room", width: 1_200, height: 760 },
    before: (page) => page.locator(".why summary", { hasText: "four declined" }).last().click(),
  },
  {
    ...{ file: "swarm", path: "/swarm", width: 1_200, height: 640 },
    before: (page) => page.locator(".roots a", { hasText: "two weeks" }).first().click(),
  },
  { file: "approvals", path: "/approvals", width: 1_200, height: 760 },
];

mkdirSync(pictures, { recursive: true });
try {
  if (process.argv[2] !== "terminal") await photograph();
  if (process.argv[2] !== "room") await record();
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(`${pictures}\n`);

async function photograph(): Promise<void> {
  const home = homeAt(join(scratch, "demo"));
  await liveThroughAWeek(home, Date.now(), () => {});
  const clock = shiftedClock(-UP_MS);
  const ledger = await openLedger({ path: home.ledger, clock });
  const told = readEnv({});
  const startedAt = clock.now();
  // The six have been up for a while.
  for (const card of await ledger.agents.roster()) await ledger.agents.arrive(card, 4_000 + card.name.length);
  const beat = async () => {
    await ledger.supervisor.beat(process.pid);
    for (const { name, epoch } of await ledger.agents.roster()) await ledger.agents.beat(name, epoch);
  };
  const automations = readAutomations(home.automations);
  const delivery = createDelivery({ ledger, clock, settings: () => automations });
  const jobs = await timetableOf({ ledger, clock, home, settings: automations, delivery, env: told.env });
  const timetable = () => readTimetable(ledger, jobs, { clock, timeZone: automations.timeZone });
  const address = { host: "127.0.0.1", port: 0 };
  const settings = {
    ...address,
    home: "~/kaos/data/demo",
    files: home,
    agentsFolder: agentsFolder(),
    configuration: configurationOf(told),
    demo: true,
    version: "0.1.0",
    startedAt,
    dailyLimitUsd: told.env.DAILY_LIMIT_USD,
    apiKeys: [],
    kaos: kaosAt(home.folder),
  };
  const room = await listen(createApp({ ledger, clock, log: silentLog, settings, timetable }), address);
  await ledger.supervisor.announce(process.pid, room.url);
  clock.tick(UP_MS);
  await beat();
  const beating = setInterval(() => void beat(), 2_000);
  const browser = await launchBrowser();
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto(`${room.url}/login?token=${await ledger.logins.makeLink()}`);
    await page.getByRole("button", { name: "Enter the control room" }).click();
    for (const { file, path, width, height, before } of shots) {
      await page.setViewportSize({ width, height });
      await page.goto(room.url + path);
      await before?.(page);
      await page.screenshot({ path: join(pictures, `${file}-${colorScheme}.png`) });
    }
    await context.close();
  }
  await browser.close();
  clearInterval(beating);
  await room.close();
  ledger.close();
}

/** Told to a terminal of 80 columns that keeps what is printed. */
async function record(): Promise<void> {
  const printed: string[] = [];
  const terminal = Object.assign(Object.create(process.stdout) as NodeJS.WriteStream, {
    isTTY: true as const,
    getColorDepth: () => 8,
  });
  process.chdir(scratch);
  const here = createContext({ home: "data" });
  const voice = { say: (text: string) => void printed.push(text), paint: paintFor(terminal), width: 80 };
  await tellStory(here, voice, { json: false });
  const svg = terminalSvg(["$ npx kaos demo", ...printed], { columns: 82, rows: 34, title: "kaos demo" });
  writeFileSync(join(pictures, "demo.svg"), svg);
}
