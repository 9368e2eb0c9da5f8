/** A risky call in a private chat, whose turn waits where it is for what a person decides. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createPrivateApprover } from "../../agents/private-approver.ts";
import type { ApprovalRequest } from "../../shared/engine/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { createVirtualClock } from "../../shared/simulation/clock.ts";
import { toolContext } from "../doubles/tool-context.ts";
import { tool } from "../shared/engine/world.ts";

const HOUR_MS = 60 * 60_000;

const request = (of = "x"): ApprovalRequest => ({
  tool: tool("send", { text: "sent" }, { effects: "external", risk: "risky" }),
  call: { id: "c", tool: "send", arguments: JSON.stringify({ of }) },
  because: "send is risky",
  context: toolContext(),
});

/** Questions stand for three hours here. */
async function place() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-private-approver-"));
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9));
  const path = join(folder, "swarm.db");
  const ledger = await openLedger({ path, clock, durability: "off", approvalMs: 3 * HOUR_MS });
  const stopping = new AbortController();
  onTestFinished(() => {
    stopping.abort();
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let looks = 0;
  const approvals = {
    ...ledger.approvals,
    get(id: number) {
      looks++;
      return ledger.approvals.get(id);
    },
  };
  const shown: number[] = [];
  const approver = createPrivateApprover({
    ledger: { approvals, changes: ledger.changes },
    clock,
    show: ({ id }) => void shown.push(id),
    signal: stopping.signal,
  });
  return {
    ask: (of?: string) => approver.ask(request(of)),
    approvals: ledger.approvals,
    shown,
    looks: () => looks,
    stop: (reason: unknown) => stopping.abort(reason),
    async pass(ms: number) {
      let passed = false;
      void clock.sleep(ms).then(() => (passed = true));
      await clock.run(() => passed);
    },
  };
}

test("its question stands as long as the setting says, and is looked at now and then only", async () => {
  const { ask, approvals, pass, looks } = await place();
  const answer = ask();
  await pass(2 * HOUR_MS);
  expect(await approvals.get(1)).toMatchObject({ state: "pending" });
  // Every half minute.
  expect(looks()).toBeLessThan(250);
  await pass(HOUR_MS + 60_000);
  expect(await answer).toEqual({ kind: "denied", because: "no person has allowed it: nobody decided in time" });
});

test("runs with the arguments that were allowed, and with no others", async () => {
  const { ask, approvals, pass } = await place();
  const answer = ask("x");
  await pass(1_000);
  await approvals.decide(1, { granted: true, by: "Anna" });
  await pass(60_000);
  expect(await answer).toEqual({ kind: "granted", by: "Anna" });
  expect(await ask("x"), "asked again by the same call").toEqual({ kind: "granted", by: "Anna" });
  expect(await ask("y")).toMatchObject({ kind: "denied", because: expect.stringContaining("not what would run") });
});

test("a person who stops the turn has said no; a process that ends leaves the question open for its next life", async () => {
  const stopped = await place();
  const no = stopped.ask();
  await stopped.pass(1_000);
  stopped.stop("Anna");
  await stopped.pass(1_000);
  expect(await no).toEqual({ kind: "denied", because: "the turn was stopped" });
  expect(await stopped.approvals.get(1)).toMatchObject({ state: "denied", said: "the turn was stopped" });

  const ended = await place();
  const open = ended.ask();
  await ended.pass(1_000);
  ended.stop(new DOMException("the process ends", "AbortError"));
  await ended.pass(1_000);
  expect(await open).toEqual({ kind: "denied", because: "the turn was stopped" });
  expect(await ended.approvals.get(1)).toMatchObject({ state: "pending" });
});
