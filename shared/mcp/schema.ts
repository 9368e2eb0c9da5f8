/** A server's JSON schema as the zod type of a tool: what the model reads is the server's own schema, what is checked is what can be checked safely. */
import { z } from "zod";

type Json = Record<string, unknown>;

/**
 * Patterns and formats are left to the server: a regular expression from outside, run here on what a model wrote, could take for ever.
 * A schema that cannot be understood checks only that the arguments are an object.
 */
export function inputOf(schema: Json, clean: (text: string) => string): z.ZodType<Record<string, unknown>> {
  const object = z.record(z.string(), z.unknown());
  const check = checkerOf(schema);
  const shown = cleaned(schema, clean) as Json;
  return object
    .superRefine((value, context) => {
      const checked = check?.safeParse(value);
      for (const { path, message } of checked?.error?.issues ?? [])
        context.addIssue({ code: "custom", path: [...path], message });
    })
    .meta({ ...withoutNames(shown), type: "object" });
}

function checkerOf(schema: Json): z.ZodType | undefined {
  try {
    return z.fromJSONSchema(withoutPatterns(schema) as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    return undefined;
  }
}

function withoutPatterns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPatterns);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, part]) => !(/^(pattern|format)$/.test(key) && typeof part === "string") && key !== "patternProperties",
  );
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutPatterns(part)]));
}

/** Texts for a reader lose what nobody sees; everything else stays as the server needs it. */
function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((part) => cleaned(part, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === "string" && /^(description|title)$/.test(key) ? clean(part) : cleaned(part, clean),
    ]),
  );
}

/** zod keeps a registry of ids, and two servers may use the same one. */
function withoutNames({ id: _id, $id: _uri, $schema: _dialect, ...schema }: Json): Json {
  return schema;
}
