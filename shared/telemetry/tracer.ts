/** What telemetry asks of a package: spans that begin and end. */

/** What a span says; a value that is undefined is not said. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
/** A span that has begun. What failed has the class of its failure. */
export type Span = { end(told: { name?: string; attributes?: Attributes; failed?: string }): void };
/** Where spans go. The adapter of a package implements it. */
export type Tracer = {
  start(name: string, kind: "internal" | "client", attributes: Attributes, parent: Span | undefined): Span;
  close(): Promise<void>;
};

/** Where to tell, and who tells. */
export type TelemetryOptions = {
  /** The address of a collector, to which `/v1/traces` is added; empty: nothing is told, and nothing loaded. */
  endpoint: string;
  /** As `name=value,name=value`, values URL-encoded. */
  headers: string;
  agent: string;
  version: string;
  /** Hears once that it cannot be told. The agent works on. */
  onFailure(error: unknown): void;
};
