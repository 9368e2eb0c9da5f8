/** What a process was told, for people's eyes: every value with its source, and no secret. */
import type { Told } from "./env.ts";
import { isSecret, isSet, tellSource } from "./settings.ts";
import { describeVariables, type VariableName } from "./variables.ts";

/** One variable: what is in force, and who said so. */
export type ReportLine = {
  name: string;
  meaning: string;
  /** Of a secret only whether it is there: "set" or "not set". */
  value: string;
  fallback: string;
  /** "the environment", ".env", "policy.yaml, line 4", "the default". */
  source: string;
  /** Where it stands in a policy; empty when a policy cannot say it. */
  policy: string;
  /** What else was said, and does not count. */
  overruled: readonly { value: string; source: string }[];
};

/** Every variable of the list, then those of `more` that are set. `redact` takes out what a value may quote of a secret. */
export function reportOf(
  { raw, settings }: Pick<Told, "raw" | "settings">,
  { more = [], redact }: { more?: readonly string[]; redact(text: string): string },
): ReportLine[] {
  const shown = (name: string, text: string) =>
    isSecret(name, text) ? (isSet(text) ? "set" : "not set") : redact(text);
  const listed = describeVariables().map(({ name, meaning, fallback, policy }): ReportLine => {
    const { text, source, overruled } = settingOf(settings, name);
    return {
      name,
      meaning,
      value: shown(name, text),
      fallback,
      source: tellSource(source),
      policy: policy?.at ?? "",
      overruled: overruled.map((word) => ({ value: shown(name, word.text), source: tellSource(word.source) })),
    };
  });
  const others = more
    .filter((name) => isSet(raw[name]) && !listed.some((line) => line.name === name))
    .toSorted()
    .map(
      (name): ReportLine => ({
        name,
        meaning: "Of a provider: its key, address, model or price.",
        value: shown(name, raw[name]?.trim() ?? ""),
        fallback: "",
        source: "the environment or .env",
        policy: "",
        overruled: [],
      }),
    );
  return [...listed, ...others];
}

/** Every value of these variables that is nobody's business. */
export function secretsIn(raw: Told["raw"], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value = raw[name];
    return isSet(value) && isSecret(name, value) ? [value.trim()] : [];
  });
}

function settingOf(settings: Told["settings"], name: VariableName): Told["settings"][number] {
  return (
    settings.find((setting) => setting.name === name) ?? { name, text: "", source: { kind: "default" }, overruled: [] }
  );
}
