/** Cuts what a server writes into lines, in bounded memory. */

const NEWLINE = 0x0a;

export type Frame = { kind: "line"; text: string } | { kind: "too large" };

/** Takes the pieces as they come. After a line that is too large nothing more is understood: it cannot be told where it ends. */
export function createFrames(bytesMax: number): (piece: Buffer) => Frame[] {
  let parts: Buffer[] = [];
  let bytes = 0;
  let lost = false;
  return (piece) => {
    const frames: Frame[] = [];
    let from = 0;
    while (!lost) {
      const end = piece.indexOf(NEWLINE, from);
      const part = piece.subarray(from, end === -1 ? undefined : end);
      parts.push(part);
      bytes += part.length;
      if (bytes > bytesMax) {
        lost = true;
        parts = [];
        frames.push({ kind: "too large" });
      } else if (end === -1) {
        break;
      } else {
        frames.push({ kind: "line", text: Buffer.concat(parts).toString("utf8") });
        parts = [];
        bytes = 0;
        from = end + 1;
      }
    }
    return frames;
  };
}
