/** What a policy may say, what its mistakes are told, and what wins over what. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  BadVariable,
  ConfigProblem,
  describeVariables,
  loadPolicy,
  parsePolicy,
  reportOf,
  tellSource,
} from "../../../shared/config/index.ts";
import { settle } from "../../../shared/config/settings.ts";
import { gateSettings, gateStates, gates } from "../../../shared/security/index.ts";

const FILE = "/home/policy.yaml";
const parse = (text: string) => parsePolicy(text, FILE);
const settled = (sources: { environment?: object; dotEnv?: object; policy?: string }) =>
  settle({
    environment: { ...sources.environment },
    dotEnv: { ...sources.dotEnv },
    policy: parse(sources.policy ?? ""),
  });

describe("a policy", () => {
  test("says what variables say, in words of its own, and each word knows its line", () => {
    const { env, settings } = settled({
      policy: `# reviewed in May
gates:
  server-ops: open
  dynamic-tools-unsandboxed: open
budgets: { day-usd: 2.5, session-usd: 0.5 }
approvals:
  expire-after: 20m
  always: [send-mail, write-file]
egress:
  only:
    - en.wikipedia.org
    - "*.example.org"
retention:
  messages: 30d
`,
    });
    expect(env).toMatchObject({
      ENABLE_SERVER_OPS: true,
      REQUIRE_DYNAMIC_TOOL_SANDBOX: false,
      DAILY_LIMIT_USD: 2.5,
      APPROVAL_EXPIRES_AFTER: 1_200_000,
      APPROVAL_ALWAYS: ["send-mail", "write-file"],
      EGRESS_ONLY: ["en.wikipedia.org", "*.example.org"],
      MESSAGES_KEPT: 30 * 86_400_000,
    });
    const source = (name: string) => settings.find((one) => one.name === name)?.source;
    expect(source("ENABLE_SERVER_OPS")).toEqual({ kind: "policy.yaml", line: 3 });
    expect(source("SESSION_LIMIT_USD")).toEqual({ kind: "policy.yaml", line: 5 });
    expect(source("EGRESS_ONLY")).toEqual({ kind: "policy.yaml", line: 10 });
    expect(source("LOG_LEVEL")).toEqual({ kind: "default" });
  });

  test.each(["", "# nothing yet\n", "gates:\n", "{}"])("that says nothing changes nothing: %j", (text) => {
    expect(parse(text)).toEqual([]);
  });

  test.each([
    ["budget:\n  day-usd: 1", 'line 1: "budget" is no section. Did you mean "budgets"?'],
    ["budgets:\n  day-us: 1", 'line 2: "day-us" is no setting of "budgets". Did you mean "day-usd"?'],
    ["weather:\n  x: 1", 'line 1: "weather" is no section. Known are'],
    ["gates:\n  server-ops: yes", 'line 2: "gates.server-ops" is "yes". Write open or closed.'],
    ["gates:\n  server-ops: true", 'line 2: "gates.server-ops" is "true". Write open or closed.'],
    ["gates: open", 'line 1: "gates" holds settings: '],
    ["budgets:\n  day-usd: {a: 1}", 'line 2: "budgets.day-usd" takes one value'],
    ["budgets:\n  day-usd:", 'line 2: "budgets.day-usd" takes one value'],
    ["egress:\n  only: [[a], b c]", 'line 2: "egress.only" takes one value'],
    ["- gates", "line 1: a policy consists of sections"],
    ["gates: { server-ops: constructor }", 'line 1: "gates.server-ops" is "constructor". Write open or closed.'],
    ["budgets:\n  day-usd: 1\n  day-usd: 2", "line 3: this is no YAML: Map keys must be unique"],
    ["budgets:\n\tday-usd: 1", "line 2: this is no YAML: "],
    ["budgets: &a\n  day-usd: 1\nswarm: *a", 'line 3: "swarm" holds settings'],
  ])("with a mistake is refused with its line and the next step: %j", (text, sentence) => {
    expect(() => parse(text)).toThrow(ConfigProblem);
    expect(() => parse(text)).toThrow(`${FILE}, ${sentence}`);
  });

  test("with a value that the variable cannot take is refused as a start refuses the variable, with the place in the policy", () => {
    expect(() => settled({ policy: "swarm:\n  implicit-replies: 9" })).toThrow(BadVariable);
    expect(() => settled({ policy: "swarm:\n  implicit-replies: 9" })).toThrow(
      /^SWARM_IMPLICIT_REPLIES="9" cannot be used: .* Change it in policy\.yaml, line 2; the default is "2"\.$/,
    );
    expect(() => settled({ policy: "egress:\n  only: [https://example.org/x]" })).toThrow(
      "write names of hosts without https://",
    );
  });

  test("is a file of its own, short and in UTF-8, or not there at all", () => {
    const folder = mkdtempSync(join(tmpdir(), "kaos-policy-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "policy.yaml");
    expect(loadPolicy(file)).toEqual([]);
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x41]));
    expect(() => loadPolicy(file)).toThrow("is not UTF-8 text");
    writeFileSync(file, `#${"x".repeat(70_000)}`);
    expect(() => loadPolicy(file)).toThrow("at most 65536 are read");
    writeFileSync(file, "budgets: { day-usd: 1 }");
    symlinkSync(file, join(folder, "link.yaml"));
    expect(() => loadPolicy(join(folder, "link.yaml"))).toThrow("is not a file of its own");
    expect(loadPolicy(file)).toEqual([{ name: "DAILY_LIMIT_USD", text: "1", line: 1 }]);
  });
});

describe("who wins", () => {
  test("the environment over .env over the policy over the default, and the report tells what was overruled", () => {
    const told = settled({
      environment: { DAILY_LIMIT_USD: "3" },
      dotEnv: { DAILY_LIMIT_USD: "4", SESSION_LIMIT_USD: "2" },
      policy: "budgets: { day-usd: 9, session-usd: 8 }\nretention: { turns: 7d }",
    });
    const line = (name: string) => reportOf(told, { redact: (text) => text }).find((one) => one.name === name);
    expect(told.env).toMatchObject({ DAILY_LIMIT_USD: 3, SESSION_LIMIT_USD: 2, TURNS_KEPT: 7 * 86_400_000 });
    expect(line("DAILY_LIMIT_USD")).toMatchObject({
      value: "3",
      source: "the environment",
      overruled: [
        { value: "4", source: ".env" },
        { value: "9", source: "policy.yaml, line 1" },
      ],
    });
    expect(line("TURNS_KEPT")).toMatchObject({ value: "7d", source: "policy.yaml, line 2", policy: "retention.turns" });
    expect(line("LOG_LEVEL")).toMatchObject({ value: "info", source: "the default", policy: "" });
  });

  test("of a gate the first no wins, whoever says it; a yes alone opens it; nobody's word leaves it closed", () => {
    const word = fc.constantFrom(undefined, true, false);
    fc.assert(
      fc.property(fc.constantFrom(...gates), word, word, word, (gate, environment, dotEnv, policy) => {
        const text = (open: boolean | undefined) =>
          open === undefined ? {} : { [gate.variable]: String(open === gate.openWhen) };
        const told = settled({
          environment: text(environment),
          dotEnv: text(dotEnv),
          ...(policy === undefined ? {} : { policy: `gates: { ${gate.name}: ${policy ? "open" : "closed"} }` }),
        });
        const said = [environment, dotEnv, policy].filter((one) => one !== undefined);
        const open = said.length > 0 && said.every((one) => one);
        expect(told.env[gate.variable]).toBe(said.length === 0 ? gate.default : open === gate.openWhen);
        const state = gateStates(gateSettings(told.settings)).find(({ name }) => name === gate.name);
        expect(state?.open).toBe(open);
        const decisive = { environment, ".env": dotEnv, "policy.yaml": policy };
        const by = Object.entries(decisive).find(([, one]) => one === (said.length > 0 ? open : undefined))?.[0] ?? "";
        if (said.length > 0) expect(state?.because).toContain(by);
      }),
    );
  });

  test("a value that does not count is checked all the same: it would count once the other goes", () => {
    expect(() => settled({ environment: { DAILY_LIMIT_USD: "3" }, policy: "budgets: { day-usd: lots }" })).toThrow(
      'DAILY_LIMIT_USD="lots" cannot be used',
    );
  });
});

test("a secret is nowhere: not in the report, not in the refusal of a bad one", () => {
  const secret = "s3cret-s3cret-s3cret-s3cret";
  const told = settled({ environment: { KAOS_API_KEYS: `phone:${secret}`, TELEGRAM_API_HASH: "abcdef" } });
  const lines = JSON.stringify(reportOf(told, { redact: (text) => text }));
  expect(lines).not.toMatch(/s3cret|abcdef/);
  expect(lines).toContain('"value":"set"');
  const refused = (): unknown => settled({ environment: { KAOS_API_KEYS: "phone:short-s3cret" } });
  expect(refused).toThrow(/^KAOS_API_KEYS cannot be used: write name:secret/);
  expect(refused).not.toThrow(/short/);
});

test("every place in a policy is one variable's, and tells its source by name and line", () => {
  const places = describeVariables().flatMap(({ policy }) => policy?.at ?? []);
  expect(new Set(places).size).toBe(places.length);
  for (const { name } of gates) expect(places).toContain(`gates.${name}`);
  expect(tellSource({ kind: "policy.yaml", line: 4 })).toBe("policy.yaml, line 4");
});
