/** Marks of what was read. Nobody is told of them here. */
import { Api } from "telegram";
import { method } from "./method.ts";
import { ownSupergroupOf, roomOf } from "./peers.ts";

export const readChannelHistory = method(Api.channels.ReadHistory, (call, { channel }) => {
  ownSupergroupOf(call, channel);
  return true;
});

export const readHistory = method(Api.messages.ReadHistory, (call, { peer }) => {
  roomOf(call, peer);
  return new Api.messages.AffectedMessages({ pts: call.account.box.pts, ptsCount: 0 });
});

export const readDiscussion = method(Api.messages.ReadDiscussion, (call, { peer }) => {
  roomOf(call, peer);
  return true;
});

export const readMentions = method(Api.messages.ReadMentions, (call, { peer }) => {
  roomOf(call, peer);
  return new Api.messages.AffectedHistory({ pts: call.account.box.pts, ptsCount: 0, offset: 0 });
});

export const readChannelMessageContents = method(Api.channels.ReadMessageContents, (call, { channel }) => {
  ownSupergroupOf(call, channel);
  return true;
});

export const readMessageContents = method(Api.messages.ReadMessageContents, ({ account }) => {
  return new Api.messages.AffectedMessages({ pts: account.box.pts, ptsCount: 0 });
});
