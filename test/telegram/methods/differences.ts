/** What an account has missed: of its own box, and of one supergroup (https://core.telegram.org/api/updates). */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { long } from "../wire/tl.ts";
import { type Account, type Event, type Message, nowSeconds, type Room, standingIn } from "../world/model.ts";
import { namedIn, showMessage } from "../world/show-message.ts";
import { showEvent } from "../world/show-update.ts";
import { showDialog } from "./dialogs.ts";
import { method } from "./method.ts";
import { ownSupergroupOf } from "./peers.ts";

export const getDifference = method(Api.updates.GetDifference, (call, { pts, date }) => {
  const { account, differenceEventsMax } = call;
  const { box } = account;
  if (pts < 1 || pts > box.pts) refuse(400, "PERSISTENT_TIMESTAMP_INVALID");
  const missed = box.events.filter((event) => event.pts > pts);
  const events = missed.slice(0, differenceEventsMax);
  const isLast = events.length === missed.length;
  // Supergroups have a difference of their own; here it is only said of which to ask.
  const moved = isLast ? groupsMovedSince(account, date) : [];
  if (events.length === 0 && moved.length === 0) {
    return new Api.updates.DifferenceEmpty({ date: nowSeconds(), seq: 1 });
  }
  const shown = showMissed(events, account, moved);
  const tooLong = moved.map(
    ({ id, box: { pts: now } }) => new Api.UpdateChannelTooLong({ channelId: long(id), pts: now }),
  );
  const common = { ...shown, newEncryptedMessages: [], otherUpdates: [...shown.otherUpdates, ...tooLong] };
  const state = new Api.updates.State({
    pts: events.at(-1)?.pts ?? box.pts,
    qts: 0,
    date: nowSeconds(),
    seq: 1,
    unreadCount: 0,
  });
  if (isLast) return new Api.updates.Difference({ ...common, state });
  return new Api.updates.DifferenceSlice({ ...common, intermediateState: state });
});

const timeout = 30;
const lastMessages = 10;

export const getChannelDifference = method(Api.updates.GetChannelDifference, (call, { channel, pts, limit }) => {
  const { account, differenceEventsMax, channelTooLongAbove } = call;
  const group = ownSupergroupOf(call, channel);
  const { box } = group;
  if (pts < 1) refuse(400, "PERSISTENT_TIMESTAMP_EMPTY");
  if (pts > box.pts) refuse(400, "PERSISTENT_TIMESTAMP_INVALID");
  const missed = box.events.filter((event) => event.pts > pts);
  if (missed.length === 0) return new Api.updates.ChannelDifferenceEmpty({ final: true, pts: box.pts, timeout });
  if (missed.length > channelTooLongAbove) {
    const messages = standingIn(group, account).slice(-lastMessages);
    return new Api.updates.ChannelDifferenceTooLong({
      final: true,
      timeout,
      dialog: showDialog(group, account),
      messages: messages.map((message) => showMessage(message, account)).reverse(),
      ...namedIn(messages, account, { rooms: [group] }),
    });
  }
  const events = missed.slice(0, Math.min(limit, differenceEventsMax));
  return new Api.updates.ChannelDifference({
    final: events.length === missed.length,
    pts: events.at(-1)?.pts ?? box.pts,
    timeout,
    ...showMissed(events, account, [group]),
  });
});

/** Messages that still stand are new ones; all the rest are updates as they would have been pushed. */
function showMissed(events: readonly Event[], account: Account, rooms: Room[]) {
  const fresh: Message[] = [];
  const others: Event[] = [];
  for (const event of events) {
    if (event.change.kind !== "new") others.push(event);
    else if (!event.change.message.isDeleted) fresh.push(event.change.message);
  }
  const edited = others.flatMap(({ change }) => (change.kind === "edited" ? [change.message] : []));
  return {
    newMessages: fresh.map((message) => showMessage(message, account)),
    otherUpdates: others.map((event) => showEvent(event, account)),
    ...namedIn([...fresh, ...edited], account, { rooms }),
  };
}

function groupsMovedSince(account: Account, atSeconds: number) {
  const groups = [...account.rooms].filter((room) => room.kind === "supergroup");
  return groups.filter(({ box }) => (box.events.at(-1)?.atSeconds ?? 0) >= atSeconds);
}
