/** Rule 10: defaults are closed and frozen. Whoever changes one changes the snapshot beside this file, where a reader of the change sees it. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { readEnv, type VariableName } from "../../shared/config/index.ts";
import { defaultLimits } from "../../shared/engine/index.ts";
import { APPROVAL_MS, LINK_MS, openLedger, SESSION_MS } from "../../shared/ledger/index.ts";
import { authorityOf, CALLS_MAX, gateSettings, gateStates, gates } from "../../shared/security/index.ts";
import { kaos, newHome } from "../cli/kaos.ts";
import { client, openTestHome } from "../dashboard/home.ts";

const GUARDED: readonly VariableName[] = [
  "STRANGERS",
  "REQUESTS_PER_MINUTE",
  "DASHBOARD_HOST",
  "WEBHOOK_HOST",
  "WEBHOOKS",
  "KAOS_API_KEYS",
  "DAILY_LIMIT_USD",
  "SESSION_LIMIT_USD",
  "EGRESS_ONLY",
  "APPROVAL_ALWAYS",
  "ENABLE_DYNAMIC_TOOLS",
  "REQUIRE_DYNAMIC_TOOL_SANDBOX",
  "ENABLE_MCP_GATEWAY_MANAGEMENT",
  "ENABLE_DYNAMIC_MCP_SERVERS",
  "ENABLE_SERVER_OPS",
  "SWARM_IMPLICIT_REPLIES",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "TELEGRAM_OWNER_IDS",
  "TELEGRAM_ALLOWED_IDS",
  "DISCORD_OWNER_IDS",
  "DISCORD_ALLOWED_IDS",
];

const owner = { label: "owner", from: "you" } as const;
const authority = (
  effects: "none" | "local" | "external",
  risk: "safe" | "risky",
  label: "outside" | "peer" | "stranger" | "owner",
) =>
  authorityOf({
    tool: { name: "act", effects, risk },
    input: { to: "x@y.example" },
    sources: label === "stranger" ? [{ label, from: "s" }] : [owner, { label, from: "s" }],
    said: [],
    seen: [],
  }).kind;

test("the defaults that guard something are these", () => {
  const { env, settings } = readEnv({});
  const authorities = (["none", "local", "external"] as const).flatMap((effects) =>
    (["safe", "risky"] as const).map((risk) => [
      `${effects}, ${risk}`,
      Object.fromEntries(
        (["owner", "peer", "outside", "stranger"] as const).map((label) => [label, authority(effects, risk, label)]),
      ),
    ]),
  );
  expect({
    variables: Object.fromEntries(GUARDED.map((name) => [name, env[name]])),
    gates: gates.map(({ name, variable, default: value, openWhen }) => ({ name, variable, value, openWhen })),
    open: gateStates(gateSettings(settings)).filter(({ open }) => open).length,
    limits: { ...defaultLimits, callsMax: CALLS_MAX },
    minutes: { approval: APPROVAL_MS / 60_000, loginLink: LINK_MS / 60_000, session: SESSION_MS / 60_000 },
    authority: Object.fromEntries(authorities),
  }).toMatchSnapshot();
});

test("so are the headers and the cookie of the control room", async () => {
  const home = await openTestHome();
  onTestFinished(() => home.close());
  const browser = client(home.url);
  await browser.get(`/login?token=${await home.ledger.logins.makeLink()}`);
  const entered = await browser.post("/login", {});
  const session = entered.headers.getSetCookie().find((line) => line.includes("_session=")) ?? "";
  const { headers } = await browser.get("/");
  const guarding = [...headers].filter(([name]) =>
    /^(content-security|x-|referrer|cross-origin|origin-agent|cache-control)/.test(name),
  );
  expect({
    cookie: session.replace(/^[^;]*; /, "").replace(/Expires=[^;]*; /, ""),
    headers: Object.fromEntries(guarding.sort(([a], [b]) => a.localeCompare(b))),
    address: new URL(home.url).hostname,
  }).toMatchSnapshot();
});

test("a ledger and its folder are its owner's alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-10-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "data", "swarm.db");
  (await openLedger({ path, clock: systemClock })).close();
  expect(
    [statSync(join(folder, "data")).mode & 0o777, statSync(path).mode & 0o777].map((mode) => mode.toString(8)),
  ).toEqual(["700", "600"]);
});

test("`kaos doctor` names every gate that is open, what that allows, and how to close it", async () => {
  const open = Object.fromEntries(gates.map(({ variable, openWhen }) => [variable, String(openWhen)]));
  const { stdout } = await kaos(newHome(), ["doctor", "--offline", "--json"], { env: open });
  const { findings } = JSON.parse(stdout) as { findings: { name: string; says: string; next?: string }[] };
  const told = findings.filter(({ name }) => name === "Gates");
  expect(told).toHaveLength(gates.length);
  for (const { name, variable, opens, default: closed } of gates)
    expect(told).toContainEqual(
      expect.objectContaining({ says: `${name} is open: ${opens}`, next: `${variable}=${closed} closes it.` }),
    );
});
