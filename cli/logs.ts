/** `kaos logs`: what the processes wrote, by time, in words. */
import { existsSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { type Define, examples, wholeNumber } from "./command.ts";
import { CommandFailed } from "./failures.ts";
import { chooseNames } from "./processes/choose.ts";
import { logOf } from "./processes/last-words.ts";
import { follow, type LogLine, readLog } from "./processes/read-log.ts";
import { stopSignal } from "./stop-signal.ts";
import { tellLogLine } from "./tell-log-line.ts";

const LINES_DEFAULT = 40;
const LINES_MAX = 10_000;

type Options = { follow?: boolean; lines: number; json?: boolean };

export const logs: Define = (command, context) => {
  command
    .argument("[name]", "only this process: an agent, `supervisor`, or `kaos` for the command line itself")
    .option("-f, --follow", "go on with what is written from now on, until Ctrl-C")
    .option("-n, --lines <count>", "how many lines of the past", wholeNumber(0, LINES_MAX), LINES_DEFAULT)
    .option("--json", "print the lines as they are")
    .action(async (asked: string | undefined, options: Options) => {
      const { home, print, note, paint } = context();
      const known = existsSync(home.logs)
        ? readdirSync(home.logs)
            .filter((name) => name.endsWith(".log"))
            .map((name) => basename(name, ".log"))
            .toSorted()
        : [];
      if (known.length === 0)
        throw new CommandFailed(`There are no logs in ${home.logs} yet. Start the swarm with \`kaos up\`.`);
      const names = chooseNames(asked === undefined ? [] : [asked], known, "log of");
      const column = Math.max(...names.map((name) => name.length));
      const show = (line: LogLine) => print(options.json ? line.text : tellLogLine(line, paint, column));

      const logsRead = names.map((name) => readLog(name, logOf(home, name), options.lines));
      const past = logsRead.flatMap(({ lines }) => lines).toSorted((a, b) => a.at - b.at);
      for (const line of past.slice(past.length - Math.min(past.length, options.lines))) show(line);
      if (past.length === 0 && !options.follow) note("The logs are empty.");
      if (options.follow) await follow(logsRead, { signal: stopSignal().signal, onLine: show });
    });
  examples(command, [
    ["kaos logs", `the last ${LINES_DEFAULT} lines of all`],
    ["kaos logs nexus -f", "what nexus writes, as it writes it"],
    ["kaos logs -n 500 --json | jq .", "for a program"],
  ]);
};
