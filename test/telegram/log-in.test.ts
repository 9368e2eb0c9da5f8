/** Logging accounts in, with the real library: handshake, code, two-step verification, QR, another data centre. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import {
  type Asking,
  type LoginPort,
  loginByPhone,
  loginByQr,
  openLogin,
  openPort,
} from "../../shared/transport/index.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account } from "./world/model.ts";

describe("logging in to Telegram", () => {
  let telegram: Telegram;
  let port: LoginPort;
  const access = () => ({ apiId: telegram.apiId, apiHash: telegram.apiHash, proxy: telegram.proxy.url });

  beforeEach(async () => {
    telegram = await startTelegram();
    telegram.teachKey();
    port = await openLogin("nexus", access());
  });
  afterEach(async () => {
    await port.close();
    await telegram.close();
  });

  /** Somebody who answers what is asked; each list is used up from its beginning. */
  function person(account: Account, answers: { codes?: (string | undefined)[]; passwords?: string[] } = {}) {
    const wrongs: string[] = [];
    const asking: Asking = {
      phone: async () => `+${account.phone}`,
      code: async () => (answers.codes?.length ? answers.codes.shift() : telegram.codeFor(account)),
      password: async () => answers.passwords?.shift(),
      wrong: (because) => void wrongs.push(because),
      showQr: async (url) => telegram.scan(url, account),
    };
    return { asking, wrongs };
  }

  /** The session works: whoever connects with it is this account. */
  async function isLoggedInAs(account: Account): Promise<void> {
    const used = await openPort("nexus", access(), port.session());
    const self = await used.connect({ update: () => {}, link: () => {} });
    await used.close();
    expect(self.id).toBe(String(account.id));
  }

  test("by phone and code, a wrong code first, also when the account lives in another data centre", async () => {
    const nexus = telegram.account("Nexus", { username: "nexus_kaos" });
    const { asking, wrongs } = person(nexus, { codes: ["00000"] });
    expect(await loginByPhone(port, asking)).toMatchObject({ id: String(nexus.id), username: "nexus_kaos" });
    expect(wrongs).toEqual(["That is not the code."]);
    await isLoggedInAs(nexus);
  });

  test("with the password of two-step verification, wrong, then right", async () => {
    const nexus = telegram.account("Nexus", { password: "correct horse", hint: "a horse" });
    const { asking, wrongs } = person(nexus, { passwords: ["battery staple", "correct horse"] });
    expect(await loginByPhone(port, asking)).toMatchObject({ id: String(nexus.id) });
    expect(wrongs).toEqual(["That is not the password."]);
    await isLoggedInAs(nexus);
  });

  test("by a QR code that a phone scans, with the password after it", async () => {
    const nexus = telegram.account("Nexus", { password: "correct horse" });
    const { asking } = person(nexus, { passwords: ["correct horse"] });
    expect(await loginByQr(port, asking, systemClock)).toMatchObject({ id: String(nexus.id) });
    await isLoggedInAs(nexus);
  });

  test("three wrong passwords, or a code that Telegram takes no more, end it with a sentence", async () => {
    const nexus = telegram.account("Nexus", { password: "correct horse" });
    const { asking } = person(nexus, { passwords: ["a", "b", "c", "correct horse"] });
    await expect(loginByPhone(port, asking)).rejects.toThrow("It was wrong 3 times; look it up, and start again.");
    const other = person(telegram.account("Kronos"), { codes: ["1", "2", "3", "4"] });
    await expect(loginByPhone(port, other.asking)).rejects.toThrow(/The code has expired|wrong 3 times/);
  });

  test("whoever answers nothing has changed nothing", async () => {
    const { asking } = person(telegram.account("Nexus"), { codes: [undefined] });
    await expect(loginByPhone(port, asking)).rejects.toThrow("Nothing was changed: the login was given up.");
  });

  test("a number without an account, and what Telegram asks for, are sentences", async () => {
    const { asking } = person({ ...telegram.account("Nexus"), phone: "19990000000" });
    await expect(loginByPhone(port, asking)).rejects.toThrow(/That is no phone number|no Telegram account/);
    telegram.faults.call({ method: "auth.SendCode", error: "FLOOD_WAIT_3600" });
    await expect(loginByPhone(port, asking)).rejects.toThrow("Telegram asks to wait 60 min before the next login.");
  });
});
