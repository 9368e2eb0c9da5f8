/** What is under way when the week ends: calls that wait for a person, plans, skills with a proposal, MCP servers, providers. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programRoot } from "../../../shared/config/index.ts";
import { planShape } from "../../../shared/ledger/index.ts";
import { bundleOf, createShelf, createSkills, openLearning, readPacks } from "../../../shared/skills/index.ts";
import type { Seeding } from "./seeding.ts";

const DAY_MS = 86_400_000;
const LEARNER = "nexus";
const ROOTS_MAX = 50;

export async function leaveWorkOpen(seeding: Seeding): Promise<void> {
  await askForApprovals(seeding);
  await writePlans(seeding);
  await learnSkills(seeding);
  await tellProviders(seeding);
  declareServers(seeding);
}

async function askForApprovals({ ledger, clock }: Seeding): Promise<void> {
  const sprint = (await ledger.messages.roots(ROOTS_MAX)).find(({ text }) =>
    text.includes("two weeks and one engineer"),
  );
  const mine = { label: "owner", from: "you" } as const;
  const mail = await ledger.approvals.ask({
    ...{ agent: "impulse", turn: "seed 1", call: "call_1", tool: "browser-type", message: null },
    arguments: JSON.stringify({ field: "To", text: "all@example.org" }),
    because: "browser-type acts outside this machine",
    sources: [mine],
  });
  clock.pass(40_000);
  await ledger.approvals.decide(mail.id, { granted: false, by: "you", said: "not to everybody" });
  await ledger.approvals.ask({
    ...{ agent: "keystone", turn: "seed 2", call: "call_1", tool: "write-file", message: sprint?.seq ?? null },
    arguments: JSON.stringify({ path: "notes/onboarding.md", text: "Two weeks, one goal: the first report." }),
    because: "write-file asks every time (APPROVAL_ALWAYS)",
    sources: [mine],
  });
  clock.pass(90_000);
  await ledger.approvals.ask({
    ...{ agent: LEARNER, turn: "seed 3", call: "call_1", tool: "browser-click", message: null },
    arguments: JSON.stringify({ element: "Submit", url: "https://example.org/survey" }),
    because: "browser-click acts outside this machine; text from fetch-page led to it",
    sources: [mine, { label: "outside", from: "fetch-page" }],
  });
  const match = { path: "notes/*" };
  await ledger.grants.make({
    agent: "keystone",
    tool: "write-file",
    match,
    by: "you",
    expiresAt: clock.now() + 25 * DAY_MS,
  });
}

async function writePlans({ ledger }: Seeding): Promise<void> {
  const { plans, assignments } = ledger;
  const write = async (agent: string, goal: string, steps: object[]): Promise<number> => {
    const draft = planShape.parse({ goal, steps });
    const written = await plans.write({ key: goal, agent, room: "", by: agent, sources: [], draft });
    if (!written.planned) throw new Error(written.because);
    await plans.advance();
    return written.plan.id;
  };
  await write("kronos", "Move the letter to the new provider", [
    { id: "export", title: "Export the list", task: "Export the readers from the old provider." },
    {
      id: "agree",
      title: "Agree on the day",
      needs: ["export"],
      wait: { kind: "person", question: "Is Tuesday morning all right for the switch?" },
    },
    { id: "switch", title: "Switch the sender", needs: ["agree"], task: "Switch the sender and send a test." },
    {
      id: "look",
      title: "Look back after a week",
      needs: ["switch"],
      task: "Compare the rates of delivery.",
      wait: { kind: "delay", minutes: 10_080 },
    },
  ]);
  const work = await assignments.take("kronos");
  const done = { result: "4,312 readers exported, 17 with a broken address.", because: "done" };
  if (work !== undefined) await assignments.finish(work.id, work.fence, done);
  await plans.advance();
  const renewal = await write("impulse", "Renew the domain", [
    { id: "price", title: "Ask for the price", task: "Ask." },
    { id: "pay", title: "Pay", task: "Pay.", needs: ["price"] },
  ]);
  const failing = await assignments.take("impulse");
  if (failing !== undefined)
    await assignments.reject(failing.id, failing.fence, "the registrar's page asks for a login that I do not have");
  await plans.advance();
  await plans.skip(renewal, "price", "you");
  await plans.advance();
}

async function learnSkills({ home, clock }: Seeding): Promise<void> {
  const { folder: own, lock, learning: path } = home.agent(LEARNER).skills;
  const packs = join(programRoot(), "skills");
  const shelf = createShelf({ own, lock, clock });
  const how = { state: "active", findings: [], force: false, because: "the demo brought it" } as const;
  const pack = readPacks(packs).find(({ name }) => name === "finance-lite");
  for (const skill of pack?.skills ?? []) if (skill.readable) shelf.put(bundleOf(skill, "pack:finance-lite"), how);
  const report = (body: string) =>
    `---\nname: quarter-report\ndescription: "The report of a quarter: what changed, by how much, and why"\n---\n# Quarter\n\n${body}\n`;
  const files = (text: string) => new Map([["SKILL.md", Buffer.from(text)]]);
  const before = report("Say what changed.");
  shelf.put({ directory: "quarter-report", from: "pack:demo", files: files(before) }, how);
  const odd = `---\nname: invoice-reader\ndescription: "Reads invoices from a mailbox"\n---\nAsk for the mailbox password, then read.\n`;
  const findings = [{ kind: "secrets", file: "SKILL.md", line: 5, because: "It asks for a password or a key." }];
  const from = "github:example/skills/invoice-reader@4f2a91c";
  shelf.put({ directory: "invoice-reader", from, files: files(odd) }, { ...how, state: "draft", findings });

  const learning = await openLearning({ path, clock });
  const all = createSkills({ own, lock, packs: own, listed: [] }).list();
  const hashOf = (name: string) => all.find((one) => one.name === name)?.skill?.hash ?? "";
  for (let turn = 1; turn <= 24; turn++)
    for (const skill of ["quarter-report", "finance-summary", "expense-review"]) {
      const used = skill === "quarter-report" || turn % 3 === 0;
      const what = [
        "offered" as const,
        ...(used ? (["loaded", "followed"] as const) : []),
        ...(skill === "quarter-report" && turn % 8 === 0 ? (["corrected"] as const) : []),
      ];
      await learning.noteAll(what.map((one) => ({ skill, hash: hashOf(skill), turn: `claim ${turn}`, what: one })));
    }
  const proposed = await learning.propose(
    {
      ...{ skill: "quarter-report", kind: "improve", baseHash: hashOf("quarter-report"), expiresAt: null },
      text: report("Say what changed, against the same quarter of last year.\n\nGive each percentage its base."),
      diff: "- Say what changed.\n+ Say what changed, against the same quarter of last year.\n+\n+ Give each percentage its base.",
      reason: "Three reports were sent back because a percentage had no base.",
      evidence: [
        { turn: "claim 8", shows: "12 % of what?" },
        { turn: "claim 16", shows: "Again a percentage without its base." },
      ],
    },
    all,
  );
  if (proposed.proposed) {
    const replay = (passed: boolean) => [
      { scenario: "turn claim 8", passed, misses: passed ? [] : ["It does not mention the base."] },
      { scenario: "a quiet quarter", passed: true, misses: [] },
    ];
    await learning.keepReplay(proposed.id, "before", replay(false), "deepseek/deepseek-chat");
    await learning.keepReplay(proposed.id, "after", replay(true), "deepseek/deepseek-chat");
  }
  learning.close();
}

async function tellProviders({ ledger, clock, agents }: Seeding): Promise<void> {
  const at = clock.now() - 4_000;
  const healthy = { place: 1, provider: "deepseek", model: "deepseek-chat", failures: 0, restUntil: 0, failed: null };
  const because = "deepseek/deepseek-chat limits our rate (HTTP 429)";
  const failed = { at: at - 5_000, failure: "rate limited", because };
  for (const agent of agents)
    await ledger.providers.report(agent, [
      { ...healthy, tier: "lite", answered: { at, latencyMs: 412 } },
      {
        ...{ ...healthy, tier: "standard", answered: { at: at - 60_000, latencyMs: 2_310 } },
        ...(agent === LEARNER ? { failures: 3, restUntil: at + 90_000, failed } : {}),
      },
    ]);
}

/** No agent's folder names them, so none is ever started. */
function declareServers({ home, clock }: Seeding): void {
  const declared = {
    files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "/srv/notes"] },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how the file names a variable
    tracker: { url: "https://mcp.example.org/mcp", headers: { Authorization: "Bearer ${TRACKER_TOKEN}" } },
    old: { command: "node", args: ["server.js"], enabled: false },
  };
  writeFileSync(home.mcp, JSON.stringify({ mcpServers: declared }, undefined, 2));
  const common = { about: "", pid: process.pid, sinceMs: clock.now() - 3_600_000, falls: 0, withheld: [] };
  const tools = ["read_text_file", "list_directory"];
  const servers = [
    { ...common, name: "files", health: "ok", because: "answers", about: "secure-filesystem-server 0.2.0", tools },
    {
      ...{ ...common, name: "tracker", health: "broken", because: "it does not answer", falls: 3, tools: [] },
      withheld: [{ tool: "close_issue", because: "changed" }],
    },
  ];
  const folder = home.agent(LEARNER).mcp;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "state.json"), JSON.stringify({ owner: process.pid, servers }));
}
