/** What a tool's failure means for the model: go on with the next item, leave the service alone, or try otherwise. */

export type FailureKind = "skip this item" | "server down" | "failed";

/** Causes of causes are looked at so deep. */
const CAUSES_MAX = 5;

/** System and network codes of a service that cannot be reached. Codes of undici begin with UND_ERR. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
/** System codes of one file or folder that is missing, closed, or not what it was taken for. */
const UNAVAILABLE = new Set(["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "ELOOP", "ENAMETOOLONG"]);

/**
 * Looks at codes, HTTP statuses and names along the chain of causes, never at the wording of a message.
 * What says nothing of the kind has `failed`.
 */
export function classify(error: unknown): FailureKind {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof current === "object" && current !== null; depth++) {
    const kind = classifyOne(current);
    if (kind !== "failed") return kind;
    current = "cause" in current ? current.cause : undefined;
  }
  return "failed";
}

function classifyOne(error: object): FailureKind {
  const { name, code, status, syscall } = error as {
    name?: unknown;
    code?: unknown;
    status?: unknown;
    syscall?: unknown;
  };
  if (name === "TimeoutError") return "server down";
  if (typeof status === "number") return classifyStatus(status);
  if (typeof code !== "string") return "failed";
  // A program that cannot be started is a server that is not there, though the system says ENOENT as for a file.
  if (typeof syscall === "string" && syscall.startsWith("spawn")) return "server down";
  if (UNREACHABLE.has(code) || code.startsWith("UND_ERR")) return "server down";
  return UNAVAILABLE.has(code) ? "skip this item" : "failed";
}

function classifyStatus(status: number): FailureKind {
  if (status === 408 || status === 429 || status >= 500) return "server down";
  return [401, 402, 403, 404, 410, 451].includes(status) ? "skip this item" : "failed";
}
