import { type Clock, cut, oneLine } from "../../shared/base/index.ts";
import type { Ledger, Message } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Item, Job } from "./job.ts";

const NAME = "reply-debts";
const DAY_MS = 24 * 3_600_000;
/** Older ones are no debts any more, but regrets. */
const LOOKED_BACK_MS = 30 * DAY_MS;
const MESSAGES_MAX = 5_000;
const TEXT_CHARACTERS_MAX = 140;
/** From these ages on a debt is told, and told again. */
const GRADES = [
  { fromMs: 14 * DAY_MS, mark: "🔴", severity: "notable" },
  { fromMs: 5 * DAY_MS, mark: "🟠", severity: "notable" },
  { fromMs: DAY_MS, mark: "🟡", severity: "info" },
] as const;
/** Marks of a question in the scripts of the world; Japanese and Thai end one with a word. */
const QUESTION = /[?？؟¿;՞፧⁇]|か[。\s]*$|(?:ไหม|มั้ย|หรือ)\s*$/u;

type Deps = { ledger: Pick<Ledger, "messages" | "jobs">; clock: Clock; settings: Automations };
type Debt = { message: Message; grade: (typeof GRADES)[number]; ageMs: number };

/** Resonant's list: who in the person's groups waits for an answer of the person, graded by how long. No word of any language is looked for. */
export function replyDebts({ ledger, clock, settings: { groups } }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "0 17 * * *" },
    purpose: "tells who in your groups waits for your answer, and for how long",
    timeoutMs: 60_000,
    missed: { kind: "within", ms: 12 * 3_600_000 },
    agent: "resonant",
    needs: [{ what: "groups", missing: () => (groups.length > 0 ? undefined : "groups in automations.json") }],
    async run() {
      const now = clock.now();
      const debts: Debt[] = [];
      for (const group of groups) {
        const heard = (await ledger.messages.latest(group, MESSAGES_MAX)).filter(
          ({ saidAt }) => saidAt >= now - LOOKED_BACK_MS,
        );
        debts.push(...debtsIn(heard, now));
      }
      // A debt is told when it comes of age, and once more at each further grade.
      const keyOf = ({ message, grade }: Debt) => `${message.seq} ${grade.fromMs}`;
      const known = new Set(await ledger.jobs.known(NAME, debts.map(keyOf)));
      const fresh = debts.filter((debt) => !known.has(keyOf(debt))).toSorted((a, b) => b.ageMs - a.ageMs);
      const counters = { waiting: debts.length, told: fresh.length };
      if (fresh.length === 0)
        return { changed: false, summary: `${debts.length} people wait, all of them told before`, counters };
      return {
        changed: true,
        severity: fresh.some(({ grade }) => grade.severity === "notable") ? "notable" : "info",
        summary: `${fresh.length} people wait for your answer`,
        items: fresh.map(itemOf),
        evidence: fresh.map(({ message: { room, messageId } }) => `${room} ${messageId}`),
        counters,
        notes: fresh.map((debt) => ({ key: keyOf(debt), value: debt.message.sender.name })),
      };
    },
  };
}

/** What others asked the owner and the owner has not answered, in one room. */
function debtsIn(heard: readonly Message[], now: number): Debt[] {
  const owners = heard.filter(({ sender }) => sender.kind === "owner");
  const ownersIds = new Set(owners.map(({ messageId }) => messageId));
  const ownersNames = [...new Set(owners.map(({ sender }) => sender.name.toLowerCase()))];
  const asksOwner = ({ text, replyTo }: Message) =>
    replyTo === null ? ownersNames.some((name) => text.toLowerCase().includes(`@${name}`)) : ownersIds.has(replyTo);
  const waiting = heard.filter(
    (message) =>
      (message.sender.kind === "allowed" || message.sender.kind === "stranger") &&
      message.deletedAt === null &&
      asksOwner(message) &&
      (QUESTION.test(message.text) || message.replyTo !== null),
  );
  return waiting.flatMap((message) => {
    const ageMs = now - message.saidAt;
    const grade = GRADES.find(({ fromMs }) => ageMs >= fromMs);
    return grade === undefined || isAnswered(message, heard, owners) ? [] : [{ message, grade, ageMs }];
  });
}

/** The owner answered it, said something next in that topic, or its asker went on and was answered then. */
function isAnswered(message: Message, heard: readonly Message[], owners: readonly Message[]): boolean {
  const later = owners.filter((one) => one.seq > message.seq && one.topic === message.topic);
  return later.some(({ replyTo }) => {
    if (replyTo === null || replyTo === message.messageId) return true;
    const answered = heard.find(({ messageId }) => messageId === replyTo);
    return answered !== undefined && answered.sender.id === message.sender.id && answered.seq >= message.seq;
  });
}

function itemOf({ message: { sender, text }, grade, ageMs }: Debt): Item {
  const days = Math.floor(ageMs / DAY_MS);
  return {
    title: `${grade.mark} ${sender.name}: ${cut(oneLine(text), TEXT_CHARACTERS_MAX)}`,
    text: `for ${days} ${days === 1 ? "day" : "days"}`,
  };
}
