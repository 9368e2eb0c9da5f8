/** The WebAssembly that counts signs, written down instruction by instruction: what runs is what can be read here. */

/** Instructions, as their bytes. */
type Code = readonly number[];

/** Names and codes as in the specification of WebAssembly, chapter "Binary Format"; loads and stores with their alignment, and no offset. */
const op = {
  add: [0x6a],
  sub: [0x6b],
  shl: [0x74],
  shrU: [0x76],
  ltU: [0x49],
  leU: [0x4d],
  xor64: [0x85],
  popcnt64: [0x7b],
  add64: [0x7c],
  wrap64: [0xa7],
  load32: [0x28, 2, 0],
  load16: [0x2f, 1, 0],
  store32: [0x36, 2, 0],
  store16: [0x3b, 1, 0],
} as const satisfies Record<string, Code>;
const I32 = 0x7f;

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const i32 = (value: number): Code => [0x41, ...constant(value)];
/** From so many bytes behind an address. */
const load64 = (offset: number): Code => [0x29, 3, ...length(offset)];
const add32 = (local: number, value: number): Code => [...get(local), ...i32(value), ...op.add];
/** Runs `body` again and again while it ends with something else than 0. */
const loopWhile = (...body: Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0d, 0, 0x0b];

/** For each of `count` vectors: in how many signs it differs from the one asked, 64 signs at a time, and how many differ in as many. */
function compare(words: number): Code {
  const [asked, signs, count, distances, rings, end, at] = [0, 1, 2, 3, 4, 5, 6];
  const differing = Array.from({ length: words }, (_, word): Code[] => [
    // popcnt(asked[word] ^ signs[word]), added to those before
    ...[get(asked), load64(8 * word), get(signs), load64(8 * word), op.xor64, op.popcnt64],
    ...(word > 0 ? [op.add64] : []),
  ]);
  return code(
    locals(2, I32),
    // end = distances + 2 × count
    [get(distances), get(count), i32(1), op.shl, op.add, set(end)],
    loopWhile(
      // *distances = at = how many differ
      ...[get(distances), ...differing.flat(), op.wrap64, tee(at), op.store16],
      // rings[at] += 1
      ...[get(rings), get(at), i32(2), op.shl, op.add, tee(at)],
      ...[get(at), op.load32, i32(1), op.add, op.store32],
      // signs += 8 × words; distances += 2; while distances < end
      ...[add32(signs, 8 * words), set(signs)],
      ...[add32(distances, 2), tee(distances), get(end), op.ltU],
    ),
  );
}

/** Writes the places of those that differ in at most `farthest` signs, one behind the other; answers how many they are. */
function within(): Code {
  const [distances, count, farthest, found, place, next] = [0, 1, 2, 3, 4, 5];
  return code(
    locals(2, I32),
    [get(found), set(next)],
    loopWhile(
      // *next = place; next += 4 if *distances ≤ farthest
      ...[get(next), get(place), op.store32],
      ...[get(next), get(distances), op.load16, get(farthest), op.leU, i32(2), op.shl, op.add, set(next)],
      // distances += 2; place += 1; while place < count
      ...[add32(distances, 2), set(distances), add32(place, 1), tee(place), get(count), op.ltU],
    ),
    // (next − found) / 4
    [get(next), get(found), op.sub, i32(2), op.shrU],
  );
}

function locals(count: number, type: number): Code {
  return [count, type];
}

/** The body of a function behind its length and its local variables; `groups` holds them as count and type. */
function code(groups: Code, ...body: (Code | Code[])[]): Code {
  const bytes = [groups.length / 2, ...groups, ...body.flat(2), 0x0b];
  return [...length(bytes.length), ...bytes];
}

/** A number as WebAssembly writes it: seven bits a byte, the lowest first. */
function length(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...length(value >>> 7)];
}

/** The same of a constant, whose last byte has a bit for the sign; none here is below 0. */
function constant(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...constant(value >>> 7)];
}

function section(id: number, ...parts: Code[]): Code {
  const bytes = [parts.length, ...parts.flat()];
  return [id, ...length(bytes.length), ...bytes];
}

function name(text: string): Code {
  return [text.length, ...Buffer.from(text, "latin1")];
}

/** A module with both, for vectors of so many words of 64 signs; it works on the memory `own.memory`, which its user makes. */
export function signProgram(words: number): Uint8Array {
  return Uint8Array.from([
    ...Buffer.from("\0asm", "latin1"),
    ...[1, 0, 0, 0],
    ...section(1, [0x60, 5, I32, I32, I32, I32, I32, 0], [0x60, 4, I32, I32, I32, I32, 1, I32]),
    ...section(2, [...name("own"), ...name("memory"), 2, 0, 1]),
    ...section(3, [0], [1]),
    ...section(7, [...name("compare"), 0, 0], [...name("within"), 0, 1]),
    ...section(10, compare(words), within()),
  ]);
}
