/** The figures of a day or a week in a terminal, 80 columns. */
import { cut, oneLine } from "../shared/base/index.ts";
import type { Lengths, SwarmReport } from "../shared/ledger/index.ts";
import { WORDS } from "./tell-story.ts";
import { columnsOf, duration, table, usd, wrap } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";

type Telling = { paint: Paint; width: number; now: number; kaos: string };

const BAR_COLUMNS = 24;
const TEXT_CHARACTERS_MAX = 48;

/** Several lines without a newline at the end. */
export function tellReport(report: SwarmReport, telling: Telling): string {
  const { paint, kaos } = telling;
  const { people, agents } = report.messages;
  const since = dateTime(report.since);
  if (people + agents === 0) return `No messages since ${since}. Write one with \`${kaos} room "…"\`.`;
  const head = `${paint.bold("The swarm")}  ${paint.soft(`since ${since}`)}\n  ${counted(people, "message of people", "messages of people")}, ${counted(agents, "answer", "answers")} of agents`;
  return [
    head,
    replies(report, telling),
    volunteers(report, telling),
    outcomes(report, telling),
    unanswered(report, telling),
    money(report, telling),
    trouble(report, telling),
  ]
    .filter((section) => section !== "")
    .join("\n\n");
}

function replies({ replies: all, latency }: SwarmReport, { paint }: Telling): string {
  if (all.length === 0) return "";
  const tiers = [1, 2, 3] as const;
  const agents = [...new Set(all.map(({ agent }) => agent))];
  const of = (agent: string | undefined, tier: number) =>
    all
      .filter((row) => row.tier === tier && (agent === undefined || row.agent === agent))
      .reduce((sum, { count }) => sum + count, 0);
  const totals = tiers.map((tier) => of(undefined, tier));
  const rows = [
    ["", ...["addressed", "own", "reaction", "all"].map((text) => paint.soft(text))],
    ...agents.map((agent) => {
      const own = tiers.map((tier) => of(agent, tier));
      return [paint.agent(agent), ...own.map(String), String(own.reduce((sum, count) => sum + count, 0))];
    }),
    [paint.soft("all"), ...totals.map(String), String(totals.reduce((sum, count) => sum + count, 0))],
    ...(["p50Ms", "p95Ms"] as const).map((share) => [
      paint.soft(share === "p50Ms" ? "half within" : "95 % within"),
      ...tiers.map((tier) => {
        const lengths = latency.find((row) => row.tier === tier);
        return lengths === undefined ? "–" : duration(lengths[share]);
      }),
      "",
    ]),
  ];
  return section("Replies", paint, indented(table(rows, { right: [1, 2, 3, 4] })));
}

function volunteers({ volunteersPerRoot }: SwarmReport, { paint }: Telling): string {
  if (volunteersPerRoot.length === 0) return "";
  const most = Math.max(...volunteersPerRoot.map(({ roots }) => roots));
  const rows = volunteersPerRoot.map(({ volunteers: count, roots }) => [
    counted(count, "volunteer", "volunteers"),
    String(roots),
    paint.soft("▇".repeat(Math.max(1, Math.round((roots / most) * BAR_COLUMNS)))),
  ]);
  return section("Messages that addressed nobody", paint, indented(table(rows, { right: [0, 1] })));
}

function outcomes({ outcomes: all }: SwarmReport, { paint, width }: Telling): string {
  if (all.length === 0) return "";
  const digits = Math.max(...all.map(({ count }) => String(count).length));
  const lines = all.flatMap(({ outcome, count, reasons }) => [
    `  ${String(count).padStart(digits)}  ${WORDS[outcome]}`,
    ...(outcome === "replied" ? [] : reasons).map((reason) => {
      const first = `  ${" ".repeat(digits)}    ${paint.soft(String(reason.count).padStart(digits))}  `;
      return wrap(reason.because, { width, first, indent: " ".repeat(columnsOf(first)) });
    }),
  ]);
  return section("Outcomes", paint, lines.join("\n"));
}

function unanswered({ unanswered: all }: SwarmReport, { paint, width, kaos }: Telling): string {
  if (all.length === 0) return "";
  const lines = all.flatMap(({ message, text, open, because }) => [
    `  ${paint.bold(`#${message}`)}  ${cut(oneLine(text), TEXT_CHARACTERS_MAX)}${open ? `  ${paint.wait("still open")}` : ""}`,
    ...because.map((reason) => wrap(reason, { width, indent: "        ", first: "      " })),
  ]);
  const hint = paint.soft(`  \`${kaos} why ${all[0]?.message}\` tells all of one.`);
  return section("Unanswered", paint, [...lines, hint].join("\n"));
}

function money({ calls, messages }: SwarmReport, { paint }: Telling): string {
  if (calls.length === 0) return section("Models", paint, "  no call");
  const spentUsd = calls.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const judged = calls.find(({ purpose }) => purpose === "judge")?.count ?? 0;
  const rows = calls.map(({ purpose, count, costUsd }) => [`to ${purpose}`, String(count), usd(costUsd)]);
  const each =
    messages.people === 0
      ? ""
      : `\n  ${(judged / messages.people).toFixed(2)} calls to judge and ${usd(spentUsd / messages.people)} a message of people`;
  return section("Models", paint, `${indented(table(rows, { right: [1, 2] }))}${each}`);
}

/** What went wrong and was repaired, what was stopped, what agents gave each other. */
function trouble({ recoveries, pauses, assignments }: SwarmReport, { paint, now }: Telling): string {
  const lines = [
    recoveries.lost === 0
      ? "  no holder was lost"
      : `  ${counted(recoveries.lost, "holder was", "holders were")} lost${recovered(recoveries.again)}`,
    ...pauses.map(({ scope, name, by, at, resumedAt }) => {
      const lasted = resumedAt === null ? `not resumed for ${duration(now - at)}` : `for ${duration(resumedAt - at)}`;
      return `  ${scope === "swarm" ? "the swarm" : `${scope} ${name}`} was paused by ${by} at ${dateTime(at)}, ${lasted}`;
    }),
    ...assignments.map(({ kind, state, count }) => `  ${counted(count, kind, `${kind}s`)} ${state}`),
  ];
  return section("Recoveries, pauses, work given on", paint, lines.join("\n"));
}

function recovered({ count, p50Ms, p95Ms }: Lengths): string {
  if (count === 0) return "; nobody has taken a slot after that";
  return `; a slot was taken again after ${duration(p50Ms)} (half), ${duration(p95Ms)} (95 %)`;
}

function section(title: string, paint: Paint, body: string): string {
  return `${paint.bold(title)}\n${body}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

const dateFace = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** "2026-01-05 09:00", in the machine's own time zone. */
function dateTime(at: number): string {
  return dateFace.format(at);
}
