/** Carries what happens in the world to every session that is to hear of it, with the faults that were ordered. */
import { Api } from "telegram";
import type { Faults } from "./faults.ts";
import type { Wire } from "./wire/server.ts";
import { long } from "./wire/tl.ts";
import { type Account, boxFor, type Room } from "./world/model.ts";
import { type Manner, pushFor } from "./world/show-update.ts";
import type { Happening, Origin } from "./world/write.ts";

type Deps = { wire: Wire; faults: Faults; manner: Manner };

export function createPushes({ wire, faults, manner }: Deps): (happening: Happening, origin: Origin) => void {
  const held = new Map<Account, () => void>();

  function pushTo(account: Account, happening: Happening, origin: Origin): void {
    const room = happening.kind === "reacted" ? happening.message.room : happening.room;
    const event = happening.kind === "recorded" ? (happening.events.get(boxFor(room, account)) ?? null) : null;
    const updates = pushFor(happening, account, event, manner);
    if (!updates) return;
    const send = (what: Api.TypeUpdates) => sendTo(account, what, origin);
    const fault = event ? faults.takePush(account) : undefined;
    if (fault === "lose") return;
    if (fault === "garbled") {
      sendTo(account, garbled(updates), origin);
      return;
    }
    if (fault === "swap") {
      held.set(account, () => send(updates));
      return;
    }
    send(fault === "too long" ? tooLong(room, event?.pts ?? 0) : updates);
    if (fault === "twice") send(updates);
    const late = held.get(account);
    if (!late || !event) return;
    held.delete(account);
    late();
  }

  function sendTo(account: Account, updates: Api.TypeUpdates | Buffer, origin: Origin): void {
    for (const session of wire.listeningSessions(account)) {
      if (session !== origin)
        session.send(Buffer.isBuffer(updates) ? updates : updates.getBytes(), { kind: "notice", hasContent: true });
    }
  }

  return (happening, origin) => {
    for (const account of concernedBy(happening)) pushTo(account, happening, origin);
  };
}

function concernedBy(happening: Happening): Iterable<Account> {
  if (happening.kind === "moved") return [happening.who];
  return (happening.kind === "reacted" ? happening.message.room : happening.room).members;
}

/** It begins with what no object begins with. (Deeper inside, the library would not read this kind any more until its process ends.) */
function garbled(updates: Api.TypeUpdates): Buffer {
  return Buffer.from(updates.getBytes()).fill(0xee, 0, 4);
}

function tooLong(room: Room, pts: number): Api.TypeUpdates {
  if (room.kind !== "supergroup") return new Api.UpdatesTooLong();
  const update = new Api.UpdateChannelTooLong({ channelId: long(room.id), pts });
  return new Api.UpdateShort({ update, date: Math.floor(Date.now() / 1000) });
}
