/** Logging in: a code, and the second password where there is one. */
import { Api } from "telegram";
import { noPassword } from "../wire/password.ts";
import { refuse } from "../wire/rpc-error.ts";
import { long } from "../wire/tl.ts";
import { type Account, nowSeconds } from "../world/model.ts";
import { showAccount } from "../world/show-people.ts";
import { method, type OpenCall, openMethod } from "./method.ts";

const codeTimeoutSeconds = 60;
const codeLength = 5;
const digitsOf = (phone: string) => phone.replace(/\D/g, "");

export const sendCode = openMethod(Api.auth.SendCode, (call, { apiId, apiHash, phoneNumber }) => {
  if (apiId !== call.apiId || apiHash !== call.apiHash) refuse(400, "API_ID_INVALID");
  const phone = digitsOf(phoneNumber);
  const account = [...call.world.accounts.values()].find((one) => one.phone === phone);
  if (!account) return refuse(400, "PHONE_NUMBER_INVALID");
  if (account.isBanned) refuse(400, "PHONE_NUMBER_BANNED");
  if (account.dcId !== call.connection.dcId) refuse(303, `PHONE_MIGRATE_${account.dcId}`);
  const type = new Api.auth.SentCodeTypeApp({ length: codeLength });
  return new Api.auth.SentCode({ type, phoneCodeHash: call.logins.sendCode(account), timeout: codeTimeoutSeconds });
});

export const resendCode = openMethod(Api.auth.ResendCode, (_call, { phoneCodeHash }) => {
  const type = new Api.auth.SentCodeTypeSms({ length: codeLength });
  return new Api.auth.SentCode({ type, phoneCodeHash, timeout: codeTimeoutSeconds });
});

export const signIn = openMethod(Api.auth.SignIn, (call, { phoneNumber, phoneCodeHash, phoneCode = "" }) => {
  const found = call.logins.tryCode(phoneCodeHash, digitsOf(phoneNumber), phoneCode);
  if (typeof found === "string") return refuse(400, found);
  return authorizeOrAskPassword(call, found);
});

export const getPassword = openMethod(Api.account.GetPassword, ({ device, account }) => {
  return (device.awaitingPassword ?? account)?.password?.question() ?? noPassword();
});

export const checkPassword = openMethod(Api.auth.CheckPassword, (call, { password }) => {
  const account = call.device.awaitingPassword;
  if (!account?.password || !(password instanceof Api.InputCheckPasswordSRP))
    return refuse(400, "PASSWORD_HASH_INVALID");
  const result = account.password.check(password);
  return result === "right" ? authorize(call, account) : refuse(400, result);
});

export const logOut = method(Api.auth.LogOut, ({ device }) => {
  device.account = null;
  return new Api.auth.LoggedOut({});
});

export const exportLoginToken = openMethod(Api.auth.ExportLoginToken, (call) => {
  const found = call.logins.token(call.device, call.session);
  if ("token" in found) return new Api.auth.LoginToken({ expires: found.expiresAtSeconds, token: found.token });
  const { accepted } = found;
  if (accepted.dcId === call.connection.dcId) {
    return new Api.auth.LoginTokenSuccess({ authorization: authorizeOrAskPassword(call, accepted) });
  }
  const token = call.logins.export(accepted);
  return new Api.auth.LoginTokenMigrateTo({ dcId: accepted.dcId, token });
});

/** How a login that was accepted here ends in the account's own data centre. */
export const importLoginToken = openMethod(Api.auth.ImportLoginToken, (call, { token }) => {
  const account = call.logins.import(token);
  if (!account) return refuse(400, "AUTH_TOKEN_INVALID");
  return new Api.auth.LoginTokenSuccess({ authorization: authorizeOrAskPassword(call, account) });
});

/** What a person's other device does when it has read the QR code. */
export const acceptLoginToken = method(Api.auth.AcceptLoginToken, ({ account, logins }, { token }) => {
  const result = logins.acceptToken(token, account);
  if (result !== "accepted") return refuse(400, result);
  const date = nowSeconds();
  const about = {
    deviceModel: "",
    platform: "",
    systemVersion: "",
    appName: "",
    appVersion: "",
    country: "",
    region: "",
  };
  return new Api.Authorization({
    ...about,
    hash: long(1),
    apiId: 1,
    dateCreated: date,
    dateActive: date,
    ip: "127.0.0.1",
  });
});

export const importAuthorization = openMethod(Api.auth.ImportAuthorization, (call, { bytes }) => {
  return authorize(call, call.logins.import(bytes) ?? refuse(400, "AUTH_BYTES_INVALID"));
});

function authorizeOrAskPassword(call: OpenCall, account: Account): Api.auth.Authorization {
  if (!account.password) return authorize(call, account);
  call.device.awaitingPassword = account;
  return refuse(401, "SESSION_PASSWORD_NEEDED");
}

function authorize({ device }: OpenCall, account: Account): Api.auth.Authorization {
  device.account = account;
  device.awaitingPassword = null;
  return new Api.auth.Authorization({ user: showAccount(account, account) });
}
