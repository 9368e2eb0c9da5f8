import { createHash } from "node:crypto";
import type { Jobs } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Minds } from "../minds.ts";
import { plain } from "../news/read-feed.ts";
import type { Searching } from "../searching.ts";
import type { Job } from "./job.ts";

const NAME = "people-scout";
const WEEK_MS = 7 * 24 * 3_600_000;
const HITS_MAX = 15;
const PEOPLE_MAX = 5;
const TEXT_CHARACTERS_MAX = 400;
const MIND_MS = 10 * 60_000;

type Deps = { notes: Jobs; settings: Automations; searching: Searching; minds: Minds };

/**
 * People worth knowing, one kind a week in turn, out of what a search engine finds and nothing else: whoever is named stands
 * in a result, which is told with it. Off until kinds of people are named in automations.json.
 */
export function peopleScout({ notes, settings: { people }, searching, minds }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "0 11 * * 6" },
    purpose: "tells of people of one kind a week, each with the page that names them",
    timeoutMs: MIND_MS + 5 * 60_000,
    missed: { kind: "within", ms: 2 * 24 * 3_600_000 },
    agent: "resonant",
    goesOn: true,
    needs: [
      { what: "kinds of people", missing: () => (people.length > 0 ? undefined : "people in automations.json") },
      searching.need,
    ],
    async run(signal, run) {
      const focus = people[Math.floor(run.dueAt / WEEK_MS) % people.length] ?? "";
      const answer = await searching.search(focus, HITS_MAX, signal);
      if (!answer.found) throw new Error(answer.because);
      const pages = answer.hits.map(({ title, url, text }) => ({
        title: plain(title, TEXT_CHARACTERS_MAX),
        url,
        text: plain(text, TEXT_CHARACTERS_MAX),
      }));
      const counters = { pages: pages.length };
      if (pages.length === 0) return { changed: false, summary: `nothing was found for “${focus}”`, counters };
      if (run.dryRun)
        return { changed: false, summary: `it would look for people in ${pages.length} pages on “${focus}”`, counters };
      const agent = await minds.nearest("resonant", NAME);
      const asked = {
        job: NAME,
        agents: agent === undefined ? [] : [agent],
        data: { focus, pages },
        sources: [
          { label: "owner", from: `the job ${NAME}` },
          { label: "outside", from: "search results" },
        ],
        withinMs: MIND_MS,
      };
      const { items = [] } = await minds.ask(asked, run, signal);
      // Whoever is named must stand in the page that is told with it: what a model remembers of people is no source.
      const named = items.filter(({ title, url }) => {
        const page = pages.find((one) => one.url === url);
        return page !== undefined && folded(`${page.title} ${page.text}`).includes(folded(title));
      });
      const known = new Set(
        await notes.known(
          NAME,
          named.map(({ title }) => keyOf(title)),
        ),
      );
      const told = named.filter(({ title }) => !known.has(keyOf(title))).slice(0, PEOPLE_MAX);
      return {
        changed: told.length > 0,
        severity: "info",
        summary: told.length === 0 ? `nobody new for “${focus}”` : `${told.length} people for “${focus}”`,
        items: told,
        evidence: told.flatMap(({ url }) => url ?? []),
        counters: { ...counters, named: items.length, unproven: items.length - named.length, told: told.length },
        notes: told.map(({ title, url = "" }) => ({ key: keyOf(title), value: url })),
      };
    },
  };
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

function keyOf(name: string): string {
  return createHash("sha256").update(folded(name)).digest("base64url").slice(0, 22);
}
