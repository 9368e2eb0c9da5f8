/** The learning loop's memory: proposals with the turns they stand on, their replays, a person's word, and how skills fare. */
import { type Clock, stableId, systemRandom, wordsOf } from "../../base/index.ts";
import { atomic, migrate, openDatabase, type Patience, refuseOtherVersion } from "../../sqlite/index.ts";
import type { Replayed } from "../scenario.ts";
import { readSkillText } from "../skill.ts";
import { createOutcomes, type Outcome, type SkillFigures } from "./outcomes.ts";
import { isPersonaPart } from "./persona-files.ts";
import { migrations } from "./schema.ts";

export type ProposalState = "open" | "accepted" | "declined" | "expired";
export type Evidence = { turn: string; shows: string };
export type Proposal = {
  id: string;
  about: "skill" | "persona";
  /** The skill's folder; of a persona the word for its file. */
  skill: string;
  kind: "create" | "improve";
  baseHash: string;
  /** The whole file as it would be. */
  text: string;
  /** Of a persona the whole file as it was. */
  before: string;
  diff: string;
  reason: string;
  expiresAt: number | null;
  state: ProposalState;
  because: string;
  decidedBy: string;
  /** Which model the replays were answered by; empty before. */
  replayedBy: string;
  createdAt: number;
  decidedAt: number | null;
  /** When a change to a persona was taken back. */
  undoneAt: number | null;
};
export type ProposalStory = Proposal & { evidence: readonly Evidence[]; replays: Record<Side, readonly Replayed[]> };
export type NewProposal = Pick<Proposal, "skill" | "kind" | "baseHash" | "text" | "diff" | "reason" | "expiresAt"> &
  Partial<Pick<Proposal, "about" | "before">> & { evidence: readonly Evidence[] };
export type Side = "before" | "after";

export type Proposed = { proposed: true; id: string } | { proposed: false; because: string };
export type Decided = { decided: true; proposal: Proposal } | { decided: false; because: string };

export interface Learning {
  /** Kept for a person to weigh, unless it stands on nothing, is no skill, or is there already. */
  propose(
    proposal: NewProposal,
    existing: readonly { directory: string; name: string; description: string }[],
  ): Promise<Proposed>;
  /** Replaces what an earlier replay of this side found; `by` is the model that answered. */
  keepReplay(id: string, side: Side, replayed: readonly Replayed[], by?: string): Promise<void>;
  /** A person's yes. Refused while it was not replayed, when a scenario passes no longer, and when the skill has changed since. */
  accept(id: string, by: string, hashNow: string): Promise<Decided>;
  decline(id: string, by: string, because: string): Promise<Decided>;
  /** A change to a persona is in force no more. */
  takeBack(id: string, by: string): Promise<void>;
  /**
   * Ends the lessons whose time has come: nobody is asked any more about those that wait. Returns those that are in force,
   * once each, so that a person is asked whether they still hold.
   */
  expire(): Promise<Proposal[]>;
  get(id: string): Promise<ProposalStory | undefined>;
  /** Newest first. */
  list(state?: ProposalState): Promise<Proposal[]>;
  /** The changes to personas that can be taken back, newest first. */
  inForce(): Promise<Proposal[]>;
  /** What happened to skills in turns, once each while a turn is looked back at, in one step. */
  noteAll(outcomes: readonly Outcome[]): Promise<void>;
  /** Per skill and version. */
  figures(): Promise<SkillFigures[]>;
  close(): void;
}

/** Share of the words of name and description that two skills may have in common. The Python system took the same. */
const OVERLAP_MAX = 0.6;
const LISTED_MAX = 200;
/** As much of a file of a persona as is read. */
const PERSONA_BYTES_MAX = 16 * 1024;

const COLUMNS = `id, about, skill, kind, before, undone_at AS undoneAt, base_hash AS baseHash, text, diff, reason, expires_at AS expiresAt, state, because,
  decided_by AS decidedBy, replayed_by AS replayedBy, created_at AS createdAt, decided_at AS decidedAt`;

/** Throws what opening a database throws. With patience it waits out a full disk. */
export async function openLearning({
  path,
  clock,
  readonly = false,
  patience,
}: {
  path: string;
  clock: Clock;
  readonly?: boolean;
  patience?: Patience | undefined;
}): Promise<Learning> {
  const db = openDatabase(path, { durability: "normal", readonly });
  try {
    const schema = { what: `What was learnt about skills (${path})`, migrations };
    if (readonly) refuseOtherVersion(db, schema);
    else await migrate(db, { ...schema, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const { read, write } = atomic(db, { clock, random: systemRandom, patience });

  const one = db.prepare<[string], Proposal>(`SELECT ${COLUMNS} FROM proposals WHERE id = ?`);
  const openOf = db.prepare<[string], { id: string }>("SELECT id FROM proposals WHERE skill = ? AND state = 'open'");
  const insert = db.prepare(`
    INSERT INTO proposals (id, about, skill, kind, base_hash, text, before, diff, reason, expires_at, state, created_at)
    VALUES (@id, @about, @skill, @kind, @baseHash, @text, @before, @diff, @reason, @expiresAt, 'open', @now)
  `);
  const insertEvidence = db.prepare("INSERT OR IGNORE INTO evidence (proposal, turn, shows) VALUES (?, ?, ?)");
  const evidenceOf = db.prepare<[string], Evidence>(
    "SELECT turn, shows FROM evidence WHERE proposal = ? ORDER BY turn",
  );
  const dropReplays = db.prepare("DELETE FROM replays WHERE proposal = ? AND side = ?");
  const insertReplay = db.prepare(
    "INSERT INTO replays (proposal, side, scenario, passed, misses) VALUES (?, ?, ?, ?, ?)",
  );
  const setReplayedBy = db.prepare("UPDATE proposals SET replayed_by = ? WHERE id = ?");
  const replaysOf = db.prepare<[string, string], { scenario: string; passed: number; misses: string }>(
    "SELECT scenario, passed, misses FROM replays WHERE proposal = ? AND side = ? ORDER BY scenario",
  );
  const settle = db.prepare(`
    UPDATE proposals SET state = @state, because = @because, decided_by = @by, decided_at = @now WHERE id = @id AND state = 'open'
  `);
  const undo = db.prepare(`
    UPDATE proposals SET undone_at = @now, because = 'taken back by ' || @by WHERE id = @id AND state = 'accepted'
  `);
  const expireDue = db.prepare(`
    UPDATE proposals SET state = 'expired', because = 'its time has passed', decided_at = @now
    WHERE state = 'open' AND expires_at <= @now
  `);
  // It stays in force until a person says otherwise, and is asked about once.
  const lapseDue = db.prepare<[Record<string, number>], Proposal>(`
    UPDATE proposals SET expires_at = NULL, because = 'its time has passed, and it was asked whether it still holds'
    WHERE state = 'accepted' AND undone_at IS NULL AND expires_at <= @now RETURNING ${COLUMNS}
  `);
  const listed = db.prepare<[Record<string, string | null>], Proposal>(`
    SELECT ${COLUMNS} FROM proposals WHERE @state IS NULL OR state = @state ORDER BY created_at DESC, id LIMIT ${LISTED_MAX}
  `);
  const inForce = db.prepare<[], Proposal>(`
    SELECT ${COLUMNS} FROM proposals WHERE state = 'accepted' AND about = 'persona' AND undone_at IS NULL
    ORDER BY created_at DESC, id LIMIT ${LISTED_MAX}
  `);
  const outcomes = createOutcomes(db);
  const replayed = (id: string, side: Side): Replayed[] =>
    replaysOf.all(id, side).map(({ scenario, passed, misses }) => ({
      scenario,
      passed: passed === 1,
      misses: JSON.parse(misses) as string[],
    }));

  return {
    propose: write((proposal: NewProposal, existing: Parameters<Learning["propose"]>[1]): Proposed => {
      const because = refusalOf(proposal, existing);
      if (because !== undefined) return { proposed: false, because };
      const open = openOf.get(proposal.skill);
      if (open !== undefined)
        return { proposed: false, because: `${proposal.skill} has an open proposal already: ${open.id}.` };
      const id = stableId("proposal", proposal.skill, proposal.baseHash, proposal.text);
      const known = one.get(id);
      if (known !== undefined)
        return { proposed: false, because: `The same was proposed before and is ${known.state}.` };
      const { evidence, ...row } = proposal;
      insert.run({ about: "skill", before: "", ...row, id, now: clock.now() });
      for (const { turn, shows } of evidence) insertEvidence.run(id, turn, shows);
      return { proposed: true, id };
    }),
    keepReplay: write((id: string, side: Side, results: readonly Replayed[], by = "") => {
      dropReplays.run(id, side);
      setReplayedBy.run(by, id);
      for (const { scenario, passed, misses } of results)
        insertReplay.run(id, side, scenario, Number(passed), JSON.stringify(misses));
    }),
    accept: write((id: string, by: string, hashNow: string): Decided => {
      const proposal = one.get(id);
      if (proposal?.state !== "open") return notOpen(id, proposal);
      if (proposal.expiresAt !== null && proposal.expiresAt <= clock.now()) return no("Its time has passed.");
      if (proposal.baseHash !== hashNow)
        return no(`${proposal.skill} has changed since this was proposed. Have it proposed anew.`);
      const after = replayed(id, "after");
      if (after.length === 0) return no("It was not replayed yet, so nobody knows what it changes.");
      const before = new Map(replayed(id, "before").map(({ scenario, passed }) => [scenario, passed]));
      const worse = after
        .filter(({ scenario, passed }) => !passed && before.get(scenario) !== false)
        .map(({ scenario }) => scenario);
      if (worse.length > 0) return no(`With it these scenarios fail: ${worse.join(", ")}.`);
      settle.run({ id, state: "accepted", because: "", by, now: clock.now() });
      return decidedOf(id);
    }),
    decline: write((id: string, by: string, because: string): Decided => {
      const proposal = one.get(id);
      if (proposal?.state !== "open") return notOpen(id, proposal);
      settle.run({ id, state: "declined", because, by, now: clock.now() });
      return decidedOf(id);
    }),
    takeBack: write((id: string, by: string) => void undo.run({ id, by, now: clock.now() })),
    expire: write(() => {
      const now = clock.now();
      expireDue.run({ now });
      return lapseDue.all({ now });
    }),
    get: read((id: string) => {
      const proposal = one.get(id);
      if (proposal === undefined) return undefined;
      return {
        ...proposal,
        evidence: evidenceOf.all(id),
        replays: { before: replayed(id, "before"), after: replayed(id, "after") },
      };
    }),
    list: read((state?: ProposalState) => listed.all({ state: state ?? null })),
    inForce: read(() => inForce.all()),
    noteAll: write((all: readonly Outcome[]) => outcomes.note(all, clock.now())),
    figures: read(outcomes.figures),
    close: () => void db.close(),
  };

  function decidedOf(id: string): Decided {
    const proposal = one.get(id);
    return proposal === undefined ? no(`There is no proposal ${id}.`) : { decided: true, proposal };
  }
}

/** Why nobody should be asked about it; undefined when a person should. */
function refusalOf(
  { about, skill, kind, text, reason, evidence }: NewProposal,
  existing: readonly { directory: string; name: string; description: string }[],
): string | undefined {
  if (evidence.length === 0) return "It stands on no turn: without evidence nothing is proposed.";
  if (reason.trim() === "") return "It says no reason.";
  if (about === "persona") return refusalOfPersona(skill, text);
  const read = readSkillText(text, skill);
  if (!read.readable) return `It is no skill: ${read.because}.`;
  const others = existing.filter(({ directory }) => directory !== skill);
  const same = others.find((other) => overlapOf(read, other) > OVERLAP_MAX || other.name === read.name);
  if (same !== undefined) return `The skill ${same.directory} is for the same already.`;
  const there = others.length < existing.length;
  if (kind === "create" && there) return `${skill} is there already. Propose to improve it.`;
  if (kind === "improve" && !there) return `There is no skill ${skill} to improve.`;
  return undefined;
}

/** A persona is part of every prompt, so it stays short; and its example lines are what the offline model speaks with. */
function refusalOfPersona(part: string, text: string): string | undefined {
  if (!isPersonaPart(part)) return `${part} is no file of a persona.`;
  if (text.trim() === "") return "It leaves nothing of the file.";
  if (Buffer.byteLength(text) > PERSONA_BYTES_MAX) return "It makes the file longer than what is read of it.";
  if (part === "voice" && !/^## Lines$/m.test(text)) return "It takes the example lines out of VOICE.md.";
  return undefined;
}

/** Words that both have, of those that the shorter one has. Short words say little about what a skill is for. */
function overlapOf(a: { name: string; description: string }, b: { name: string; description: string }): number {
  const [one, other] = [a, b].map(
    ({ name, description }) => new Set(wordsOf(`${name} ${description}`).filter(({ length }) => length > 3)),
  );
  if (one === undefined || other === undefined || one.size === 0 || other.size === 0) return 0;
  const both = [...one].filter((word) => other.has(word));
  return both.length / Math.min(one.size, other.size);
}

function notOpen(id: string, proposal: Proposal | undefined): Decided {
  return no(proposal === undefined ? `There is no proposal ${id}.` : `It is ${proposal.state} already.`);
}

function no(because: string): Decided {
  return { decided: false, because };
}
