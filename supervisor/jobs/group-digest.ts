import { type Clock, cut, oneLine, wordsOf } from "../../shared/base/index.ts";
import type { Ledger, Message } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Job } from "./job.ts";

const DAY_MS = 24 * 3_600_000;
/** The newest messages of a group that are looked through. */
const MESSAGES_MAX = 2_000;
const TOLD_MAX = 8;
/** Shorter ones are greetings and yes. */
const CHARACTERS_MIN = 30;
/** A topic of the person's counts as much as three answers. */
const TOPIC_WEIGHT = 3;
const TITLE_CHARACTERS_MAX = 140;

type Deps = { ledger: Pick<Ledger, "messages" | "reactions">; clock: Clock; settings: Automations };

/** The last day of the groups that the person named: what others answered and reacted to, and what touches the person's topics. */
export function groupDigest({ ledger, clock, settings: { groups, topics } }: Deps): Job {
  return {
    name: "group-digest",
    schedule: { cron: "0 9 * * *" },
    purpose: "tells what mattered in your groups in the last day",
    timeoutMs: 60_000,
    missed: { kind: "within", ms: 6 * 3_600_000 },
    needs: [{ what: "groups", missing: () => (groups.length > 0 ? undefined : "groups in automations.json") }],
    async run() {
      const since = clock.now() - DAY_MS;
      const reactions = Map.groupBy(await ledger.reactions.since(since), ({ message }) => message);
      const heard: Message[] = [];
      for (const group of groups)
        heard.push(...(await ledger.messages.latest(group, MESSAGES_MAX)).filter(({ saidAt }) => saidAt >= since));
      const answers = Map.groupBy(
        heard.filter(({ replyTo }) => replyTo !== null),
        ({ room, replyTo }) => `${room} ${replyTo}`,
      );
      const ranked = heard
        .filter(({ text, deletedAt }) => text.length >= CHARACTERS_MIN && deletedAt === null)
        .map((message) => {
          const answered = answers.get(`${message.room} ${message.messageId}`)?.length ?? 0;
          const reacted = reactions.get(message.seq)?.length ?? 0;
          const about = topics.filter((topic) => touches(message.text, topic));
          return { message, answered, reacted, about, score: answered + reacted + TOPIC_WEIGHT * about.length };
        })
        .filter(({ score }) => score > 0)
        .toSorted((a, b) => b.score - a.score || a.message.seq - b.message.seq);
      const told = ranked.slice(0, TOLD_MAX);
      const counters = { messages: heard.length, told: told.length };
      if (told.length === 0)
        return { changed: false, summary: `nothing stood out among ${heard.length} messages`, counters };
      return {
        changed: true,
        summary: `${told.length} of ${heard.length} messages stood out`,
        items: told.map(({ message: { sender, text }, answered, reacted, about }) => ({
          title: `${sender.name}: ${cut(oneLine(text), TITLE_CHARACTERS_MAX)}`,
          text: [
            ...(answered > 0 ? [`answers: ${answered}`] : []),
            ...(reacted > 0 ? [`reactions: ${reacted}`] : []),
            ...(about.length > 0 ? [`about ${about.join(", ")}`] : []),
          ].join("; "),
        })),
        evidence: told.map(({ message: { room, messageId } }) => `${room} ${messageId}`),
        counters,
      };
    },
  };
}

function touches(text: string, topic: string): boolean {
  const words = new Set(wordsOf(text));
  return wordsOf(topic).every((word) => words.has(word));
}
