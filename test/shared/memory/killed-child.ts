/** A process that is killed (kill -9, from within, so that the moment is exact) while it does something with a memory. */
import { join } from "node:path";
import { createRemembering } from "../../../shared/agent/index.ts";
import { silentLog, systemClock } from "../../../shared/base/index.ts";
import { type Message, openLedger } from "../../../shared/ledger/index.ts";
import { ruleExtractor } from "../../../shared/memory/extract/rules.ts";
import { createShared, type Extractor, openMemory } from "../../../shared/memory/index.ts";
import { card } from "../../doubles/ledger.ts";
import { newFact } from "./facts.ts";

const [folder = "", moment = ""] = process.argv.slice(2);
const die = (): never => {
  process.kill(process.pid, "SIGKILL");
  throw new Error("still alive");
};
const { signal } = new AbortController();
const person = { id: "owner", name: "you", isOwner: true };
const turn = { thread: "private", message: null, person, audience: "owner", answer: null } as const;

const ledger = await openLedger({ path: join(folder, "swarm.db"), clock: systemClock, durability: "full" });
const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
const dying: Extractor = async (utterance, options) => {
  const drawn = await ruleExtractor(utterance, options);
  return moment === "while extracting" ? die() : drawn;
};
const memory = await openMemory({
  path: join(folder, "agent.db"),
  clock: systemClock,
  extractor: dying,
  // Facts are drawn and kept by then; sharing them is what remains.
  shared: {
    ...shared,
    put: (facts, options) => (moment === "while sharing" ? die() : shared.put(facts, options)),
    forget: (ids, options) => (moment === "while forgetting" ? die() : shared.forget(ids, options)),
  },
});

if (moment.startsWith("handing over")) {
  await ledger.agents.arrive(card("kronos"), process.pid);
  await ledger.messages.record({
    ...{ room: "room:main", messageId: "m1", topic: null, replyTo: null, saidAt: systemClock.now() },
    sender: { kind: "owner", id: "owner", name: "you" },
    text: "@kronos I live in Lisbon.",
  });
  const asked = (await ledger.messages.get(1)) as Message;
  const claim = await ledger.claims.place({
    ...{ message: 1, root: 1, agent: "kronos", tier: 1, eta: systemClock.now(), because: "addressed" },
  });
  const taken = await ledger.claims.take(claim.id, { cap: 2 });
  const fence = taken.kind === "held" ? taken.fence : -1;
  const validate = (text: string) => text;
  const remembering = createRemembering({
    agent: "kronos",
    memory,
    ledger,
    clock: systemClock,
    log: silentLog,
    validate,
  });
  const by = { kind: "claim", id: claim.id, fence } as const;
  await remembering.handOver(asked, { text: "Noted.", model: "scripted" }, by, async () => {
    if (moment === "handing over, before") die();
    await ledger.claims.commitReply(claim.id, fence, { parts: ["Noted."], by: "scripted" });
    return die();
  });
}
if (moment.startsWith("while extracting") || moment === "while sharing") {
  await memory.remember({ ...turn, text: "I live in Lisbon. I like green tea." });
  await memory.extraction.next({ signal });
}
if (moment === "while forgetting") {
  await memory.remember({ ...turn, text: "I live in Lisbon. I like green tea." });
  await memory.extraction.next({ signal });
  const [first] = (await memory.facts.list({ limit: 10 })).filter(({ text }) => text.includes("Lisbon."));
  process.stdout.write(`${first?.id}\n`);
  await memory.forget({ ids: [first?.id ?? ""] }, { signal });
}
if (moment === "in the night") {
  const DAY_MS = 86_400_000;
  for (const [i, text] of [
    "I live in Lisbon",
    "I am allergic to peanuts and to cashew nuts",
    "I'm allergic to peanuts, and to cashew nuts!",
    "I live in Porto",
  ].entries())
    await memory.facts.keep([newFact(text, { validFrom: DAY_MS * (i + 1) })]);
  await memory.index(10, signal);
  let asked = 0;
  // Each step asks whether to go on: the first has been applied when the second asks.
  const counting = { throwIfAborted: () => (++asked === 2 ? die() : undefined) } as AbortSignal;
  await memory.consolidate({ signal: counting });
}
