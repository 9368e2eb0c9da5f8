/** Hostile text in every field that somebody else writes, in every store that a view reads. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TimetableLine } from "../../dashboard/view.ts";
import { planShape } from "../../shared/ledger/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { createShelf, createSkills, openLearning } from "../../shared/skills/index.ts";
import { said } from "../doubles/ledger.ts";
import { bundle, skillText } from "../shared/skills/parts.ts";
import { play } from "./day.ts";
import { arrive, SIX, type TestHome } from "./home.ts";
import { ask, configureServers, keepTurns, logCalls, reportServers, writeLog } from "./work.ts";

export const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script>' onmouseover='alert(3)`;

/** A job whose every word is hostile. */
export const EVIL_JOB: TimetableLine = {
  ...{ job: EVIL, purpose: EVIL, schedule: EVIL, timeZone: "UTC", needs: [EVIL], state: "resting", because: EVIL },
  ...{ nextAt: 1, last: null, quietUntil: null, added: true },
};

/** Needs a home with the server `files` for kronos. */
export async function fillWithHostile(home: TestHome): Promise<void> {
  await swarm(home);
  await asking(home);
  await jobs(home);
  await plans(home);
  await skills(home);
  await memory(home);
  await keepTurns(home, "kronos", { ask: EVIL, tool: EVIL, result: EVIL, answer: EVIL, because: EVIL });
  writeLog(home, "kronos", { phrase: EVIL, value: EVIL });
}

async function swarm(home: TestHome): Promise<void> {
  const { ledger, clock } = home;
  await arrive(ledger);
  const [six] = SIX;
  if (six === undefined) throw new Error("there are six");
  await ledger.agents.arrive({ ...six, name: EVIL, role: EVIL }, 1);
  await ledger.messages.record(said(EVIL, { sender: { kind: "stranger", id: EVIL, name: EVIL }, saidAt: clock.now() }));
  await ledger.messages.record(
    said(`[a](javascript:alert(1)) ![b](https://evil.example/x.png) <https://evil.example> ${EVIL}`, {
      sender: { kind: "agent", id: "kronos", name: "kronos" },
      saidAt: clock.now(),
    }),
  );
  await play(home, {
    says: EVIL,
    fits: { [EVIL]: 9, kronos: 9, nexus: 8 },
    parts: [
      { agent: "kronos", tier: 1, eta: 1, because: EVIL, says: EVIL, by: EVIL },
      { agent: "nexus", tier: 1, eta: 2, because: EVIL },
    ],
    declines: { lacuna: EVIL },
  });
  const open = { agent: EVIL, tier: 1, eta: 1, because: EVIL, says: EVIL } as const;
  await play(home, { says: EVIL, parts: [open], leaveOpen: true });
  await ledger.controls.pause({ scope: "swarm", name: EVIL, by: EVIL, until: null });
  const failed = { at: clock.now(), failure: EVIL, because: EVIL };
  const link = { place: 1, provider: EVIL, model: EVIL, failures: 3, restUntil: clock.now() + 90_000, failed };
  await ledger.providers.report("kronos", [{ ...link, tier: "lite", answered: null }]);
}

async function asking(home: TestHome): Promise<void> {
  const evil = { [EVIL]: EVIL, path: EVIL, nested: [EVIL] };
  const foreign = [{ label: "outside", from: EVIL }];
  await ask(home, { input: evil, because: EVIL, tool: EVIL, agent: EVIL, message: 1, sources: foreign });
  await ask(home, { input: EVIL, because: EVIL, tool: EVIL, agent: EVIL });
  const { id } = await ask(home, { input: EVIL, because: EVIL, tool: EVIL });
  await home.ledger.approvals.decide(id, { granted: false, by: EVIL, said: EVIL });
  const grant = { agent: EVIL, tool: EVIL, match: { [EVIL]: EVIL }, by: EVIL };
  await home.ledger.grants.make({ ...grant, expiresAt: home.clock.now() + 1_000_000 });
  await logCalls(home, "kronos", [
    { tool: EVIL, input: evil, turn: EVIL, result: { kind: "failed", text: EVIL } },
    { tool: EVIL, input: EVIL, turn: EVIL, call: EVIL, decision: { allow: false, because: EVIL } },
  ]);
  configureServers(home.files, { files: { command: EVIL, args: [EVIL], allow: [EVIL] } });
  const pid = (await home.ledger.agents.roster()).find(({ name }) => name === "kronos")?.pid ?? 0;
  const withheld = [{ tool: EVIL, because: EVIL }];
  reportServers(home.files, "kronos", pid, [{ name: "files", because: EVIL, about: EVIL, tools: [EVIL], withheld }]);
}

async function jobs({ ledger }: TestHome): Promise<void> {
  for (const dueAt of [1, 2]) {
    await ledger.occurrences.begin(EVIL, dueAt);
    await ledger.occurrences.finish(EVIL, dueAt, "failed", EVIL);
  }
  await ledger.deliveries.say({
    ...{ job: EVIL, key: EVIL, severity: "info", agent: EVIL, room: EVIL, text: EVIL, state: "held", because: EVIL },
    ...{ evidence: [EVIL], parts: [] },
  });
}

async function plans({ ledger }: TestHome): Promise<void> {
  const draft = planShape.parse({
    goal: EVIL,
    steps: [
      { id: "ask", title: EVIL.slice(0, 120), wait: { kind: "person", question: EVIL } },
      { id: "do", title: EVIL.slice(0, 120), task: EVIL },
      { id: "page", title: "page", needs: ["ask"], wait: { kind: "page", url: "https://evil.example/", says: EVIL } },
    ],
  });
  const sources = [{ label: "outside", from: EVIL }];
  const write = { agent: "kronos", room: "", by: EVIL, sources, draft };
  await ledger.plans.write({ ...write, key: "open" });
  const over = await ledger.plans.write({ ...write, key: "over" });
  await ledger.plans.advance();
  const work = await ledger.assignments.take("kronos");
  if (work !== undefined) await ledger.assignments.reject(work.id, work.fence, EVIL);
  await ledger.plans.advance();
  if (over.planned) await ledger.plans.cancel(over.plan.id, EVIL, EVIL);
}

async function skills({ files, clock }: TestHome): Promise<void> {
  const { folder: own, lock, learning: path } = files.agent("kronos").skills;
  const shelf = createShelf({ own, lock, clock });
  const text = skillText("odd", { description: EVIL, body: EVIL });
  const findings = [{ kind: EVIL, file: EVIL, line: 9, because: EVIL }];
  shelf.put(bundle("odd", { "SKILL.md": text }, EVIL), { state: "draft", findings, force: false, because: EVIL });
  mkdirSync(join(own, "broken"), { recursive: true });
  writeFileSync(join(own, "broken", "SKILL.md"), EVIL);
  const learning = await openLearning({ path, clock });
  const all = createSkills({ own, lock, packs: own, listed: [] }).list();
  const proposed = await learning.propose(
    {
      ...{ skill: "learnt", kind: "create", baseHash: "", expiresAt: null, diff: EVIL, reason: EVIL },
      text: skillText("learnt", { description: EVIL, body: EVIL }),
      evidence: [
        { turn: EVIL, shows: EVIL },
        { turn: `${EVIL} 2`, shows: EVIL },
      ],
    },
    all,
  );
  if (proposed.proposed)
    await learning.keepReplay(proposed.id, "after", [{ scenario: EVIL, passed: false, misses: [EVIL] }], EVIL);
  learning.close();
}

async function memory({ files, clock, ledger }: TestHome): Promise<void> {
  const opened = await openMemory({ path: files.agent("kronos").database, clock, durability: "off" });
  await opened.sessions.append(EVIL, [{ by: "person", text: EVIL, model: null }]);
  const source = { thread: EVIL, message: EVIL, by: EVIL, quote: EVIL };
  const of = { subject: EVIL, origin: "owner", audience: "owner", source, validFrom: clock.now() } as const;
  const [kept] = await opened.facts.keep([{ ...of, kind: "knowledge", text: EVIL }]);
  if (kept !== undefined) await opened.graph.relate(kept.id, [{ source: EVIL, kind: EVIL, target: `${EVIL} 2` }]);
  await opened.model.suppose({ person: EVIL, text: EVIL, by: EVIL });
  opened.close();
  const at = clock.now();
  await ledger.sharedFacts.put(EVIL, [
    {
      ...{
        id: "f1",
        subject: EVIL,
        text: EVIL,
        stems: "odd",
        digest: "odd",
        kind: EVIL,
        origin: "owner",
        audience: "owner",
      },
      ...{ confidence: 1, saidBy: EVIL, quote: EVIL, message: EVIL, validFrom: at, validTo: null, learnedAt: at },
    },
  ]);
}
