/** The devices the server knows: each is an authorisation key and, once logged in, an account. */
import { randomBytes } from "node:crypto";
import type { Account } from "../world/model.ts";
import { authKeyIdOf } from "./crypto.ts";
import type { Device } from "./peers.ts";

export type Devices = {
  add(key: Buffer, dcId: number, account?: Account): Device;
  /** By the eight bytes at the start of a packet. */
  find(keyId: Buffer): Device | undefined;
  of(account: Account): Device[];
  all(): Device[];
  forget(device: Device): void;
};

export function createDevices(): Devices {
  const devices = new Map<string, Device>();
  const nameOf = (key: Buffer) => authKeyIdOf(key).toString("hex");
  return {
    add(key, dcId, account) {
      const device: Device = {
        key,
        dcId,
        salt: freshSalt(),
        layer: null,
        model: "unknown",
        account: account ?? null,
        awaitingPassword: null,
        sessions: new Map(),
      };
      devices.set(nameOf(key), device);
      return device;
    },
    find: (keyId) => devices.get(keyId.toString("hex")),
    of: (account) => [...devices.values()].filter((device) => device.account === account),
    all: () => [...devices.values()],
    forget: (device) => void devices.delete(nameOf(device.key)),
  };
}

export function freshSalt(): bigint {
  return randomBytes(8).readBigInt64LE();
}
