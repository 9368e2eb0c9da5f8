/** How the time of a reader grows with the length of what it reads, told so that neither other processes nor a garbage collection decide it. */

/** So many times the text: a linear reader takes about eight times as long, a quadratic one sixty-four times. */
const TIMES = 8;
/** Between the two, far from both. */
const RATIO_MAX = 24;
/** What takes less is never called slow, in µs: a collection of garbage alone may take that. */
const NOISE_US = 50_000;
/** The least of so many is the reader's own time. */
const ATTEMPTS_MAX = 6;

/** Processor time of one reading, in µs. */
async function costUs(read: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await read();
  return process.cpuUsage(before).user;
}

/**
 * Reads a piece repeated over and over, at `characters` and at eight times that.
 * Answers a sentence with both times if the longer text takes out of all proportion longer, nothing if not.
 */
export async function slowOn(
  read: (text: string) => unknown,
  piece: string,
  characters = 6_000,
): Promise<string | undefined> {
  const short = piece.repeat(Math.ceil(characters / piece.length));
  const long = piece.repeat(Math.ceil((characters * TIMES) / piece.length));
  let shortUs = Number.POSITIVE_INFINITY;
  let longUs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    longUs = Math.min(longUs, await costUs(() => read(long)));
    if (longUs < NOISE_US) return undefined;
    shortUs = Math.min(shortUs, await costUs(() => read(short)));
    if (longUs < RATIO_MAX * shortUs) return undefined;
  }
  return `${JSON.stringify(piece)}: ${short.length} characters ${shortUs} µs, ${long.length} characters ${longUs} µs`;
}
