/** Rule 7: secrets leave by no text, are separate where they open different doors, and lie in files of their owner only. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openAudit } from "../../shared/audit/index.ts";
import { systemClock } from "../../shared/base/index.ts";
import { isSecret, isSet, setInDotEnv } from "../../shared/config/index.ts";
import { createRedactor, createValidator, sharedSecret } from "../../shared/security/index.ts";
import { read } from "../house/tree.ts";
import { createWorld } from "../shared/agent/world.ts";

const SECRET = "Zx81-hunter-q9Kd-7731";

test("a secret split over two messages of a room is not completed by the second, in the room or in a draft", async () => {
  const { validate, validateDraft } = createValidator({ secrets: [SECRET] });
  const world = await createWorld(["kronos"]);
  const halves = [`The first half is ${SECRET.slice(0, 12)}`, `${SECRET.slice(12)} is the rest`];
  await world.start("kronos", () => halves.shift() ?? "nothing", {
    validate: (text, before) => validate(text, before).text,
    validateDraft: (text, before) => validateDraft(text, before).text,
  });
  const texts: string[] = [];
  for (const ask of ["@kronos first", "@kronos second"]) {
    const asked = await world.say(ask);
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    texts.push(...(await world.replies(asked)).map(({ text }) => text));
  }
  expect(texts).toEqual([`The first half is ${SECRET.slice(0, 12)}`, "[redacted] is the rest"]);
});

test("what is audited has none of it, however deep", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-7-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const redact = createRedactor({ secrets: [SECRET] });
  const hidden = {
    to: [{ deep: `Bearer ${SECRET}` }],
    [SECRET]: 1,
    password: "short",
    url: `https://x/?k=${encodeURIComponent(SECRET)}`,
  };
  expect(JSON.stringify(redact(hidden))).not.toContain(SECRET);
  expect(redact(hidden)).toMatchObject({ password: "[redacted]" });
  const audit = openAudit({
    path: join(folder, "logs", "tool_calls.jsonl"),
    agent: "kronos",
    clock: systemClock,
    redact,
  });
  audit.close();
  for (const name of readdirSync(join(folder, "logs")))
    expect(statSync(join(folder, "logs", name)).mode & 0o077, name).toBe(0);
});

describe("secrets that open doors of ours", () => {
  const long = "0123456789abcdef0123456789abcdef";

  test("are separate: two hooks, a hook and a program, a hook and a provider", () => {
    expect(
      sharedSecret({
        WEBHOOK_A_SECRET: long,
        WEBHOOK_B_SECRET: `${long}x`,
        KAOS_API_KEYS: "one:another-secret-altogether",
      }),
    ).toBeUndefined();
    for (const other of [{ WEBHOOK_B_SECRET: long }, { KAOS_API_KEYS: `one:${long}` }, { OPENAI_API_KEY: long }])
      expect(sharedSecret({ WEBHOOK_A_SECRET: long, ...other })).toMatch(
        /^(WEBHOOK_A_SECRET|KAOS_API_KEYS|WEBHOOK_B_SECRET) and \w+ have the same value/,
      );
  });

  test("and a sentence about them does not tell them", () => {
    expect(sharedSecret({ WEBHOOK_A_SECRET: long, WEBHOOK_B_SECRET: long })).not.toContain(long);
  });
});

test("what .env.example shows counts as unset", () => {
  for (const line of read(".env.example").split("\n")) {
    const [, name = "", value = ""] = /^#?\s*([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (name !== "" && isSecret(name, value)) expect(isSet(value), `${name}=${value}`).toBe(false);
  }
});

test("a file of variables is its owner's alone once it was changed", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-7-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, ".env");
  setInDotEnv("OPENAI_API_KEY", "sk-x", file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
