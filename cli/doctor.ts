/** `kaos doctor`: what stops KAOS here, what limits it, what one may add; each with its one next step. */
import type { Define } from "./command.ts";
import type { Context } from "./context.ts";
import type { Check, Finding } from "./doctor/check.ts";
import { examineFiles } from "./doctor/files.ts";
import { backups, ledger, port, swarm, writable } from "./doctor/home.ts";
import { built, clock, disk, node } from "./doctor/machine.ts";
import { gates, models, personas, providers, secrets } from "./doctor/swarm.ts";
import { telegram } from "./doctor/telegram.ts";
import { EXIT } from "./failures.ts";
import { columnsOf, widthOf, wrap } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";

/** In the order in which a person would mend them. */
const checks: readonly Check[] = [
  node,
  built,
  writable,
  disk,
  clock,
  ledger,
  personas,
  models,
  providers,
  gates,
  secrets,
  telegram,
  port,
  swarm,
  backups,
];

type Named = Finding & { name: string };

export const doctor: Define = (command, context) => {
  command
    .option("--offline", "ask nobody over the network")
    .option("--fix", "mend what can be mended: on a copy first, and what was damaged is kept")
    .option("--json", "print what was found as JSON")
    .action(async ({ offline, fix, json }: { offline?: boolean; fix?: boolean; json?: boolean }) => {
      const here = context();
      const { findings: files, damages, mended } = await examineFiles(here, { fix: fix === true });
      const found: Named[] = files.map((finding) => ({ name: "Files", ...finding }));
      for (const check of checks.filter(({ online }) => !(offline && online))) {
        for (const finding of [await check.look(here)].flat()) found.push({ name: check.name, ...finding });
      }
      const blocked = found.some(({ state }) => state === "blocker");
      if (json)
        here.print(
          JSON.stringify({ ok: !blocked, home: here.home.folder, findings: found, damages, mended }, undefined, 2),
        );
      else here.print(told(found, here));
      process.exitCode = blocked ? EXIT.failed : EXIT.fine;
    });
};

function told(found: readonly Named[], { paint }: Context): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  const lines = found.map((finding) => {
    const first = `${mark(finding, paint)} ${paint.bold(finding.name.padEnd(width))}  `;
    const layout = { width: widthOf(process.stdout), indent: " ".repeat(columnsOf(first)) };
    const says = wrap(finding.says, { ...layout, first });
    return finding.state === "ok"
      ? says
      : `${says}\n${wrap(`→ ${finding.next}`, { ...layout, indent: `${layout.indent}  `, first: layout.indent })}`;
  });
  return [...lines, "", summary(found, paint)].join("\n");
}

function mark({ state }: Finding, paint: Paint): string {
  switch (state) {
    case "ok":
      return paint.good("✓");
    case "blocker":
      return paint.bad("✗");
    case "limit":
      return paint.wait("!");
    case "optional":
      return paint.soft("·");
  }
}

function summary(found: readonly Finding[], paint: Paint): string {
  const count = (state: Finding["state"]) => found.filter((finding) => finding.state === state).length;
  const blockers = count("blocker");
  if (blockers > 0)
    return paint.bad(
      `${blockers} ${blockers === 1 ? "thing stops" : "things stop"} KAOS here. Begin with the first ✗.`,
    );
  const limits = count("limit");
  return `${paint.good("KAOS can run here.")}${limits === 0 ? "" : ` ${limits} ${limits === 1 ? "thing limits" : "things limit"} it (!).`}`;
}
