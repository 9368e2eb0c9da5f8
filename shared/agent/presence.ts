/** Being there: arrive, beat, sweep for the dead, leave. */
import { type Clock, dice, ignoreStop, OperationalError, repeat } from "../base/index.ts";
import { type AgentCard, BEAT_EVERY_MS, type Ledger } from "../ledger/index.ts";

/** A newer process of the same agent has arrived; this one ends, so that the account never speaks with two mouths. */
export class Superseded extends OperationalError {
  override readonly name = "Superseded";
}

/** With every second beat each agent looks for stale claims of others. Every agent does, so nobody in particular must be alive. */
const BEATS_PER_SWEEP = 2;

/** Arrives now; `run` beats and sweeps until the signal says stop, then leaves. */
export async function arrive({
  ledger,
  card,
  members,
  clock,
}: {
  ledger: Ledger;
  card: AgentCard;
  members: readonly AgentCard[];
  clock: Clock;
}): Promise<{ epoch: number; run(signal: AbortSignal): Promise<void> }> {
  // Alone it knows of nobody else, whoever belongs to the swarm.
  const names = members.length > 1 ? members.map(({ name }) => name) : undefined;
  const epoch = await ledger.agents.arrive(card, process.pid, names);
  await ledger.claims.recover(card.name);
  await ledger.assignments.recover(card.name);

  async function beat(): Promise<void> {
    if (await ledger.agents.beat(card.name, epoch)) return;
    throw new Superseded(
      `Another process of ${card.name} has started; this one ends. \`kaos status\` shows which one runs.`,
    );
  }
  return {
    epoch,
    async run(signal) {
      const sweep = async () => {
        await ledger.claims.sweep();
        await ledger.assignments.sweep();
        await ledger.approvals.expire();
        for (const { message, owner } of await ledger.watches.due()) {
          await ledger.watches.escalate(message, await coverOf(owner, ledger, members));
        }
      };
      // The six beat and sweep at different moments.
      await clock.sleep(dice(card.name, "beat") * BEAT_EVERY_MS, signal).catch(ignoreStop);
      let beats = 0;
      await repeat({ clock, everyMs: BEAT_EVERY_MS, signal }, async () => {
        await beat();
        if (++beats % BEATS_PER_SWEEP === 0) await sweep();
      });
      await ledger.agents.leave(card.name, epoch);
    },
  };
}

/** Who takes over: the first live agent along the chain of covers, else the owner's own cover, who may come back in time. */
async function coverOf(owner: string, ledger: Ledger, members: readonly AgentCard[]): Promise<string | undefined> {
  const alive = new Set((await ledger.agents.roster()).filter((row) => row.alive).map(({ name }) => name));
  const chain: string[] = [];
  const next = (name: string) => members.find((member) => member.name === name)?.escalatesTo ?? undefined;
  for (let cover = next(owner); cover !== undefined && cover !== owner && !chain.includes(cover); cover = next(cover)) {
    chain.push(cover);
  }
  return chain.find((name) => alive.has(name)) ?? chain[0];
}
