/** The life of an account, where its end does not wait for the service. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLog, systemClock } from "../../../../shared/base/index.ts";
import { type AccountDeps, liveOn } from "../../../../shared/transport/telegram/account.ts";
import type { TelegramPort } from "../../../../shared/transport/telegram/port.ts";

test("an account that is told to stop while Telegram does not answer ends at once, and closes its port", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-account-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  const paths = { session: at("s"), account: at("a"), position: at("p"), standing: at("t") };
  writeFileSync(paths.session, "a session");
  const asked = Promise.withResolvers<void>();
  let closed = 0;
  const port: Partial<TelegramPort> = {
    connect() {
      asked.resolve();
      return new Promise(() => {});
    },
    async close() {
      closed++;
    },
  };
  const stop = new AbortController();
  const deps: Partial<AccountDeps> = {
    ...{ agent: "nexus", members: [], group: "-1001", pace: 0, clock: systemClock, log: silentLog },
    paths,
    open: async () => port as TelegramPort,
    onStanding: () => {},
  };
  const life = liveOn(deps as AccountDeps, stop.signal);
  await asked.promise;
  stop.abort();
  await life;
  expect(closed).toBe(1);
});
