/** What a view is: one screen of the control room, with what can be done on it. */
import type { Clock } from "../shared/base/index.ts";
import type { ApiKey, Home } from "../shared/config/index.ts";
import type { Ledger, Occurrence } from "../shared/ledger/index.ts";
import type { Desks, Pack } from "../shared/skills/index.ts";
import type { AssetName } from "./assets.ts";
import type { Html } from "./html.ts";
import type { RunKaos } from "./kaos.ts";
import type { AgentsRead } from "./read/agents.ts";
import type { Configuration } from "./read/configuration.ts";
import type { Memories } from "./read/memory.ts";
import type { Once } from "./read/once.ts";
import type { Drafts } from "./read/skills.ts";

/** What the control room is told at its start. */
export type Settings = {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** The folder of this installation's data, as a person would type it. */
  home: string;
  /** Where everything of this installation lies. */
  files: Home;
  /** The folder that holds one folder an agent. */
  agentsFolder: string;
  /** What the processes were told at their start. */
  configuration: Configuration;
  /** A demo home is badged, so that nobody takes its messages for real ones. */
  demo: boolean;
  version: string;
  /** Since when the process runs. */
  startedAt: number;
  /** Dollars that the whole swarm may spend in a budget's day. */
  dailyLimitUsd: number;
  /** Runs the command line of this home, for what starts programs of others. */
  kaos: RunKaos;
  /** Keys of programs that talk to agents or read the figures; none: both are closed. */
  apiKeys?: readonly ApiKey[];
  /** Further names and addresses by which browsers may reach the control room. */
  names?: readonly string[];
};

/** One job as its timekeeper sees it. `nextAt` is null for one that does not come by itself now. */
export type TimetableLine = {
  job: string;
  purpose: string;
  schedule: string;
  /** The zone whose clock it goes by. */
  timeZone: string;
  /** What it needs to do its work. */
  needs: readonly string[];
  state: "ready" | "paused" | "blocked" | "resting";
  /** Why it is not ready; empty when it is. */
  because: string;
  /** Null when it does not come by itself now. */
  nextAt: number | null;
  last: Occurrence | null;
  /** What it has to say is kept back until then; null when it may speak. */
  quietUntil: number | null;
  added: boolean;
};

/** Every job with its schedule, what it needs and how it stands. */
export type Timetable = () => Promise<readonly TimetableLine[]>;

/** Everything a view needs to render for one person at one moment. */
export type Visit = {
  ledger: Ledger;
  clock: Clock;
  /** The moment that the page shows; every age on it is counted from here. */
  now: number;
  settings: Settings;
  timetable: Timetable;
  /** The agents as their folders describe them. */
  agents: () => AgentsRead;
  /** The skills of all agents, and what was learnt about them. */
  desks: Desks;
  drafts: Drafts;
  /** The packs that come with the program. */
  packs: () => readonly Pack[];
  once: Once;
  /** What agents remember, open for as long as somebody looks. */
  memories: Memories;
  query: URLSearchParams;
  /** Goes into each form. */
  csrf: string;
};

/**
 * What came of an action. The fragment is what htmx swaps in place of the form. Without JavaScript the browser goes to `next`;
 * where nothing changed and something was only looked up, the fragment is the page.
 */
export type Answer =
  | { kind: "done"; next: string; fragment: Html }
  | { kind: "shown"; fragment: Html }
  | { kind: "refused"; because: string; fragment: Html };

/** A change that a view offers, as a resource that is posted to. */
export type Action = { path: `/${string}`; run(visit: Visit, form: URLSearchParams): Promise<Answer> };

/** Something to take away as a file: its address, its name, and its lines as they are read. */
export type Download = { path: `/${string}`; file: string; lines(visit: Visit): Iterable<string> };

/** One screen. What it marks with `live` is kept current by the stream, which renders it again when the ledger changes. */
export type View = {
  path: `/${string}`;
  title: string;
  /** Where on the page the reader starts, when that is not its beginning: an element's id. */
  start?: string;
  /** A script of its own, from the assets. */
  script?: AssetName;
  render(visit: Visit): Promise<Html>;
  /** All that is live on it, where the rest is too dear to be rendered again and again: the stream renders this instead. */
  news?(visit: Visit): Promise<Html>;
  actions?: readonly Action[];
  downloads?: readonly Download[];
  /** How many things on it wait for a person: the navigation shows it. */
  waiting?(visit: Visit): Promise<number>;
};
