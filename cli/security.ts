/** `kaos security scan`: what a text layer makes of texts, one verdict a line; for people who tune it and people who check it. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createShield, fold, looksLikeHtml, readHtml, sanitize, validate, visible } from "../shared/security/index.ts";
import { type Define, examples } from "./command.ts";
import { WrongUsage } from "./failures.ts";

type Line = { id: string; text: string };
/** What one layer says about one text: whether it found something, and all it knows. */
type Verdict = { found: boolean; told: Record<string, unknown>; words: string };
type Layer = (text: string) => Promise<Verdict>;

/** Made when a layer is asked for: the shield reads its model first. */
const layers: Readonly<Record<string, () => Layer>> = {
  shield: () => {
    const shield = createShield();
    return async (text) => {
      const { verdict, score, signs, because } = shield(text);
      const found = verdict !== "clean";
      return {
        found,
        told: { verdict, detected: found, score, signs, because },
        words: `${verdict}  ${score.toFixed(3)}  ${because}`,
      };
    };
  },
  sanitize: () => async (text) => {
    const read = looksLikeHtml(text) ? await readHtml(text) : visible(text);
    const found = read !== text;
    return {
      found,
      told: {
        verdict: found ? "cleaned" : "clean",
        changed: found,
        text: read,
        folded: fold(read),
        fenced: sanitize(read, "scan"),
      },
      words: JSON.stringify(read),
    };
  },
  validate: () => async (text) => {
    const { text: left, findings } = validate(text, { secrets: [] });
    const detectors = findings.map(({ detector }) => detector);
    return {
      found: detectors.length > 0,
      told: {
        verdict: detectors.length > 0 ? "redacted" : "clean",
        redacted: detectors.length > 0,
        text: left,
        detectors,
      },
      words: `${detectors.join(", ") || "clean"}  ${JSON.stringify(left)}`,
    };
  },
};

export const security: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  const scan = command
    .command("scan")
    .description('judge texts from a file of JSON lines, {"id", "text"} each')
    .requiredOption("--layer <layer>", `which security layer: ${Object.keys(layers).join(", ")}`)
    .requiredOption("--jsonl <file>", "the file, or - for standard input")
    .option("--json", "print JSON, one verdict a line, the summary last")
    .action(async ({ layer, jsonl, json }: { layer: string; jsonl: string; json?: boolean }) => {
      const judge = layers[layer]?.();
      if (judge === undefined)
        throw new WrongUsage(`There is no layer called "${layer}". Choose ${Object.keys(layers).join(", ")}.`);
      const { print } = context();
      const summary = { layer, texts: 0, found: 0, percent: 0, milliseconds: 0 };
      const startedMs = performance.now();
      for await (const { id, text } of linesOf(jsonl)) {
        const { found, told, words } = await judge(text);
        summary.texts++;
        if (found) summary.found++;
        print(json ? JSON.stringify({ id, ...told }) : `${id}  ${words}`);
      }
      summary.milliseconds = Math.round(performance.now() - startedMs);
      summary.percent = summary.texts === 0 ? 0 : Math.round((10_000 * summary.found) / summary.texts) / 100;
      print(
        json
          ? JSON.stringify({ summary })
          : `${summary.found} of ${summary.texts} texts (${summary.percent} %) in ${summary.milliseconds} ms`,
      );
    });
  examples(scan, [
    ["kaos security scan --layer shield --jsonl texts.jsonl", "what reads like an injection, and why"],
    ["kaos security scan --layer validate --jsonl - --json", "what would be redacted of standard input"],
  ]);
};

/** Throws WrongUsage, naming the line, for what is no JSON with a text. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  const input = file === "-" ? process.stdin : createReadStream(file, "utf8");
  const failed = new Promise<never>((_resolve, reject) =>
    input.once("error", (error: Error) => reject(new WrongUsage(`${file} cannot be read: ${error.message}`))),
  );
  failed.catch(() => {});
  let number = 0;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  while (true) {
    const { done, value } = await Promise.race([lines.next(), failed]);
    if (done === true) return;
    number++;
    if (value.trim() !== "") yield readLine(value, file, number);
  }
}

function readLine(line: string, file: string, number: number): Line {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new WrongUsage(`Line ${number} of ${file} is no JSON. Write one object a line: {"id": "1", "text": "…"}.`);
  }
  if (typeof parsed !== "object" || parsed === null || !("text" in parsed) || typeof parsed.text !== "string")
    throw new WrongUsage(`Line ${number} of ${file} has no text. Write one object a line: {"id": "1", "text": "…"}.`);
  return { id: "id" in parsed ? String(parsed.id) : String(number), text: parsed.text };
}
