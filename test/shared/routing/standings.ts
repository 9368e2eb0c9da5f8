/** Every standing that a decision may depend on, for property tests: all kinds of senders, addresses, pauses, judgements and reactions. */
import fc from "fast-check";
import { REACTION_COOLDOWN_MS } from "../../../shared/ledger/index.ts";
import { HOPS_MAX, type Standing } from "../../../shared/routing/index.ts";

/** The agent that decides. */
export const ME = "kronos";
/** The colleague or person that has said something. */
export const SENDER = "nexus";

const members = [ME, SENDER, "lacuna", "impulse"] as const;
/** Mostly not: what stops an agent early must not hide everything that comes after. */
const rarely = <T, Otherwise>(otherwise: Otherwise, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
const score = fc.integer({ min: 1, max: 10 });
const sentence = fc.string({ minLength: 1, maxLength: 20 });

export const standings: fc.Arbitrary<Standing> = fc.record({
  me: fc.constant(ME),
  sender: fc.record({ kind: fc.constantFrom("owner", "allowed", "stranger", "agent"), name: fc.constant(SENDER) }),
  addressed: rarely<string[], string[]>([], fc.subarray([...members])),
  rootAddressed: rarely<string[], string[]>([], fc.subarray([...members])),
  hops: rarely(1, fc.integer({ min: 0, max: HOPS_MAX + 2 })),
  // A clock that jumped back makes a message seem to come from the future.
  ageMs: rarely(500, fc.integer({ min: -86_400_000, max: 86_400_000 })),
  catchUpMaxAgeMs: fc.integer({ min: 1_000, max: 600_000 }),
  strangers: fc.constantFrom("ignore", "chat"),
  paused: rarely(undefined, sentence),
  quiet: rarely(undefined, sentence),
  alone: fc.boolean(),
  hasWords: fc.boolean(),
  owned: rarely(undefined, sentence),
  ownedBy: rarely(undefined, fc.record({ agent: fc.constantFrom("lacuna", "impulse"), subject: sentence })),
  handedOver: fc.boolean(),
  judgement: fc.oneof(
    fc.constant(undefined),
    fc.record({ scores: fc.record({ [ME]: score, lacuna: score }) }),
    fc.record({ failed: sentence }),
  ),
  reaction: fc.record({
    slotsWantedBy: fc.subarray(["lacuna", "impulse", SENDER]),
    lookedAlready: rarely(false, fc.boolean()),
    nearestMs: rarely(undefined, fc.integer({ min: 0, max: 2 * REACTION_COOLDOWN_MS })),
  }),
  cap: fc.integer({ min: 1, max: 6 }),
  relevanceMin: score,
  dice: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  pace: fc.double({ min: 0.01, max: 10, noNaN: true }),
});

/** May act and may hear: neither away, nor paused, nor kept from strangers. */
export function isOpen({ ageMs, catchUpMaxAgeMs, paused, sender, strangers }: Standing): boolean {
  return ageMs <= catchUpMaxAgeMs && paused === undefined && !(sender.kind === "stranger" && strangers === "ignore");
}
