/** Trouble with lines, keys and the server itself, at the moment it is called. */
import { freshSalt } from "./wire/devices.ts";
import type { Wire } from "./wire/server.ts";
import type { Account } from "./world/model.ts";

export type Trouble = {
  /** Cuts the lines of an account, or all; returns how many. */
  cut(account?: Account): number;
  /** Cuts all lines and lets nobody in until `up`. */
  down(): void;
  up(): void;
  isDown(): boolean;
  /** The server forgets its sessions and keeps keys and world: clients come back as new sessions, with a new salt. */
  restart(): void;
  /** The lines of an account stay open and nothing passes any more; new lines work. */
  silence(account: Account): void;
  /** Logs all devices of an account out: their calls are refused with AUTH_KEY_UNREGISTERED. */
  revoke(account: Account): void;
  /** Forgets the keys of an account: the line says -404. */
  forgetKeys(account: Account): void;
  /** Telegram closes the account for good: USER_DEACTIVATED_BAN. */
  ban(account: Account): void;
  /** The next packet of every client is refused with bad_server_salt. */
  changeSalts(): void;
};

export function createTrouble(wire: Wire): Trouble {
  let isDown = false;

  function cut(account?: Account): number {
    const lines = wire.connectionsOf(account);
    for (const line of lines) line.cut();
    return lines.length;
  }

  function changeSalts(): void {
    for (const device of wire.devices.all()) device.salt = freshSalt();
  }

  return {
    cut,
    changeSalts,
    down() {
      isDown = true;
      cut();
    },
    up() {
      isDown = false;
    },
    isDown: () => isDown,
    restart() {
      cut();
      for (const device of wire.devices.all()) device.sessions.clear();
      changeSalts();
    },
    silence(account) {
      for (const line of wire.connectionsOf(account)) line.silence();
    },
    revoke(account) {
      for (const device of wire.devices.of(account)) device.account = null;
    },
    forgetKeys(account) {
      for (const device of wire.devices.of(account)) wire.devices.forget(device);
    },
    ban(account) {
      account.isBanned = true;
    },
  };
}
