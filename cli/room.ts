/** `kaos room`: the group in this terminal; or one message into it. */
import { text as readText } from "node:stream/consumers";
import { isAbort } from "../shared/base/index.ts";
import { type Ledger, type Message, whyUnsaid } from "../shared/ledger/index.ts";
import { createTerminal } from "../shared/transport/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { post } from "./room/post.ts";
import { sit } from "./room/sit.ts";
import { tellMessage } from "./room/tell.ts";
import { untilSettled } from "./room/wait.ts";
import { stopSignal } from "./stop-signal.ts";
import { duration, listed, widthOf } from "./terminal/layout.ts";
import { createProgress } from "./terminal/progress.ts";
import { withLedger } from "./with-ledger.ts";

/** The longest delay of any tier, and time to think and to send. */
const WAIT_MAX_MS = 180_000;

type Options = { wait?: boolean; json?: boolean };

export const room: Define = (command, context) => {
  command
    .argument("[text...]", "say this and end; without it, sit in the room. A pipe is read too")
    .option("-w, --wait", "wait until every agent has decided, and print the answers")
    .option("--json", "print the message's number, and with --wait all that came of it, as JSON")
    .action(async (words: string[], options: Options) => {
      const here = context();
      if (words.length === 0 && process.stdin.isTTY && process.stdout.isTTY) {
        await withLedger(here, { create: true }, (ledger) =>
          sit({
            ledger,
            clock: here.clock,
            terminal: createTerminal({ input: process.stdin, output: process.stdout }),
            paint: here.paint,
            width: widthOf(process.stdout),
          }),
        );
        return;
      }
      const text = words.length > 0 ? words.join(" ") : await readText(process.stdin);
      const refusal = whyUnsaid(text);
      if (refusal !== undefined) throw new WrongUsage(refusal);
      await withLedger(here, { create: true }, (ledger) => say(here, ledger, text, options));
    });
  examples(command, [
    ["kaos room", "sit in the room"],
    ['kaos room "Ship or wait?"', "say one thing"],
    ['kaos room --wait "@nexus, what changed?"', "say it, and print the answers"],
  ]);
};

async function say(here: Context, ledger: Ledger, text: string, { wait, json }: Options): Promise<void> {
  const { clock, print, note, paint } = here;
  const seq = await post(ledger, clock, text);
  const alive = (await ledger.agents.roster()).filter((agent) => agent.alive);
  if (!wait || alive.length === 0) {
    print(json ? JSON.stringify({ seq }) : `#${seq}`);
    if (alive.length === 0) note("Nobody is up. It is kept, and answered when they come up: `kaos up`.");
    if (wait) throw new CommandFailed("There is nobody to wait for.");
    return;
  }
  if (!json) print(`#${seq}`);
  const { signal, release } = stopSignal();
  const progress = createProgress(process.stderr);
  const onAnswer = (answer: Message) => {
    progress.clear();
    if (!json) print(`\n${tellMessage(answer, { paint, width: widthOf(process.stdout) })}`);
  };
  const onDecided = (decided: number, of: number) => progress.show(`${decided} of ${of} are done with it …`);
  const settled = await untilSettled(ledger, seq, {
    signal,
    atMostMs: WAIT_MAX_MS,
    now: clock.now,
    onAnswer,
    onDecided,
  })
    .catch((error: unknown) => {
      if (!isAbort(error)) throw error;
      throw new CommandFailed(`No longer waiting; the swarm goes on. \`kaos why ${seq}\` tells what came of it.`);
    })
    .finally(() => {
      progress.clear();
      release();
    });
  if (json) print(JSON.stringify({ seq, ...settled }, undefined, 2));
  if (settled.missing.length > 0) {
    throw new CommandFailed(
      `After ${duration(WAIT_MAX_MS)} ${listed(settled.missing)} had not decided. \`kaos why ${seq}\` and \`kaos status\` tell more.`,
    );
  }
  if (settled.answers.length === 0) note(`Nobody answered; \`kaos why ${seq}\` tells why.`);
}
