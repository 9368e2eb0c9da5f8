/** Large stores for the control room: a ledger whose tables all have that many rows, a memory and an audit log of that size. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { openAudit } from "../../shared/audit/index.ts";
import { systemClock } from "../../shared/base/index.ts";
import { type NewFact, openMemory } from "../../shared/memory/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";

const AGENTS = ["kronos", "nexus", "lacuna", "resonant", "keystone", "impulse"];
/** Over so many days the rows are spread; the last one ends now. */
const DAYS = 30;
const DAY_MS = 86_400_000;
/** Facts written at once. */
const BATCH = 2_000;
/** Plans and proposals are written by people and agents, not by machines: there are never more than this. */
const PLANS_MAX = 1_000;

/** Writes the rows in one transaction, past the stores: only how they read is measured. */
export function fillLedger(path: string, rows: number): void {
  const db = openDatabase(path, { durability: "off" });
  const now = Date.now();
  const everyMs = (DAYS * DAY_MS) / rows;
  // n runs from 1 to `rows`; `at` is when the row was written.
  const each = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows}),
    rows (n, at, agent) AS (
      SELECT n, CAST(${now} - (${rows} - n) * ${everyMs} AS INTEGER), json_extract('${JSON.stringify(AGENTS)}', '$[' || (n / 2 % 6) || ']') FROM numbers
    )`;
  const fill = db.transaction(() => {
    for (const [index, name] of AGENTS.entries()) {
      db.prepare(
        `INSERT INTO agents (name, role, card, epoch, pid, state, first_at, up_at, beat_at) VALUES (?, 'an agent', ?, 1, ?, 'up', 0, ?, ?)`,
      ).run(name, JSON.stringify(cardOf(name)), 4_000 + index, now, now + DAY_MS);
    }
    for (const statement of STATEMENTS) db.exec(statement.replace("EACH", each));
    db.exec(plansOf(now));
  });
  fill.immediate();
  db.exec("ANALYZE");
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

function cardOf(name: string): object {
  const nobody = { username: null, accountId: null, escalatesTo: null };
  return { name, role: "an agent", aliases: [name], owns: [], keywords: [], slaMinutes: 15, ...nobody };
}

/** Odd messages are people's, even ones the answers to them; everybody else declined. */
const STATEMENTS = [
  `EACH INSERT INTO messages (room, message_id, sender_kind, sender_id, sender_name, text, root, hops, said_at, recorded_at)
   SELECT 'room:main', 'm' || n, iif(n % 2, 'owner', 'agent'), iif(n % 2, 'owner', agent), iif(n % 2, 'you', agent),
     'What do we know about the report of week ' || n || ', and who reads it?', iif(n % 2, NULL, n - 1), iif(n % 2, 0, 1), at, at FROM rows`,
  `EACH INSERT INTO claims (message, root, agent, tier, eta, state, slot, because, placed_at, changed_at)
   SELECT n, n, agent, 2, at + 3000, 'sent', 1, 'fit 8 of 10', at, at + 9000 FROM rows WHERE n % 2`,
  `EACH INSERT INTO outcomes (message, agent, outcome, because, at)
   SELECT n, agents.name, iif(agents.name = agent, 'replied', 'declined'), 'fit 3 of 10, needs 7', at + 9000 FROM rows, agents WHERE n % 2`,
  `EACH INSERT INTO outbox (claim, agent, room, part, text, random_id, state, due_at, queued_at, sent_id, sent_at, by)
   SELECT id, claims.agent, 'room:main', 1, 'The report is read by three people.', 'r' || n, 'sent', at, at, 'm' || (n + 1), at, 'offline'
   FROM rows JOIN claims ON message = n`,
  `EACH INSERT INTO judgements (message, scope, state, by, attempts, lease_until, scores)
   SELECT n, 'swarm', 'made', agent, 1, at, '{"kronos":8,"nexus":3}' FROM rows WHERE n % 2`,
  `EACH INSERT INTO spend (at, agent, purpose, message, by, input_tokens, cached_tokens, output_tokens, cost_usd)
   SELECT at, agent, 'answer', iif(n % 2, n, n - 1), 'deepseek', 900, 0, 60, 0.0004 FROM rows`,
  `EACH INSERT INTO events (at, kind, message, agent, detail)
   SELECT at, iif(n % 4, 'outcome', 'claim sent'), iif(n % 2, n, n - 1), agent, '{"outcome":"declined","because":"fit 3 of 10","claim":1}' FROM rows`,
  `EACH INSERT INTO occurrences (job, due_at, state, because, lane, start_at, started_at, ended_at)
   SELECT 'job-' || (n % 20), at, iif(n % 50, 'ran', 'failed'), 'nothing changed', 'job-' || (n % 20), at, at, at + 40 FROM rows`,
  `EACH INSERT INTO deliveries (job, key, severity, agent, room, text, state, because, made_at, told_at)
   SELECT 'job-' || (n % 20), 'k' || n, 'notable', agent, 'room:main', 'Two pages changed.', 'queued', 'it changed', at, at FROM rows`,
  `EACH INSERT INTO approvals (turn, call, agent, tool, arguments, because, sources, state, by, asked_at, expires_at, decided_at)
   SELECT 't' || n, 'c1', agent, 'write-file', '{"path":"notes.md"}', 'it acts outside this machine', '[{"label":"owner","from":"you"}]',
     iif(n % 5000, 'granted', 'pending'), 'you', at, ${Date.now() + DAY_MS}, iif(n % 5000, at, NULL) FROM rows`,
  `EACH INSERT INTO grants (agent, tool, match, by, made_at, expires_at)
   SELECT agent, 'write-file', '{"path":"notes/*"}', 'you', at, at + ${DAY_MS} FROM rows`,
  `EACH INSERT INTO assignments (key, kind, agent, giver, depth, task, state, due_at, deadline_at, given_at, changed_at, message)
   SELECT 'a' || n, 'question', agent, 'swarm', 1, 'Say what you know of it.', 'done', at, at + 60000, at, at, iif(n % 2, n, n - 1) FROM rows`,
  `EACH INSERT INTO reactions (message, person, person_name, emoji, at) SELECT n, 'owner', 'you', '+', at FROM rows WHERE n % 2 = 0`,
];

function plansOf(now: number): string {
  return `
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${PLANS_MAX})
    INSERT INTO plans (key, agent, goal, room, by, sources, state, created_at, changed_at, expires_at, ended_at)
    SELECT 'p' || n, 'kronos', 'Move the newsletter', 'room:main', 'you', '[]', iif(n % 50, 'done', 'active'), ${now}, ${now}, ${now + DAY_MS}, iif(n % 50, ${now}, NULL) FROM numbers;
    INSERT INTO plan_steps (plan, step, place, title, task, needs, state, changed_at)
    SELECT plans.id, 'step-' || value, value, 'Export the list', 'Export it.', '[]', 'done', ${now} FROM plans, json_each('[1,2,3,4,5]');
    INSERT INTO plan_events (plan, step, what, at) SELECT plan, step, 'done', ${now} FROM plan_steps;`;
}

/** Facts as conversations leave them. Vectors are made as an agent makes them. */
export async function fillMemory(path: string, rows: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const memory = await openMemory({ path, clock: systemClock, durability: "off" });
  const from = Date.now() - DAYS * DAY_MS;
  for (let kept = 0; kept < rows; kept += BATCH) {
    const facts = Array.from({ length: Math.min(BATCH, rows - kept) }, (_, index): NewFact => {
      const n = kept + index;
      return {
        text: `In week ${n} somebody said that report ${n % 977} is read by ${n % 31} people in ${CITIES[n % CITIES.length]}.`,
        kind: "said",
        subject: "owner",
        origin: "owner",
        audience: "owner",
        source: { thread: `chat-${n % 7}`, message: null, by: "you", quote: null },
        validFrom: from + n,
      };
    });
    await memory.facts.keep(facts);
  }
  const signal = new AbortController().signal;
  while ((await memory.index(BATCH, signal)) > 0);
  memory.close();
}

const CITIES = ["Lisbon", "Riga", "Turin", "Ghent", "Porto", "Graz", "Bergen"];

/** A call and its result are two lines. */
export async function fillAudit(path: string, lines: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const audit = openAudit({ path, agent: "kronos", clock: systemClock, redact: (value) => value });
  const signal = new AbortController().signal;
  const tool = { effects: "none" } as Parameters<typeof audit.intent>[1];
  for (let n = 1; n <= lines / 2; n++) {
    const call = { id: `c${n}`, tool: "fetch-page", arguments: `{"url":"https://example.com/page/${n}"}` };
    const about = { agent: "kronos", turnId: `turn-${Math.ceil(n / 5)}`, callId: call.id, effectKey: "" };
    const context = { ...about, sources: [], said: [], saidNow: [], seen: [], signal };
    await audit.intent(call, tool, { allow: true }, context);
    await audit.outcome(
      call,
      { kind: n % 100 === 0 ? "failed" : "ok", text: `Page ${n}`, latencyMs: n % 900 },
      context,
    );
  }
  audit.close();
}
