/** The talk of a room as it is shown: each message with who wrote it, its decision, and the answers that are on their way. */
import type { Claim, Ledger, Message } from "../../shared/ledger/index.ts";
import { type Decision, readDecision, type Scene } from "./decision.ts";

export type Said = {
  message: Message;
  /** Which model wrote it. */
  by: string | undefined;
  /** What it answers, when that is not what stands right above it. */
  about: Message | undefined;
  decision: Decision | undefined;
};

/** An answer that is not in the room yet. `text` is empty while its agent thinks. */
export type Writing = { claim: number; agent: string; text: string; sending: boolean };

/** Reads what belongs to these messages, which are in order. */
export async function readTalk(ledger: Ledger, messages: readonly Message[], scene: Scene & { room: string }): Promise<{ said: Said[]; writing: Writing[] }> {
  const claims = new Map<number, Claim[]>();
  for (const { root } of messages) if (!claims.has(root)) claims.set(root, await ledger.claims.ofRoot(root));
  const said: Said[] = [];
  let above = 0;
  for (const message of messages) {
    const own = claims.get(message.root) ?? [];
    const decided = message.sender.kind !== "agent" || own.some((claim) => claim.message === message.seq);
    said.push({
      message,
      by: await authorOf(ledger, message, own),
      about: message.root === above || message.root === message.seq ? undefined : await ledger.messages.get(message.root),
      decision: decided ? await readDecision(ledger, message, scene) : undefined,
    });
    above = message.root;
  }
  return { said, writing: await readWriting(ledger, scene) };
}

async function authorOf(ledger: Ledger, { sender, messageId }: Message, claims: readonly Claim[]): Promise<string | undefined> {
  if (sender.kind !== "agent") return undefined;
  for (const claim of claims) {
    if (claim.agent !== sender.name || claim.state !== "sent") continue;
    const parcel = (await ledger.outbox.ofClaim(claim.id)).find(({ sentId }) => sentId === messageId);
    if (parcel !== undefined) return parcel.by;
  }
  return undefined;
}

/** Answers under way, in the order in which their claims were made. */
async function readWriting(ledger: Ledger, { roster, drafts, room }: Scene & { room: string }): Promise<Writing[]> {
  const open = (await Promise.all(roster.map(({ name }) => ledger.claims.open(name)))).flat().toSorted((a, b) => a.id - b.id);
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
  return parcels.filter(({ state }) => state !== "sent").map(({ text }) => text).join("\n\n");
}
