/** The life of one account: connect, catch up, hear and send; when anything breaks, begin anew; stop only when a person is needed. */
import { type Clock, dice, type Log, messageOf, OperationalError, stopWith, unlessStopped } from "../../base/index.ts";
import type { Hearing } from "../contract.ts";
import { AccountUnusable, endOfSession, TelegramRefusal } from "./failures.ts";
import { type AccountPaths, readPosition, readSession, writePosition } from "./files.ts";
import { createGovernor, type FloodStore } from "./governor.ts";
import { findGroup } from "./group.ts";
import { createIncoming, type Perceive, type PrivateMessage } from "./incoming.ts";
import { watchLink } from "./link.ts";
import { createOutgoing, type Outgoer } from "./outgoing.ts";
import type { Group, Position, Profile, TelegramPort, Text } from "./port.ts";
import { createQueue } from "./queue.ts";
import { createSenders, type Member } from "./senders.ts";
import { createTracker, type Tracker } from "./tracker.ts";

/** What an account can do now. */
export type Standing =
  | { kind: "live"; self: Profile; group: Group; port: TelegramPort; outgoing: Outgoer; absorb: Tracker["absorb"] }
  /** It will be live by itself: it connects, or the network is away. */
  | { kind: "waiting"; because: string }
  /** A person must do something; it is tried again now and then. */
  | { kind: "outside"; because: string }
  /** A person must do something, and the process must be restarted afterwards. */
  | { kind: "unusable"; because: string };

export type AccountDeps = {
  agent: string;
  /** The accounts of all agents, this one's too. */
  members: readonly Member[];
  /** Numeric ids of accounts. */
  owners: readonly string[];
  allowed: readonly string[];
  /** TELEGRAM_GROUP, as it was written. */
  group: string;
  paths: AccountPaths;
  open(session: string): Promise<TelegramPort>;
  render(markdown: string): Text;
  floods: FloodStore;
  hearing: Hearing;
  privately(message: PrivateMessage): Promise<void>;
  perceive: Perceive;
  clock: Clock;
  log: Log;
  pace: number;
  onStanding(standing: Standing): void;
};

/** Without a sign of life for so long it asks for what was missed: that is also how a dead connection is noticed. */
const WATCH_EVERY_MS = 60_000;
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 60_000;
/** Whoever is not in the group is invited soon, or not. */
const OUTSIDE_AGAIN_MS = 60_000;
/** Six accounts do not connect in the same moment. */
const START_JITTER_MS = 2_000;

/** Lives until the signal says stop, or until the account is unusable. Rejects with bugs only. */
export async function liveOn(deps: AccountDeps, signal: AbortSignal): Promise<void> {
  const { agent, clock, log, onStanding, pace } = deps;
  await clock.sleep(dice(agent, "telegram") * START_JITTER_MS * pace, signal);
  for (let failures = 0; !signal.aborted; failures++) {
    onStanding({ kind: "waiting", because: "the Telegram account is connecting" });
    try {
      await live(deps, signal, () => {
        failures = 0;
      });
      return;
    } catch (error) {
      if (signal.aborted) return;
      const ended = error instanceof AccountUnusable ? error : endOfSession(agent, error);
      if (ended !== undefined) {
        log.error("telegram account unusable", { because: ended.message });
        return onStanding({ kind: "unusable", because: ended.message });
      }
      if (!(error instanceof OperationalError)) throw error;
      const outside = error instanceof Outside;
      const because = messageOf(error);
      log.warn(outside ? "telegram account outside" : "telegram connection lost", { because, failures });
      onStanding({ kind: outside ? "outside" : "waiting", because });
      await clock.sleep(outside ? OUTSIDE_AGAIN_MS : pauseAfter(error, failures), signal);
    }
  }
}

/** The account works, but not in this group. */
class Outside extends OperationalError {
  override readonly name = "Outside";
}

function pauseAfter(error: OperationalError, failures: number): number {
  const asked = error instanceof TelegramRefusal ? error.seconds * 1_000 : 0;
  return Math.max(asked, Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** failures));
}

/** One life of one client. Rejects when told to stop, at once, or when the client must be begun anew. */
async function live(deps: AccountDeps, stop: AbortSignal, onLive: () => void): Promise<void> {
  const { agent, paths, open } = deps;
  const session = readSession(paths);
  if (session === undefined) {
    throw new AccountUnusable(`${agent} is not logged in to Telegram. Log it in: \`kaos telegram login ${agent}\`.`);
  }
  const ending = new AbortController();
  const leave = stopWith(ending, stop);
  const port = await open(session);
  try {
    // What is asked of Telegram takes as long as its limits; closing the port ends it.
    await unlessStopped(serve(deps, port, ending.signal, onLive), ending.signal);
  } finally {
    leave();
    ending.abort();
    await port.close();
  }
}

/** Connects, catches up, and hears until the signal says stop or the connection is lost. */
async function serve(deps: AccountDeps, port: TelegramPort, signal: AbortSignal, onLive: () => void): Promise<void> {
  const { agent, clock, log, onStanding } = deps;
  let tracker: Tracker | undefined;
  const link = watchLink(clock, signal, () => tracker?.catchUp());
  const self = await port.connect({ update: (update) => tracker?.feed(update), link: link.changed });
  refuseWrongAccount(deps, self);
  const finding = await findGroup(port, { text: deps.group, agent });
  if ("because" in finding) throw new Outside(finding.because);
  const { group } = finding;
  const parts = await connectParts(deps, { port, self, group, signal });
  ({ tracker } = parts);
  await tracker.catchUp();
  signal.throwIfAborted();
  onLive();
  log.info("telegram account live", { account: self.id, group: group.id });
  onStanding({ kind: "live", self, group, port, outgoing: parts.outgoing, absorb: tracker.absorb });
  await Promise.race([link.broken, watch(tracker, clock, signal)]);
}

function refuseWrongAccount({ agent, members }: AccountDeps, self: Profile): void {
  const shared = members.filter(({ account }) => account === self.id).map((member) => member.agent);
  const other = shared.find((name) => name !== agent);
  if (other !== undefined) {
    throw new AccountUnusable(
      `${agent} and ${other} have the same Telegram account (${self.id}). Log ${agent} in with its own: \`kaos telegram login ${agent}\`.`,
    );
  }
  const expected = members.find((member) => member.agent === agent)?.account ?? null;
  if (expected !== null && expected !== self.id) {
    throw new AccountUnusable(
      `The session of ${agent} belongs to the Telegram account ${self.id}, but agent.json says ${expected}. ` +
        `Change it there, or log in again: \`kaos telegram login ${agent}\`.`,
    );
  }
}

async function connectParts(
  deps: AccountDeps,
  { port, self, group, signal }: { port: TelegramPort; self: Profile; group: Group; signal: AbortSignal },
) {
  const { agent, paths, clock, log } = deps;
  const position = readPosition(paths) ?? (await beginning(port, group));
  // Another group than last time: what was said there before is not news.
  if (position.channels[group.id] === undefined) {
    position.channels = { [group.id]: group.pts };
    position.lastId = await newestOf(port, group);
  }
  const queue = createQueue();
  const members = [...deps.members.filter((member) => member.agent !== agent), { agent, account: self.id }];
  const keep = () => {
    if (incoming.holding()) return;
    try {
      writePosition(paths, position);
    } catch (error) {
      // The position before it stands: after a restart some news come again, and are known.
      log.warn("position not kept", { because: messageOf(error) });
    }
  };
  const incoming = createIncoming({
    channel: group.id,
    room: `telegram:${group.id}`,
    senders: createSenders({ members, owners: deps.owners, allowed: deps.allowed }),
    hearing: deps.hearing,
    privately: deps.privately,
    perceive: deps.perceive,
    download: port.download,
    queue,
    clock,
    log,
    signal,
    onWhole: keep,
  });
  const tracker = createTracker({
    port,
    channel: group.id,
    position,
    queue,
    handOn: incoming.take,
    keep,
    clock,
    log,
    signal,
  });
  const account = `telegram:${self.id}`;
  const outgoing = createOutgoing({
    port,
    self: self.id,
    render: deps.render,
    governor: createGovernor({ account, store: deps.floods, clock, pace: deps.pace }),
    absorb: tracker.absorb,
    clock,
    pace: deps.pace,
    signal,
  });
  keep();
  return { tracker, outgoing };
}

/** A first login hears from now on. */
async function beginning(port: TelegramPort, group: Group): Promise<Position> {
  return {
    ...(await port.position()),
    channels: { [group.id]: group.pts },
    lastId: await newestOf(port, group),
  };
}

/** Where the history begins to be news: when too much happens for a difference, it is read from here. 0 in an empty group. */
async function newestOf(port: TelegramPort, group: Group): Promise<number> {
  const [newest] = await port.history(group, { limit: 1 });
  return newest?.id ?? 0;
}

/** Asks now and then for what was missed. Rejects when that fails: the connection is dead, or the account is. */
async function watch(tracker: Tracker, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(WATCH_EVERY_MS, signal);
    } catch {
      return;
    }
    await tracker.catchUp();
  }
}
