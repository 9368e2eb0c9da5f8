/** The real client library shakes hands and logs in: by code, by second password, by QR code, and at another data centre. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Api } from "telegram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectClient, markedId, openClient } from "./real-client.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account } from "./world/model.ts";

let telegram: Telegram;
let nexus: Account;
let lacuna: Account;

beforeEach(async () => {
  telegram = await startTelegram();
  telegram.teachKey();
  nexus = telegram.account("Nexus", { phone: "15550001", dcId: 4 });
  lacuna = telegram.account("Lacuna", { phone: "15550002", password: "correct horse", hint: "a comic" });
});
afterEach(() => telegram.close());

const nobodyAsks = async () => expect.fail("no password is asked for");
const fail = (error: Error) => {
  throw error;
};

describe("logging in", () => {
  test("takes the code that came to the account's other devices, and can be resumed", async () => {
    const client = await connectClient(telegram);
    const phoneCode = () => telegram.codeFor(nexus);
    await client.api.start({ phoneNumber: "+15550001", phoneCode, password: nobodyAsks, onError: fail });
    expect(Number((await client.api.getMe()).id)).toBe(nexus.id);
    const again = await connectClient(telegram, String(client.api.session.save()));
    expect((await again.api.getMe()).firstName).toBe("Nexus");
  });

  test("moves to the account's data centre, survives a wrong code, and asks for the second password", async () => {
    const client = await connectClient(telegram);
    const errors: string[] = [];
    const codes = [async () => "00000", () => telegram.codeFor(lacuna)];
    const passwords = ["wrong", "correct horse"];
    await client.api.start({
      phoneNumber: "+15550002",
      phoneCode: async () => (await codes.shift()?.()) ?? "",
      password: async (hint) => {
        expect(hint).toBe("a comic");
        return passwords.shift() ?? "";
      },
      onError: (error) => void errors.push("errorMessage" in error ? String(error.errorMessage) : error.message),
    });
    expect((await client.api.getMe()).firstName).toBe("Lacuna");
    expect(client.api.session.dcId).toBe(2);
    expect(errors).toEqual(["PHONE_CODE_INVALID", "PASSWORD_HASH_INVALID"]);
  });

  test("ends where the phone is unknown, the account banned or the application another", async () => {
    const client = await connectClient(telegram);
    const settings = new Api.CodeSettings({});
    const { apiId, apiHash } = telegram;
    const ask = (phoneNumber: string, hash = apiHash) =>
      client.api.invoke(new Api.auth.SendCode({ phoneNumber, apiId, apiHash: hash, settings }));
    await expect(ask("+19990000")).rejects.toThrow("PHONE_NUMBER_INVALID");
    await expect(ask("+15550001", "another")).rejects.toThrow("API_ID_INVALID");
    telegram.ban(nexus);
    await expect(ask("+15550001")).rejects.toThrow("PHONE_NUMBER_BANNED");
  });

  test.each([
    ["of an account that lives here", () => nexus],
    ["of an account in another data centre with a second password", () => lacuna],
  ])("works by the QR code %s", async (_where, whose) => {
    const client = await connectClient(telegram);
    const account = whose();
    const { apiId, apiHash } = telegram;
    const user = await client.api.signInUserWithQrCode(
      { apiId, apiHash },
      {
        qrCode: async ({ token }) => telegram.scan(`tg://login?token=${token.toString("base64url")}`, account),
        password: async () => "correct horse",
        onError: fail,
      },
    );
    expect(Number(user.id)).toBe(account.id);
  });

  test("from another process needs nothing but its environment", async () => {
    const script = `
      import { TelegramClient } from "telegram";
      import { StringSession } from "telegram/sessions/index.js";
      const { TELEGRAM_PROXY, TELEGRAM_API_ID, TELEGRAM_API_HASH } = process.env;
      const { hostname: ip, port } = new URL(TELEGRAM_PROXY);
      const proxy = { ip, port: Number(port), socksType: 5 };
      const client = new TelegramClient(new StringSession(""), Number(TELEGRAM_API_ID), TELEGRAM_API_HASH, { proxy });
      client.setLogLevel("none");
      await client.connect();
      const { phoneCodeHash } = await client.sendCode(
        { apiId: Number(TELEGRAM_API_ID), apiHash: TELEGRAM_API_HASH }, "+15550001");
      console.log(phoneCodeHash.length > 0 ? "asked" : "refused");
      process.exit(0);`;
    const env = { ...process.env, ...telegram.environment() };
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
    expect(stdout).toContain("asked");
    expect(await telegram.codeFor(nexus)).toMatch(/^\d{5}$/);
  });
});

test("a file in another data centre is fetched from there, with a handshake of its own", async () => {
  const anna = telegram.person("Anna");
  const group = telegram.supergroup("The team", [anna.account, nexus]);
  const client = await openClient(telegram, nexus);
  const bytes = Buffer.alloc(300_000, "voice");
  anna.sendVoice(group, bytes);
  const [message] = await client.api.getMessages(markedId(group), { limit: 1 });
  expect(await client.api.downloadMedia(message ?? expect.fail(), {})).toEqual(bytes);
});
