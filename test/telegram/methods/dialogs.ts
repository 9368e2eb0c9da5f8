/** The list of an account's rooms: where a client learns the access hashes and the pts of its groups. */
import { Api } from "telegram";
import { given } from "../wire/tl.ts";
import { type Account, idFor, type Room, standingIn } from "../world/model.ts";
import { namedIn, showMessage } from "../world/show-message.ts";
import { peerOf } from "../world/show-people.ts";
import { method } from "./method.ts";

const dialogsMax = 100;

export const getDialogs = method(Api.messages.GetDialogs, ({ account }, { offsetDate, limit }) => {
  const rows = [...account.rooms]
    .map((room) => ({ room, top: standingIn(room, account).at(-1) }))
    .sort((one, other) => (other.top?.number ?? 0) - (one.top?.number ?? 0));
  const rest = offsetDate === 0 ? rows : rows.filter(({ top }) => (top?.atSeconds ?? 0) < offsetDate);
  const page = rest.slice(0, Math.min(limit || dialogsMax, dialogsMax));
  const tops = page.flatMap(({ top }) => (top ? [top] : []));
  const shown = {
    dialogs: page.map(({ room }) => showDialog(room, account)),
    messages: tops.map((top) => showMessage(top, account)),
    ...namedIn(tops, account, { rooms: page.map(({ room }) => room) }),
  };
  if (page.length === rest.length) return new Api.messages.Dialogs(shown);
  return new Api.messages.DialogsSlice({ count: rows.length, ...shown });
});

export function showDialog(room: Room, viewer: Account): Api.Dialog {
  const top = standingIn(room, viewer).at(-1);
  const fields = {
    peer: peerOf(room, viewer),
    topMessage: top ? idFor(top, viewer) : 0,
    readInboxMaxId: 0,
    readOutboxMaxId: 0,
    unreadCount: 0,
    unreadMentionsCount: 0,
    unreadReactionsCount: 0,
    notifySettings: new Api.PeerNotifySettings({}),
    pts: room.kind === "supergroup" ? room.box.pts : undefined,
  };
  return new Api.Dialog(given(fields));
}
