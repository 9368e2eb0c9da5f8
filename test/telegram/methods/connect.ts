/** What a client asks first, and what it reports of itself. */
import { Api } from "telegram";
import { long } from "../wire/tl.ts";
import { nowSeconds } from "../world/model.ts";
import { method, openMethod } from "./method.ts";

export const getConfig = openMethod(Api.help.GetConfig, ({ connection, dcIds, addressOf }) => {
  const dcOptions = dcIds.map((id) => new Api.DcOption({ id, ipAddress: addressOf(id), port: 443, static: true }));
  const date = nowSeconds();
  return new Api.Config({
    date,
    expires: date + 3600,
    testMode: false,
    thisDc: connection.dcId,
    dcOptions,
    dcTxtDomainName: "none.invalid",
    chatSizeMax: 200,
    megagroupSizeMax: 200_000,
    forwardedCountMax: 100,
    onlineUpdatePeriodMs: 210_000,
    offlineBlurTimeoutMs: 5000,
    offlineIdleTimeoutMs: 30_000,
    onlineCloudTimeoutMs: 300_000,
    notifyCloudDelayMs: 30_000,
    notifyDefaultDelayMs: 1500,
    pushChatPeriodMs: 60_000,
    pushChatLimit: 2,
    editTimeLimit: 172_800,
    revokeTimeLimit: 2 ** 31 - 1,
    revokePmTimeLimit: 2 ** 31 - 1,
    ratingEDecay: 2_419_200,
    stickersRecentLimit: 200,
    channelsReadMediaPeriod: 604_800,
    callReceiveTimeoutMs: 20_000,
    callRingTimeoutMs: 90_000,
    callConnectTimeoutMs: 30_000,
    callPacketTimeoutMs: 10_000,
    meUrlPrefix: "https://t.me/",
    captionLengthMax: 1024,
    messageLengthMax: 4096,
    webfileDcId: 4,
  });
});

export const getNearestDc = openMethod(Api.help.GetNearestDc, ({ connection: { dcId } }) => {
  return new Api.NearestDc({ country: "XX", thisDc: dcId, nearestDc: dcId });
});

export const updateStatus = method(Api.account.UpdateStatus, () => true);

export const getState = method(Api.updates.GetState, ({ account }) => {
  return new Api.updates.State({ pts: account.box.pts, qts: 0, date: nowSeconds(), seq: 1, unreadCount: 0 });
});

/** The proof by which a client that is logged in here logs in at another data centre. */
export const exportAuthorization = method(Api.auth.ExportAuthorization, ({ account, logins }) => {
  return new Api.auth.ExportedAuthorization({ id: long(account.id), bytes: logins.export(account) });
});
