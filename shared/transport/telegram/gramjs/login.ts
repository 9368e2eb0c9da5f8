/** Logging in with gramjs, step by step; what is asked of the person is the command's part. */
import type { Api } from "telegram";
import { TelegramRefusal } from "../failures.ts";
import type { LoginPort } from "../port.ts";
import { CONNECT_MAX_MS, createClient, type GramjsOptions, type Loaded } from "./client.ts";
import { profileOf } from "./read.ts";

/** A port for logging in: with no listener, since the library hangs when it has two and the account lives in another data centre. */
export async function openGramjsLogin(options: GramjsOptions): Promise<LoginPort> {
  const { api, client, lib, ask, connect, close } = await createClient(options);
  const credentials = { apiId: options.apiId, apiHash: options.apiHash };
  const call = <Request extends Api.AnyRequest>(request: Request): Promise<Request["__response"]> =>
    ask(client.invoke(request), CONNECT_MAX_MS);
  await connect();

  /** Where a password is asked for, the service answers with this refusal. */
  async function inOrPassword<Result>(work: () => Promise<Result>): Promise<Result | "password"> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TelegramRefusal && error.code === "SESSION_PASSWORD_NEEDED") return "password";
      throw error;
    }
  }

  return {
    async sendCode(phone) {
      const settings = new api.CodeSettings({});
      const sent = await call(new api.auth.SendCode({ phoneNumber: phone, settings, ...credentials }));
      if (sent.className !== "auth.SentCode") throw new TelegramRefusal("AUTH_RESTART");
      return { hash: sent.phoneCodeHash, via: sent.type.className.replace("auth.SentCodeType", "").toLowerCase() };
    },
    signIn: (phone, hash, code) =>
      inOrPassword(async () => {
        const signed = await call(new api.auth.SignIn({ phoneNumber: phone, phoneCodeHash: hash, phoneCode: code }));
        if (signed.className === "auth.AuthorizationSignUpRequired") throw new TelegramRefusal("SIGN_UP_REQUIRED");
        return "in" as const;
      }),
    passwordHint: async () => (await call(new api.account.GetPassword())).hint ?? "",
    async checkPassword(password) {
      const asked = await call(new api.account.GetPassword());
      await call(new api.auth.CheckPassword({ password: await lib.computeCheck(asked, password) }));
    },
    qr: () =>
      inOrPassword(async () => {
        let token = await call(new api.auth.ExportLoginToken({ exceptIds: [], ...credentials }));
        if (token.className === "auth.LoginTokenMigrateTo") {
          await ask(client._switchDC(token.dcId), CONNECT_MAX_MS);
          token = await call(new api.auth.ImportLoginToken({ token: token.token }));
        }
        if (token.className !== "auth.LoginToken") return "in" as const;
        return { url: `tg://login?token=${token.token.toString("base64url")}`, expiresAt: token.expires * 1_000 };
      }),
    scanned: (atMostMs) =>
      new Promise((resolve) => {
        const raw = new lib.Raw({ types: [api.UpdateLoginToken] });
        const done = () => {
          clearTimeout(timer);
          client.removeEventHandler(done, raw);
          resolve();
        };
        const timer = setTimeout(done, atMostMs);
        client.addEventHandler(done, raw);
      }),
    async self() {
      const [me] = await call(new api.users.GetUsers({ id: [new api.InputUserSelf()] }));
      const profile = me === undefined ? undefined : profileOf(me);
      if (profile === undefined) throw new TelegramRefusal("AUTH_KEY_UNREGISTERED");
      return profile;
    },
    session: () => (client.session as InstanceType<Loaded["StringSession"]>).save(),
    close,
  };
}
