/** `kaos import-from`: what was said and noted in another program becomes memory of an agent; without --apply it only tells. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { nearest } from "../shared/base/index.ts";
import { type Memory, openMemory } from "../shared/memory/index.ts";
import {
  ArchiveRefused,
  type ForeignReport,
  type ForeignSource,
  foreignSources,
  importFrom as move,
} from "../shared/portability/index.ts";
import { type Bundle, scanSkill } from "../shared/skills/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { tellForeign } from "./portability/tell-foreign.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { skillsOfOne } from "./skills/agent-skills.ts";
import { createTextChecks } from "./skills/check-texts.ts";
import { stopSignal } from "./stop-signal.ts";
import { listed } from "./terminal/layout.ts";
import { createProgress } from "./terminal/progress.ts";

type Options = { agent: string; apply?: boolean; me?: string; person: string; extract?: boolean; json?: boolean };

/** Facts that are taken into the search between two looks at the progress. */
const INDEX_BATCH = 256;

export const importFrom: Define = (command, context) => {
  command
    .argument("<program>", listed(foreignSources.map(({ name }) => name)))
    .argument("<path>", "its export or its home, as listed below")
    .option("--agent <name>", "whose memory it becomes", "kronos")
    .option("--apply", "keep it; without this it only says what would be kept")
    .option("--me <name>", "who in it is you, where the export does not say: a name or an id there")
    .option("--person <id>", "who you are to your agents", "owner")
    .option("--extract", "draw facts later from what you said yourself; the agent's model does it, and is paid for it")
    .option("--json", "print the report as JSON")
    .action(async (program: string, path: string, options: Options) => {
      const here = context();
      const source = chooseSource(program);
      const [agent = options.agent] = chooseNames(
        [options.agent],
        readRoster().agents.map(({ name }) => name),
      );
      const report = await run(here, { ...options, agent, source, path: resolve(path) });
      here.print(
        options.json ? JSON.stringify({ agent, ...report }, undefined, 2) : tellForeign(agent, source, report, here),
      );
    });
  examples(command, [
    ["kaos import-from chatgpt export.zip", "what it would bring"],
    ["kaos import-from chatgpt export.zip --apply", "bring it; the same again adds nothing"],
    ["kaos import-from telegram ./ChatExport --me Ann --apply", "a chat in which you are Ann"],
  ]);
  const takes = foreignSources.map(({ name, title, takes: what }) => `  ${name.padEnd(9)} ${title}: ${what}`);
  command.addHelpText("after", `\nPrograms:\n${takes.join("\n")}`);
};

function chooseSource(asked: string): ForeignSource {
  const found = foreignSources.find(({ name }) => name === asked.toLowerCase());
  if (found !== undefined) return found;
  const names = foreignSources.map(({ name }) => name);
  const near = nearest(asked.toLowerCase(), names);
  throw new WrongUsage(
    `KAOS cannot move from "${asked}". ${near === undefined ? `It can from ${listed(names)}.` : `Did you mean ${near}?`}`,
  );
}

type Asked = Options & { source: ForeignSource; path: string };

async function run(
  here: Context,
  { source, agent, apply = false, me, person, extract = false, path }: Asked,
): Promise<ForeignReport> {
  const { signal, release } = stopSignal();
  const progress = createProgress(process.stderr);
  const options = { path, me, person, extract, now: here.clock.now(), signal };
  const onProgress = ({ conversations, messages, notes }: ForeignReport) =>
    progress.show(`${conversations} conversations, ${messages.added + messages.there} things said, ${notes} notes …`);
  try {
    // Read to its end before anything is kept: what is damaged in the middle is found here.
    const dry = await withMemory(here, agent, { aside: true }, (memory) =>
      move(source, { memory, putSkill: () => "added", onProgress }, { ...options, dryRun: true }),
    );
    if (!apply) return dry;
    return await withMemory(here, agent, { aside: false }, async (memory) => {
      const report = await move(
        source,
        { memory, putSkill: (bundle) => putSkill(here, agent, bundle), onProgress },
        { ...options, dryRun: false },
      );
      // An endpoint is paid by the text: there the agent does it as it goes on, or `kaos memory reindex`.
      if (here.env.EMBEDDINGS_BASE_URL === "" && here.env.QDRANT_URL === "")
        for (let took = -1, done = 0; took !== 0; done += took) {
          took = await memory.index(INDEX_BATCH, signal);
          progress.show(`${done + took} facts taken into the search …`);
        }
      return report;
    });
  } catch (error) {
    progress.clear();
    if (error instanceof ArchiveRefused)
      throw new CommandFailed(`Nothing was brought. ${error.message}`, { cause: error });
    if (signal.aborted)
      throw new CommandFailed("Stopped. What was kept until then stands; the same command goes on with the rest.");
    throw error;
  } finally {
    progress.clear();
    release();
  }
}

/** `aside`: an agent that has no memory yet gets none by being asked. */
async function withMemory<Result>(
  { home, clock }: Context,
  agent: string,
  { aside }: { aside: boolean },
  work: (memory: Memory) => Promise<Result>,
): Promise<Result> {
  const own = home.agent(agent).database;
  const folder = aside && !existsSync(own) ? mkdtempSync(join(tmpdir(), "kaos-import-")) : undefined;
  try {
    const path = folder === undefined ? own : join(folder, "agent.db");
    const memory = await openMemory({ path, clock });
    try {
      return await work(memory);
    } finally {
      memory.close();
    }
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** A draft: nothing of it is told to a model before a person has read it. */
function putSkill(here: Context, agent: string, bundle: Bundle): "added" | "there" | "kept" {
  const { shelf } = skillsOfOne(here, agent);
  const findings = scanSkill(bundle.files, createTextChecks());
  const put = shelf.put(bundle, { state: "draft", findings, force: false, because: `brought from ${bundle.from}` });
  if (put.put) return "added";
  return put.because.includes("same bytes") ? "there" : "kept";
}
