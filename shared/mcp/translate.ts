/** What the SDK, a fetch or a parser throws, as an McpFailure. */
import { cut, isAbort, messageOf, oneLine } from "../base/index.ts";
import { McpFailure, type McpFailureKind } from "./failure.ts";
import type { Breaking } from "./stdio.ts";

/** JSON-RPC codes, and the two that the SDK uses for its own failures. */
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const CONNECTION_CLOSED = -32000;
const REQUEST_TIMEOUT = -32001;

const SAID_CHARACTERS_MAX = 500;

/** An AbortError stays what it is. `broken` is why the stream was given up, if it was: that explains every other failure. */
export function toFailure(server: string, error: unknown, broken: Breaking | undefined): unknown {
  if (error instanceof McpFailure || isAbort(error)) return error;
  const fail = (kind: McpFailureKind, what: string): McpFailure =>
    new McpFailure(kind, `${server} ${what}`, { cause: error });
  if (broken !== undefined) return fail(broken.kind, broken.because);

  const { name, code } = error as { name?: string; code?: unknown };
  const said = cut(oneLine(messageOf(error)), SAID_CHARACTERS_MAX);
  if (name === "ZodError" || name === "$ZodError" || error instanceof SyntaxError)
    return fail("malformed", `sent something that is not MCP: ${said}`);
  if (name === "UnauthorizedError") return fail("login needed", "wants a login");
  // An error of OAuth: the server wants a login and is not able to give one.
  if (error instanceof Error && "errorCode" in error)
    return fail("login needed", `wants a login, and that cannot be begun: ${said}`);
  if (name === "McpError") {
    if (code === REQUEST_TIMEOUT) return fail("timed out", "did not answer in time");
    if (code === CONNECTION_CLOSED) return fail("unreachable", "closed the connection before it answered");
    if (code === METHOD_NOT_FOUND || code === INVALID_PARAMS) return fail("refused", `refused: ${said}`);
    return fail("tool failed", `failed: ${said}`);
  }
  if (error instanceof Error && "code" in error && error.constructor.name === "StreamableHTTPError")
    return ofStatus(Number(code), said, fail);
  const { cause } = error as { cause?: { code?: unknown } };
  if (typeof cause?.code === "string") return fail("unreachable", `cannot be reached (${cause.code})`);
  return fail("unreachable", `cannot be used: ${said}`);
}

/** Whether the SDK only says that there is no connection any more. */
export function isClosed(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === CONNECTION_CLOSED || code === "EPIPE";
}

function ofStatus(status: number, said: string, fail: (kind: McpFailureKind, what: string) => McpFailure): McpFailure {
  if (status === 401 || status === 403) return fail("login needed", `refused our credentials (HTTP ${status})`);
  // A session that the server has forgotten; a new connection begins a new one.
  if (status === 404) return fail("unreachable", "does not know this address or this session (HTTP 404)");
  if (status >= 400) return fail("in trouble", `answered with HTTP ${status}`);
  return fail("malformed", `does not speak MCP: ${said}`);
}
