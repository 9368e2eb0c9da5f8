import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ledger, LINK_MS, SESSION_MS } from "../../../shared/ledger/index.ts";
import { openTestLedger, type StandingClock, standingClock } from "../../doubles/ledger.ts";

describe("one-time links and sessions", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let path: string;
  let close: () => void;

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, path, close } = await openTestLedger(clock));
  });
  afterEach(() => close());

  const logIn = async () => (await ledger.logins.useLink(await ledger.logins.makeLink())) ?? "";

  test("a link opens one session, once", async () => {
    const link = await ledger.logins.makeLink();
    const session = (await ledger.logins.useLink(link)) ?? "";
    expect((await ledger.logins.session(session))?.csrf).toMatch(/^[\w-]{43}$/);
    expect(await ledger.logins.useLink(link)).toBeUndefined();
  });

  test("a link is no session, a session is no link, and neither is a guess", async () => {
    const link = await ledger.logins.makeLink();
    expect(await ledger.logins.session(link)).toBeUndefined();
    expect(await ledger.logins.useLink(await logIn())).toBeUndefined();
    expect(await ledger.logins.useLink("a guess")).toBeUndefined();
  });

  test("both expire, and are then deleted", async () => {
    const link = await ledger.logins.makeLink();
    const session = await logIn();
    clock.tick(LINK_MS);
    expect(await ledger.logins.useLink(link)).toBeUndefined();
    expect(await ledger.logins.session(session)).toBeDefined();
    clock.tick(SESSION_MS - LINK_MS);
    expect(await ledger.logins.session(session)).toBeUndefined();
    expect(await ledger.logins.prune()).toBe(3);
  });

  test("who logs out is out", async () => {
    const session = await logIn();
    await ledger.logins.endSession(session);
    expect(await ledger.logins.session(session)).toBeUndefined();
  });

  test("neither secret stands in the file", async () => {
    const link = await ledger.logins.makeLink();
    const session = await logIn();
    await ledger.checkpoint();
    const stored = [path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join("");
    expect(stored).toContain("CREATE TABLE logins");
    for (const secret of [link, session]) expect(stored).not.toContain(secret);
  });
});
