/** Files on their way up, in parts, until a message is sent with them. */
import type { Account } from "../world/model.ts";

export type Uploads = {
  save(account: Account, fileId: string, part: number, bytes: Buffer): void;
  /** The whole file, or null when it never came or lacks a part. */
  take(account: Account, file: { id?: unknown; parts?: number }): Buffer | null;
};

export function createUploads(): Uploads {
  const files = new Map<string, Map<number, Buffer>>();
  const nameOf = (account: Account, fileId: string) => `${account.id}/${fileId}`;
  return {
    save(account, fileId, part, bytes) {
      const name = nameOf(account, fileId);
      const parts = files.get(name) ?? new Map<number, Buffer>();
      files.set(name, parts.set(part, Buffer.from(bytes)));
    },
    take(account, { id, parts: count = 0 }) {
      const name = nameOf(account, String(id));
      const parts = files.get(name);
      if (parts?.size !== count) return null;
      files.delete(name);
      return Buffer.concat([...parts].sort(([one], [other]) => one - other).map(([, bytes]) => bytes));
    },
  };
}
