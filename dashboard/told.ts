/** What a person reads when something does not work: the sentences of refusals, of troubles of the world, and of mistakes of ours. */
import { OperationalError } from "../shared/base/index.ts";

/** A form is at most this large: the longest message, each character written as twelve. */
export const FORM_BYTES_MAX = 256 * 1024;

/** Thrown anywhere on the way of a request; answered by `refuse`. */
export class Refusal extends OperationalError {
  override readonly name = "Refusal";
  readonly status: 401 | 403 | 404 | 421 | 429 | 503;

  constructor(status: Refusal["status"], sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** What a person reads of an error: our own sentence, or that it is written down. */
export function told(error: unknown): { status: number; sentence: string } {
  if (error instanceof Refusal) return { status: error.status, sentence: error.message };
  if (error instanceof OperationalError) return { status: 503, sentence: error.message };
  const trouble = troubleOf(error);
  if (trouble !== undefined)
    return {
      status: 503,
      sentence: `A store of this home cannot be read now (${trouble}). \`kaos doctor\` finds out why, and \`kaos doctor --fix\` mends what can be mended, on a copy first.`,
    };
  const status = statusOf(error);
  if (status === 413)
    return { status, sentence: `This is more than ${FORM_BYTES_MAX / 1024} KiB. Send it in smaller parts.` };
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, sentence: "The control room could not read this request. Load the page again and repeat." };
  }
  return {
    status: 500,
    sentence: "The control room met a mistake of its own and wrote it down: see `kaos logs supervisor`.",
  };
}

/** What SQLite calls it when a file is torn, gone, locked or lacks a table. */
function troubleOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("SQLITE_") ? code : undefined;
}

/** The status that express and its parsers give an error. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("status" in error)) return undefined;
  return typeof error.status === "number" ? error.status : undefined;
}
