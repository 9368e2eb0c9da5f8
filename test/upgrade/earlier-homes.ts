/** Homes as earlier versions left them: the first ledger, word for word, and every schema since with rows in its tables. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Home, homeAt } from "../../shared/config/index.ts";
import { ledgerMigrations } from "../../shared/ledger/index.ts";
import { memoryMigrations } from "../../shared/memory/index.ts";
import { type Migration, migrate, openDatabase } from "../../shared/sqlite/index.ts";
import { turnMigrations } from "../../shared/turns/index.ts";
import { standingClock } from "../doubles/ledger.ts";

/** What the first commit that had a ledger wrote: three agents, nine messages, answers sent and one on its way. */
const FIRST = readFileSync(join(import.meta.dirname, "first-ledger.sql"), "utf8");

/** Rows that a version with this step could hold, beside those of the steps before. */
const ROWS: Readonly<Record<string, string>> = {
  "0002-working-together": `
    INSERT INTO assignments (key, kind, agent, giver, message, depth, task, state, due_at, deadline_at, given_at, changed_at)
      VALUES ('k1', 'hand-off', 'nexus', 'kronos', 1, 1, 'count it', 'done', 1, 2, 1, 2);
    INSERT INTO outbox (assignment, agent, room, part, text, random_id, state, due_at, queued_at, by)
      VALUES (1, 'nexus', 'room:main', 1, 'Counted.', 'r-assignment', 'queued', 1, 1, 'offline');
    INSERT INTO watches VALUES (4, 'metrics', 'nexus', 9, 'answered', 'it answered', 3);`,
  "0003-telegram": `
    INSERT INTO flood_waits VALUES ('telegram:7', 'send', 99, 'FLOOD_WAIT_9', 1, 1);
    INSERT INTO reactions VALUES (2, '7', 'you', '👍', 5);`,
  "0004-shared-facts": `
    INSERT INTO shared_facts (id, agent, subject, text, digest, kind, origin, audience, confidence, said_by, valid_from, learned_at)
      VALUES ('f1', 'kronos', 'owner', 'The release is on Friday.', 'releas friday', 'plan', 'owner', 'public', 1, 'you', 1, 1);
    INSERT INTO shared_facts_text (rowid, stems) VALUES (1, 'releas friday');
    INSERT INTO shared_fact_ids VALUES ('f1', 1);`,
  "0005-reservations":
    "INSERT INTO reservations (at, agent, purpose, state, usd) VALUES (1, 'kronos', 'answer', 'settled', 0.01);",
  "0006-approvals": `
    INSERT INTO approvals (turn, call, agent, tool, arguments, because, sources, state, asked_at, expires_at)
      VALUES ('claim 1', 'c1', 'kronos', 'send-mail', '{}', 'it sends', '[]', 'pending', 1, 99);
    INSERT INTO grants (agent, tool, match, by, made_at, expires_at) VALUES ('kronos', 'send-mail', '{"to":"me"}', 'you', 1, 2);`,
  "0007-jobs": `
    INSERT INTO jobs (name, failures) VALUES ('heartbeat', 1);
    INSERT INTO job_notes VALUES ('heartbeat', 'seen', '3', 1);
    INSERT INTO deliveries (job, key, severity, agent, room, text, state, because, made_at)
      VALUES ('heartbeat', 'd1', 'info', 'kronos', 'room:main', 'All is well.', 'held', 'it is night', 1);`,
  "0008-standing-work": `
    INSERT INTO purchases (receipt, merchant, minor, currency, category, spent_on, confidence, state, because, by, made_at)
      VALUES ('mail 1', 'Bakery', 450, 'EUR', 'food', '2026-01-04', 1, 'booked', 'the receipt', 'parser', 1);`,
  "0009-plans": `
    INSERT INTO plans (key, agent, goal, room, by, sources, state, created_at, changed_at, expires_at)
      VALUES ('p1', 'kronos', 'ship', '', 'you', '[]', 'active', 1, 1, 99);
    INSERT INTO plan_steps (plan, step, place, title, task, needs, state, changed_at) VALUES (1, 'a', 1, 'build', 'build it', '[]', 'pending', 1);
    INSERT INTO plan_events (plan, what, at) VALUES (1, 'written', 1);`,
  "0010-audit-heads-and-providers": `
    INSERT INTO audit_heads VALUES ('kronos', 4, '${"a".repeat(64)}', 'hour', 1);
    INSERT INTO providers (agent, tier, place, provider, model, answered_at, latency_ms, told_at) VALUES ('kronos', 'lite', 1, 'groq', 'small', 1, 90, 1);`,
  "0013-acknowledgements": "INSERT INTO acknowledgements VALUES ('spend kronos 2026-01-05', 'you', 1);",
  "0015-told-or-not": `
    UPDATE agents SET member = 0 WHERE name = 'nexus';
    INSERT INTO deliveries (job, key, severity, agent, room, text, state, because, failure, made_at, told_at)
      VALUES ('heartbeat', 'd2', 'info', 'kronos', 'room:gone', 'All is well.', 'queued', 'it is day', 'the room is gone', 1, 1);`,
  "0001-sessions": `
    INSERT INTO session_entries (thread, by, text, at) VALUES ('terminal', 'person', 'I live in Graz.', 1);
    INSERT INTO session_entries (thread, by, text, model, at) VALUES ('terminal', 'agent', 'Noted.', 'offline', 2);`,
  "0002-facts": `
    INSERT INTO facts (id, subject, text, kind, origin, audience, confidence, said_by, valid_from, learned_at, used_at, standing, words, digest)
      VALUES ('f1', 'owner', 'Lives in Graz.', 'identity', 'owner', 'public', 1, 'you', 1, 1, 1, 'active', 'live graz', 'd1'),
             ('f2', 'owner', 'Lives in Austria.', 'insight', 'owner', 'public', 0.7, 'you', 1, 1, 1, 'active', 'live austria', 'd2');
    INSERT INTO facts_text (rowid, stems) VALUES (1, 'graz'), (2, 'austria');
    INSERT INTO fact_sources VALUES (1, 'terminal', NULL, 'you', NULL, 1);
    INSERT INTO derived VALUES (2, 1);
    INSERT INTO vectors VALUES (1, 'offline', x'0000803f');`,
  "0003-graph": `
    INSERT INTO entities (name, kind) VALUES ('Graz', 'place'), ('Austria', 'place');
    INSERT INTO aliases VALUES ('graz', 1);
    INSERT INTO mentions VALUES (1, 1);
    INSERT INTO relations VALUES (1, 'lies in', 2, 2);`,
  "0004-work": `
    INSERT INTO said VALUES (1, 1);
    INSERT INTO extractions VALUES (1, 'done', 1, 1, '');
    INSERT INTO tombstones VALUES ('f9', 1);
    INSERT INTO nights (at, report) VALUES (1, '{}');
    INSERT INTO night_changes VALUES (1, 1, 'decay', 'active', NULL, NULL);
    INSERT INTO hypotheses (person, text, state, by, changed_at) VALUES ('owner', 'Likes mountains.', 'open', 'review', 1);
    INSERT INTO evidence (hypothesis, fact, speaks) VALUES (1, 1, 'for');`,
  "0006-compactions": `
    INSERT INTO compactions (thread, first_entry, last_entry, entries, summary, receipt, because, at)
      VALUES ('terminal', 1, 2, 2, 'You live in Graz.', '{}', 'it was long', 3);`,
  "0007-unsettled": "INSERT INTO unsettled_turns VALUES ('claim 12', 3, '{}', 1);",
  "0009-aliases": "INSERT INTO night_aliases VALUES (1, 2);",
  "0011-more-work": "INSERT INTO looked_over VALUES ('owner', 1);",
  "0001-turns": `
    INSERT INTO turns (id, about, entries, sources, state, started_at, changed_at) VALUES ('claim 1', '{}', '[]', '[]', 'answered', 1, 1);
    INSERT INTO steps VALUES ('claim 1', 1, '[]', '{}', 1);
    INSERT INTO calls VALUES ('claim 1', 'c1', 1, 'current-time', '{}', '', 'begun', NULL, 0, 1);`,
};

/** A store at every one of its schemas but the newest: which file it is, and how many of its steps it has taken. */
export type Earlier = { path: string; steps: readonly Migration[] };

export const earlier: readonly Earlier[] = [
  ...upTo("swarm.db", ledgerMigrations),
  ...upTo("agents/kronos/agent.db", memoryMigrations),
  ...upTo("agents/kronos/turns.db", turnMigrations),
];

function upTo(path: string, migrations: readonly Migration[]): Earlier[] {
  return migrations.slice(0, -1).map((_, i) => ({ path, steps: migrations.slice(0, i + 1) }));
}

/** A home with the ledger of the first commit that had one; gone after the test. */
export function firstHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), "kaos-upgrade-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write(join(folder, "swarm.db"), FIRST);
  return homeAt(folder);
}

/** The same with this store at these steps. */
export async function earlierHome({ path, steps }: Earlier): Promise<Home> {
  const home = firstHome();
  const file = join(home.folder, path);
  for (let count = 1; count <= steps.length; count++) {
    mkdirSync(dirname(file), { recursive: true });
    const db = openDatabase(file, { durability: "off" });
    try {
      await migrate(db, { what: path, migrations: steps.slice(0, count), clock: standingClock() });
      db.exec(ROWS[steps[count - 1]?.name ?? ""] ?? "");
    } finally {
      db.close();
    }
  }
  return home;
}

function write(path: string, sql: string): void {
  const db = openDatabase(path, { durability: "off" });
  db.pragma("foreign_keys = OFF");
  db.exec(sql);
  db.close();
}
