import type { Clock } from "../../shared/base/index.ts";
import type { Env, Home } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { createEgress, type Egress } from "../../shared/security/index.ts";
import { addedJobs } from "../added/added.ts";
import type { Automations } from "../automations.ts";
import type { DeliveryLayer } from "../delivery/delivery.ts";
import { createMinds, type Minds } from "../minds.ts";
import { createNotion, type Notion } from "../notion.ts";
import { createSearching, type Searching } from "../searching.ts";
import { backUp } from "./back-up.ts";
import { emailExpenses } from "./email-expenses.ts";
import { expenseDigest } from "./expense-digest.ts";
import { groupDigest } from "./group-digest.ts";
import { heartbeat } from "./heartbeat.ts";
import type { Job } from "./job.ts";
import { marketReview } from "./market-review.ts";
import { metricsPulse } from "./metrics-pulse.ts";
import { newsMonitor } from "./news-monitor.ts";
import { peopleScout } from "./people-scout.ts";
import { replyDebts } from "./reply-debts.ts";
import { repositoryReview } from "./repository-review.ts";
import { rotateLogs } from "./rotate-logs.ts";
import { selfImprove } from "./self-improve.ts";
import { sendDigest } from "./send-digest.ts";
import { skillImprove } from "./skill-improve.ts";
import { sleepCompute } from "./sleep-compute.ts";
import { stalledPlans } from "./stalled-plans.ts";
import { swarmRetention } from "./swarm-retention.ts";
import { tendLedger } from "./tend-ledger.ts";
import { userModel } from "./user-model.ts";
import { watchPages } from "./watch-pages.ts";
import { weeklyLetter } from "./weekly-letter.ts";

export { blockedBecause, type Item, type Job, type JobResult, type Run } from "./job.ts";

export type JobDeps = {
  ledger: Ledger;
  clock: Clock;
  home: Pick<Home, "folder" | "logs" | "backups">;
  settings: Automations;
  delivery: Pick<DeliveryLayer, "sendDigest">;
  egress: Egress;
  searching: Searching;
  minds: Minds;
  /** The person's databases in Notion; without a key or a database, none. */
  tasks?: { notion: Notion; database: string };
  books?: { notion: Notion; database: string };
  /** What is said and done in rooms is kept for so long. */
  messagesKeptMs: number;
};

/** What of the environment jobs go by. */
export type JobEnv = Pick<
  Env,
  | "EGRESS_ONLY"
  | "MESSAGES_KEPT"
  | "BRAVE_API_KEY"
  | "EXA_API_KEY"
  | "SEARXNG_URL"
  | "NOTION_API_KEY"
  | "NOTION_TASKS_DB"
  | "NOTION_EXPENSES_DB"
>;

type TimetableDeps = Pick<JobDeps, "ledger" | "clock" | "home" | "settings" | "delivery"> & { env: JobEnv };

/** The whole timetable: what comes with KAOS, then what people added. */
export async function timetableOf({ env, ...deps }: TimetableDeps): Promise<Job[]> {
  const { ledger, clock, settings } = deps;
  const only = env.EGRESS_ONLY.length === 0 ? {} : { only: env.EGRESS_ONLY };
  const trusted = settings.trusted.map((address) => new URL(address).origin);
  const egress = createEgress({ trusted, ...only });
  // A search engine may stand in the operator's own network, and only a search gets there.
  const engine = createEgress(env.SEARXNG_URL === "" ? {} : { trusted: [new URL(env.SEARXNG_URL).origin] });
  const searching = createSearching(engine.fetch, {
    braveApiKey: env.BRAVE_API_KEY,
    exaApiKey: env.EXA_API_KEY,
    searxngUrl: env.SEARXNG_URL,
  });
  const notion = createNotion({ egress, key: env.NOTION_API_KEY });
  const inNotion = (database: string) =>
    env.NOTION_API_KEY === "" || database === "" ? undefined : { notion, database };
  const [tasks, books] = [inNotion(env.NOTION_TASKS_DB), inNotion(env.NOTION_EXPENSES_DB)];
  const minds = createMinds({ ledger, clock, first: settings.agent });
  const known = jobs({
    ...deps,
    egress,
    searching,
    minds,
    messagesKeptMs: env.MESSAGES_KEPT,
    ...(tasks !== undefined && { tasks }),
    ...(books !== undefined && { books }),
  });
  return [...known, ...(await addedJobs(ledger.jobs, minds))];
}

/** What comes with KAOS. */
export function jobs({ ledger, clock, home, settings, delivery, egress, searching, minds, ...deps }: JobDeps): Job[] {
  const notes = ledger.jobs;
  const { timeZone } = settings;
  const tasks = deps.tasks === undefined ? {} : { tasks: deps.tasks };
  const books = deps.books === undefined ? {} : { books: deps.books };
  return [
    // The house itself.
    tendLedger({ ledger, clock }),
    rotateLogs({ folder: home.logs }),
    backUp({ home, clock }),
    swarmRetention({ ledger, clock, keptMs: deps.messagesKeptMs }),
    // For everyone.
    heartbeat({ notes, clock, home, timeZone, ...tasks }),
    newsMonitor({ notes, clock, egress, settings, searching }),
    groupDigest({ ledger, clock, settings }),
    emailExpenses({ ledger, settings, minds, ...books }),
    expenseDigest({ ledger, clock, settings, minds, ...books }),
    marketReview({ settings, searching, minds }),
    peopleScout({ notes, settings, searching, minds }),
    // Each agent, for itself.
    sleepCompute(minds),
    selfImprove(minds),
    skillImprove(minds),
    userModel(minds),
    // One of its own for each of the six.
    weeklyLetter({ ledger, clock }),
    metricsPulse({ notes, clock, egress, settings, minds }),
    watchPages({ notes, egress, settings }),
    replyDebts({ ledger, clock, settings }),
    repositoryReview({ clock, settings }),
    stalledPlans({ ledger, clock }),
    // Last, so that what the others found today is in it.
    sendDigest({ delivery, digestAt: settings.digestAt }),
  ];
}
