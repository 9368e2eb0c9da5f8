/** `kaos audit`: are the logs of tool calls as they were written, and what do they say? */
import { existsSync } from "node:fs";
import { type AuditCheck, type AuditLine, readAudit, verifyAudit } from "../shared/audit/index.ts";
import { cut, oneLine } from "../shared/base/index.ts";
import type { AuditHead } from "../shared/ledger/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { clockTime, duration, listed } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";
import { withLedgerIfAny } from "./with-ledger.ts";

type Verified = { agent: string; log: string; check: AuditCheck; ms: number; peakMiB: number };

export const audit: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("verify")
    .argument("[agents...]", "only theirs; every agent's that has a log otherwise")
    .description(
      "Read each log from its first line, hold it against what the ledger has written down of it, and name the first line that is not as it was written.",
    )
    .option("--json", "print it as JSON")
    .action(async (names: string[], { json }: { json?: boolean }) => {
      const here = context();
      const found: Verified[] = [];
      const noted = await headsIn(here);
      for (const agent of withLogs(here, names, [...noted.keys()])) {
        const log = here.home.agent(agent).audit;
        const startMs = performance.now();
        const check = await verifyAudit(log, { heads: noted.get(agent) ?? [] });
        const peakMiB = Math.round(process.resourceUsage().maxRSS / 1_024);
        found.push({ agent, log, check, ms: performance.now() - startMs, peakMiB });
      }
      if (json) here.print(JSON.stringify(found, undefined, 2));
      else for (const one of found) here.print(tell(one, here.paint));
      const broken = found.filter(({ check }) => !check.ok).map(({ agent }) => agent);
      if (broken.length > 0)
        throw new CommandFailed(
          `The log of ${listed(broken)} is not as it was written. Keep a copy before anything else, and see who can write to its folder.`,
        );
    });

  command
    .command("list")
    .argument("<agent>", "whose tool calls")
    .description("The last lines of an agent's log, newest first.")
    .option("-n, --lines <count>", "how many", wholeNumber(1, 1_000), 20)
    .option("--tool <name>", "only calls of this tool")
    .option("--class <class>", 'only results that ended so, as in "failed" or "refused"')
    .option("--turn <id>", "only what belongs to this turn")
    .option("--session <name>", "only what belongs to this conversation, as `kaos sessions` names it, or to this room")
    .option("--json", "print the lines as they are written")
    .action(
      (
        name: string,
        options: { lines: number; tool?: string; class?: string; turn?: string; session?: string; json?: boolean },
      ) => {
        const here = context();
        const [agent = name] = withLogs(here, [name]);
        const { lines, json, ...filter } = options;
        const found = readAudit(here.home.agent(agent).audit, filter, lines);
        if (found.length === 0) here.note("No line of the log is like that.");
        for (const line of found) here.print(json ? JSON.stringify(line) : tellLine(line, here.paint));
      },
    );

  examples(command, [
    ["kaos audit verify", "are all logs as they were written?"],
    ["kaos audit list kronos --class failed", "what went wrong lately"],
  ]);
};

/** What the ledger knows of each agent's log: a log that does not hold these lines any more was cut or written anew. */
async function headsIn(here: Context): Promise<Map<string, AuditHead[]>> {
  return withLedgerIfAny(here, async (ledger) => {
    const heads = new Map<string, AuditHead[]>();
    for (const agent of (await ledger?.auditHeads.agents()) ?? [])
      heads.set(agent, (await ledger?.auditHeads.of(agent)) ?? []);
    return heads;
  });
}

/** The agents among these that have a log, or had one (`noted`); without names all of them. */
function withLogs({ home }: Context, names: readonly string[], noted: readonly string[] = []): string[] {
  const known = [...new Set([...readRoster().agents.map(({ name }) => name), ...noted])];
  const chosen = names.length === 0 ? known : chooseNames(names, known);
  const found = chosen.filter((name) => noted.includes(name) || existsSync(home.agent(name).audit));
  if (found.length > 0) return found;
  throw new CommandFailed(
    `${names.length === 0 ? "No agent" : listed(chosen)} has called a tool in ${home.folder} yet.`,
  );
}

function tell({ agent, check, ms, peakMiB }: Verified, paint: Paint): string {
  const effort = paint.soft(`(${duration(ms)}, at most ${peakMiB} MiB)`);
  if (check.ok) {
    const files = check.files === 1 ? "" : ` in ${check.files} files`;
    const heads = check.heads === 0 ? "" : `, ${check.heads} written down in the ledger`;
    return `${paint.good("✓")} ${paint.agent(agent)}  ${check.lines.toLocaleString("en")} lines${files}${heads} ${effort}`;
  }
  const where = check.line === 0 ? check.file : `line ${check.line} of ${check.file}`;
  return `${paint.bad("✗")} ${paint.agent(agent)}  ${where}: ${check.because} ${effort}`;
}

function tellLine(line: AuditLine, paint: Paint): string {
  const text = (name: string): string => oneLine(typeof line[name] === "string" ? String(line[name]) : "");
  const head = `${paint.soft(`${line.seq}  ${clockTime(Date.parse(text("at")))}`)}  ${paint.bold(text("tool") || text("event"))}`;
  if (line["event"] === "tool_result") return `${head}  ${text("class")}: ${cut(text("result"), 100)}`;
  if (line["event"] !== "tool_call") return head;
  const { allow, because } = (line["decision"] ?? {}) as { allow?: boolean | "ask"; because?: string };
  const gate = allow === true ? "asked" : paint.wait(allow === "ask" ? "asks a person" : "refused");
  const asked = cut(oneLine(JSON.stringify(line["arguments"] ?? "")), 100);
  return `${head}  ${gate} ${asked}${because === undefined ? "" : ` (${because})`}`;
}
