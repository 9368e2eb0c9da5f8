import { type Clock, messageOf } from "../../shared/base/index.ts";
import type { Automations } from "../automations.ts";
import { type Review, reviewRepository } from "../repositories/review.ts";
import type { Item, Job } from "./job.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

type Deps = { clock: Clock; settings: Automations };

/** Keystone's round: what changed, what looks broken and what ages in the person's working copies. Only looks. */
export function repositoryReview({ clock, settings: { repositories } }: Deps): Job {
  return {
    name: "repository-review",
    schedule: { cron: "30 9 * * 1" },
    purpose: "tells what changed, what looks broken and what ages in your working copies",
    timeoutMs: 20 * 60_000,
    missed: { kind: "within", ms: 3 * 24 * 3_600_000 },
    agent: "keystone",
    needs: [
      {
        what: "repositories",
        missing: () => (repositories.length > 0 ? undefined : "repositories in automations.json"),
      },
    ],
    async run(signal) {
      const now = clock.now();
      const reviews: Review[] = [];
      const problems: string[] = [];
      for (const folder of repositories) {
        try {
          reviews.push(await reviewRepository(folder, { since: now - WEEK_MS, now }, signal));
        } catch (error) {
          signal.throwIfAborted();
          problems.push(`${folder}: ${messageOf(error)}`);
        }
      }
      if (reviews.length === 0) throw new Error(problems.join("; "));
      const told = reviews.filter(({ commits, broken, aging }) => commits + broken.length + aging.length > 0);
      const trouble = problems.length > 0 ? `; ${problems.join("; ")}` : "";
      return {
        changed: told.length > 0,
        severity: told.some(({ broken }) => broken.length > 0) ? "notable" : "info",
        summary: `${told.length} of ${repositories.length} working copies have something to tell${trouble}`,
        items: told.map(itemOf),
        evidence: told.flatMap(({ name, broken, aging }) => [...broken, ...aging].map((line) => `${name}: ${line}`)),
        counters: {
          commits: reviews.reduce((sum, { commits }) => sum + commits, 0),
          broken: reviews.reduce((sum, { broken }) => sum + broken.length, 0),
          aging: reviews.reduce((sum, { aging }) => sum + aging.length, 0),
          problems: problems.length,
        },
      };
    },
  };
}

function itemOf({ name, changed, broken, aging }: Review): Item {
  const lines = [...changed, ...broken.map((line) => `⚠ ${line}`), ...aging.map((line) => `⌛ ${line}`)];
  return { title: name, text: lines.join("\n") };
}
