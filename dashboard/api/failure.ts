/** What a program is told when it gets no answer, in the shape that OpenAI's clients read. */
import type { ErrorRequestHandler, Response } from "express";
import { type Log, OperationalError } from "../../shared/base/index.ts";

/** Bytes of one request: programs send the whole conversation every time. */
export const BODY_BYTES_MAX = 2 * 1024 * 1024;

/** Thrown anywhere on the way of a program's request; answered by `failAsJson`, or within a stream. */
export class ApiFailure extends OperationalError {
  override readonly name = "ApiFailure";
  readonly status: 400 | 401 | 403 | 404 | 413 | 429 | 502 | 503 | 504;
  /** A word for programs. */
  readonly code: string;
  /** The field of the request that is wrong. */
  readonly param: string | null;
  readonly retryAfterS: number | undefined;

  constructor(
    status: ApiFailure["status"],
    code: string,
    sentence: string,
    { param = null, retryAfterS }: { param?: string | null; retryAfterS?: number } = {},
  ) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.param = param;
    this.retryAfterS = retryAfterS;
  }
}

export type ErrorBody = { error: { message: string; type: string; param: string | null; code: string } };

/** The body that goes with a failure. */
export function bodyOf({ message, status, code, param }: ApiFailure): ErrorBody {
  return { error: { message, type: TYPES[status], param, code } };
}

const TYPES: Readonly<Record<ApiFailure["status"], string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "invalid_request_error",
  429: "rate_limit_error",
  502: "agent_error",
  503: "unavailable_error",
  504: "timeout_error",
};

/** Answers what was thrown as JSON. Never a stack, never a page. */
export function failAsJson(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const failure = failureOf(error);
    if (failure === undefined) log.error("request failed", { method: request.method, path: request.path, error });
    send(response, failure ?? new ApiFailure(503, "internal_error", BROKEN));
  };
}

const BROKEN = "The control room met a mistake of its own and wrote it down: see `kaos logs supervisor`.";

function send(response: Response, failure: ApiFailure): void {
  if (response.headersSent) return void response.end();
  if (failure.retryAfterS !== undefined) response.set("Retry-After", String(failure.retryAfterS));
  if (failure.status === 401) response.set("WWW-Authenticate", "Bearer");
  response.status(failure.status).json(bodyOf(failure));
}

/** Undefined for what is a bug. */
export function failureOf(error: unknown): ApiFailure | undefined {
  if (error instanceof ApiFailure) return error;
  if (error instanceof OperationalError) return new ApiFailure(503, "unavailable", error.message);
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  if (status === 413)
    return new ApiFailure(
      413,
      "request_too_large",
      `A request has at most ${BODY_BYTES_MAX >> 20} MiB. Send less of what was said before.`,
    );
  if (typeof status === "number" && status >= 400 && status < 500)
    return new ApiFailure(400, "invalid_json", "The body is not JSON that can be read. Send one object, as UTF-8.");
  return undefined;
}
