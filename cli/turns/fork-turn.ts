/** `kaos turns fork`: another turn from a step of one, to see what would have been; what that one did is not done again. */
import { secret } from "../../shared/base/index.ts";
import { answerOnce, withApprover } from "../chat/answer.ts";
import { openAgent } from "../chat/open-agent.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { withLifetime } from "../with-lifetime.ts";
import { findTurn } from "./find-turn.ts";

type Options = { at: number; prompt?: string; json?: boolean };

/** The answer is printed here, sent to nobody, and kept in no conversation. Throws CommandFailed, AgentRunsAlready. */
export async function forkTurn(here: Context, words: readonly string[], { at, prompt, json }: Options): Promise<void> {
  const { agent, turn } = await findTurn(here, words);
  await withLifetime(async (lifetime) => {
    const opened = await openAgent(here, agent, lifetime);
    const as = `fork.${secret(6)}`;
    const forked = await opened.turns.fork(turn.id, { as, at });
    if (!forked.forked)
      throw new CommandFailed(`The turn "${turn.id}" cannot be forked at step ${at}: ${forked.because}.`);
    here.note(here.paint.soft(`"${as}" shares ${at === 0 ? "the beginning" : `steps 1 to ${at}`} of "${turn.id}"`));
    const said = prompt === undefined ? [] : [prompt];
    await withApprover(here, (approver) => {
      const chat = opened.chat(as, approver);
      const more = () => said.splice(0);
      return answerOnce((listening) => chat.explore(as, { ...listening, more }), here, {
        name: agent,
        json: json === true,
        more: { turn: as, forkedFrom: turn.id, at },
      });
    });
  });
}
