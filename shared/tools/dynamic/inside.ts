/** The program that runs inside the sandbox: it reads one job, runs its code, and writes one answer. */

/**
 * As text, because it is handed to Node as an argument: inside there is no file to load. The job comes on standard input as
 * `{ code, input }`, the answer goes to standard output as `{ value }` or `{ threw }`, what the code prints to standard error.
 */
export const INSIDE = `
import { Console } from "node:console";
let text = "";
process.stdin.setEncoding("utf8");
for await (const piece of process.stdin) text += piece;
const { code, input } = JSON.parse(text);
globalThis.console = new Console(process.stderr, process.stderr);
let answered = false;
const answer = (what) => {
  if (answered) return;
  const text = JSON.stringify(what);
  answered = true;
  process.stdout.write(text, () => process.exit(0));
};
const failed = (error) => answer({ threw: error instanceof Error ? error.name + ": " + error.message : String(error) });
process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);
try {
  const Body = (async () => {}).constructor;
  const value = await new Body("input", "require", code)(input, process.getBuiltinModule);
  answer({ value: value === undefined ? null : value });
} catch (error) {
  failed(error);
}
`;
