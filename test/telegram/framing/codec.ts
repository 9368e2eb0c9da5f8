/** What every framing does. */

/** One way of framing. */
export type Codec = {
  /** The first packet of `bytes` and how many bytes it took, or null while it is incomplete. Throws when it cannot be one. */
  read(bytes: Buffer): { packet: Buffer; length: number } | null;
  write(packet: Buffer): Buffer;
};
