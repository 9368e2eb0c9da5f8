/** Spans by the OpenTelemetry packages, sent in batches to a collector by OTLP over HTTP. The one file that imports them. */
import { type Context, type Span as Otel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Attributes, Span, TelemetryOptions, Tracer } from "./tracer.ts";

/** A collector that does not answer keeps nobody: spans wait for so long, and the process ends without them. */
const EXPORT_MS = 5_000;
const CLOSE_MS = 2_000;
const EVERY_MS = 5_000;
const WAITING_MAX = 2_048;

/** A tracer of this process's own: nothing is registered for all. */
export function openTracer({ endpoint, headers, agent, version }: TelemetryOptions): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    headers: headersOf(headers),
    timeoutMillis: EXPORT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "kaos",
      "service.version": version,
      "service.instance.id": agent,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: EXPORT_MS,
        maxQueueSize: WAITING_MAX,
      }),
    ],
  });
  const tracer = provider.getTracer("kaos", version);
  const contexts = new WeakMap<Span, Context>();
  return {
    start(name, kind, attributes, parent) {
      const within = (parent && contexts.get(parent)) ?? ROOT_CONTEXT;
      const otel = tracer.startSpan(
        name,
        { kind: kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes: said(attributes) },
        within,
      );
      const span = spanOf(otel);
      contexts.set(span, trace.setSpan(within, otel));
      return span;
    },
    async close() {
      const tooLong = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), tooLong]);
    },
  };
}

function spanOf(otel: Otel): Span {
  return {
    end({ name, attributes = {}, failed }) {
      if (name !== undefined) otel.updateName(name);
      otel.setAttributes(said(attributes));
      if (failed !== undefined) {
        otel.setAttribute("error.type", failed);
        otel.setStatus({ code: SpanStatusCode.ERROR });
      }
      otel.end();
    },
  };
}

function said(attributes: Attributes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** As OTEL_EXPORTER_OTLP_HEADERS has them. */
function headersOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const [name = "", ...value] = pair.split("=");
      return name.trim() === "" ? [] : [[name.trim(), decodeURIComponent(value.join("=").trim())]];
    }),
  );
}
