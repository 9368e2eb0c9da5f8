/** Values held against schemas of OpenAPI 3.0, as far as the cut-out beside this file uses them. */
import { readFileSync } from "node:fs";

export type Schema = {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  enum?: readonly unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  uniqueItems?: boolean;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
};

const { components } = JSON.parse(readFileSync(new URL("schemas.json", import.meta.url), "utf8")) as {
  components: { schemas: Readonly<Record<string, Schema>> };
};
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The schema of this name. */
export const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Everything that is wrong with a value, each with its place; none when it fits. */
export function problems(value: unknown, schema: Schema, at = ""): string[] {
  if (schema.$ref !== undefined) {
    const found = components.schemas[schema.$ref.split("/").at(-1) ?? ""];
    return found === undefined ? [`${at}: no schema ${schema.$ref}`] : problems(value, found, at);
  }
  // In this document an alternative that says only `nullable` stands for null.
  if (Object.keys(schema).join() === "nullable") return value === null ? [] : [`${at}: not null`];
  if (value === null && schema.nullable === true) return [];
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    const each = alternatives.map((one) => problems(value, one, at));
    const fitting = each.filter((found) => found.length === 0).length;
    const fits = schema.oneOf === undefined ? fitting > 0 : fitting === 1;
    return fits ? [] : [`${at}: ${fitting} of ${each.length} alternatives fit (${each.flat().join("; ")})`];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: ${String(value)} is none of ${schema.enum}`];
  switch (schema.type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? inObject(value as Record<string, unknown>, schema, at)
        : [`${at}: no object`];
    case "array":
      if (!Array.isArray(value)) return [`${at}: no array`];
      return [
        ...(schema.uniqueItems === true && new Set(value).size < value.length ? [`${at}: twice the same`] : []),
        ...value.flatMap((item, i) => problems(item, schema.items ?? {}, `${at}[${i}]`)),
      ];
    case "integer":
    case "number": {
      const fits = typeof value === "number" && (schema.type === "number" || Number.isInteger(value));
      if (!fits) return [`${at}: no ${schema.type}`];
      const { minimum = value, maximum = value } = schema;
      return value < minimum || value > maximum ? [`${at}: ${value} is out of range`] : [];
    }
    case "string":
      if (typeof value !== "string") return [`${at}: no string`];
      return schema.format === "uuid" && !uuid.test(value) ? [`${at}: no UUID`] : [];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${at}: no boolean`];
    default:
      return [];
  }
}

function inObject(value: Record<string, unknown>, schema: Schema, at: string): string[] {
  const { required = [], properties = {}, additionalProperties = true } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}.${name}: missing`);
  const inside = Object.entries(value).flatMap(([name, own]) => {
    const place = `${at}.${name}`;
    if (Object.hasOwn(properties, name)) return problems(own, properties[name] ?? {}, place);
    if (additionalProperties === false) return [`${place}: unknown`];
    return additionalProperties === true ? [] : problems(own, additionalProperties, place);
  });
  return [...missing, ...inside];
}
