/** What can fail about an MCP server, told so that a person, a model and the engine each know what to do. */
import { OperationalError } from "../base/index.ts";

export type McpFailureKind =
  /** Disabled, or a variable that it needs is not set. */
  | "off"
  /** Not started, crashed, closed, or resting after it failed too often. */
  | "unreachable"
  /** It is there and answers with an error of its own, as in HTTP 500 or 429. */
  | "in trouble"
  | "timed out"
  /** It sent more in one message than we take. */
  | "too large"
  /** It does not speak the protocol. */
  | "malformed"
  /** It knows neither the method nor the tool, or does not let us. */
  | "refused"
  | "login needed"
  /** The server ran the tool, and the tool says that it failed. */
  | "tool failed";

/** A server could not do what was asked. The message is a sentence for a person; `code` is what the engine classifies by. */
export class McpFailure extends OperationalError {
  override readonly name = "McpFailure";
  readonly kind: McpFailureKind;
  /** A system code of a service that is not there, where that is what it comes to. */
  readonly code: "ECONNREFUSED" | undefined;

  constructor(kind: McpFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    const gone: readonly McpFailureKind[] = ["off", "unreachable", "in trouble", "malformed", "login needed"];
    this.code = gone.includes(kind) ? "ECONNREFUSED" : undefined;
  }
}
