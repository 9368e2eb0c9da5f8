/** The talk of a room as it is shown: each message with who wrote it, its decision, and the answers that are on their way. */
import { type Decided, decisionsOn, type Ledger, type Message } from "../../shared/ledger/index.ts";
import type { Scene } from "../parts/standing.ts";

export type Said = {
  message: Message;
  /** Which model wrote it. */
  by: string | undefined;
  /** What it answers, when that is not what stands right above it. */
  about: Message | undefined;
  decision: Decided | undefined;
};

/** An answer that is not in the room yet. `text` is empty while its agent thinks. */
export type Writing = { claim: number; agent: string; text: string; sending: boolean };

/** Reads what belongs to these messages, which are in order. */
export async function readTalk(
  ledger: Ledger,
  messages: readonly Message[],
  scene: Scene & { room: string },
): Promise<{ said: Said[]; writing: Writing[] }> {
  const claims = await ledger.claims.ofRoots([...new Set(messages.map(({ root }) => root))]);
  const sent = claims.filter(({ state }) => state === "sent");
  const parcels = await ledger.outbox.ofClaims(sent.map(({ id }) => id));
  // What somebody reacted to has a decision worth telling: a person's message always, an agent's when a peer made a claim.
  const decided = messages.filter(
    ({ sender, seq }) => sender.kind !== "agent" || claims.some(({ message }) => message === seq),
  );
  const decisions = await decisionsOn(ledger, decided);
  const said: Said[] = [];
  for (const [index, message] of messages.entries()) {
    const follows =
      index === 0
        ? message.root === message.seq
        : message.root === message.seq || message.root === messages[index - 1]?.root;
    said.push({
      message,
      by: message.sender.kind === "agent" ? parcels.find(({ sentId }) => sentId === message.messageId)?.by : undefined,
      about: follows
        ? undefined
        : (messages.find(({ seq }) => seq === message.root) ?? (await ledger.messages.get(message.root))),
      decision: decisions[decided.indexOf(message)],
    });
  }
  return { said, writing: await readWriting(ledger, scene) };
}

/** Answers under way, in the order in which their claims were made. */
async function readWriting(ledger: Ledger, { roster, drafts, room }: Scene & { room: string }): Promise<Writing[]> {
  const open = (await Promise.all(roster.map(({ name }) => ledger.claims.open(name))))
    .flat()
    .toSorted((a, b) => a.id - b.id);
  const under: Writing[] = [];
  for (const { id, agent, state, message } of open) {
    if (state !== "holding" && state !== "delivering") continue;
    if ((await ledger.messages.get(message))?.room !== room) continue;
    const sending = state === "delivering";
    const text = sending ? await unsent(ledger, id) : (drafts.find((draft) => draft.claim === id)?.text ?? "");
    under.push({ claim: id, agent, text, sending });
  }
  return under;
}

async function unsent(ledger: Ledger, claim: number): Promise<string> {
  const parcels = await ledger.outbox.ofClaim(claim);
  return parcels
    .filter(({ state }) => state !== "sent")
    .map(({ text }) => text)
    .join("\n\n");
}
