/** Vectors in a quarter of their size: a byte a dimension, for the file; and a bit a dimension, to sift by. */

/** Steps on either side of 0 that a byte tells apart; a vector's largest component is the last of them. */
const STEPS = 127;
/** After the bytes of a packed vector, how long one step is: a 32-bit float. */
const STEP_BYTES = 4;

/** A vector in steps of 1/127 of its largest component, a byte each, and the length of a step. */
export function packed(vector: Float32Array): Uint8Array {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  const step = largest / STEPS;
  const bytes = new Int8Array(vector.length + STEP_BYTES);
  if (step > 0) for (const [i, x] of vector.entries()) bytes[i] = stepsOf(x / step);
  new DataView(bytes.buffer).setFloat32(vector.length, step, true);
  return new Uint8Array(bytes.buffer);
}

/** Rounded, but never to 0 from above: its sign is read from the byte. */
function stepsOf(x: number): number {
  return x > 0 ? Math.max(1, Math.round(x)) : Math.round(x);
}

/** How many bytes such a vector has. */
export function packedBytesOf(dimensions: number): number {
  return dimensions + STEP_BYTES;
}

/** The cosine of a packed vector and one of length 1, to about a hundredth. In four sums, none of which waits for another one's last step. */
export function nearness(bytes: Uint8Array, vector: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (const end = vector.length - 3; i < end; i += 4) {
    a += signed(bytes[i] ?? 0) * (vector[i] ?? 0);
    b += signed(bytes[i + 1] ?? 0) * (vector[i + 1] ?? 0);
    c += signed(bytes[i + 2] ?? 0) * (vector[i + 2] ?? 0);
    d += signed(bytes[i + 3] ?? 0) * (vector[i + 3] ?? 0);
  }
  for (; i < vector.length; i++) a += signed(bytes[i] ?? 0) * (vector[i] ?? 0);
  const step = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(vector.length, true);
  return (a + b + c + d) * step;
}

/** Bytes that the signs of one vector take: whole words of 64 bits. */
export function signBytesOf(dimensions: number): number {
  return Math.ceil(dimensions / 64) * 8;
}

/** A bit for each component above 0, of a vector or of its bytes. */
export function signsOf(vector: Float32Array | Uint8Array, dimensions: number): Uint8Array {
  const signs = new Uint8Array(signBytesOf(dimensions));
  const isPacked = vector instanceof Uint8Array;
  for (let i = 0; i < dimensions; i++) {
    const x = vector[i] ?? 0;
    if ((isPacked ? signed(x) : x) > 0) signs[i >>> 3] = (signs[i >>> 3] ?? 0) | (1 << (i & 7));
  }
  return signs;
}

/**
 * How far a vector of length 1 goes the way that other vectors' signs point: the sum of its components where they have a bit.
 * Says more than the number of signs that differ, since a large component counts for more; eight signs are looked up at once.
 */
export function createLeaning(vector: Float32Array): (signs: Uint8Array, from: number) => number {
  const width = signBytesOf(vector.length);
  const sums = new Float32Array(width * 256);
  for (let at = 0; at < sums.length; at++) {
    const bits = at & 255;
    const lowest = 31 - Math.clz32(bits & -bits);
    if (bits > 0) sums[at] = (sums[at - (bits & -bits)] ?? 0) + (vector[(at >>> 8) * 8 + lowest] ?? 0);
  }
  return (signs, from) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += sums[i * 256 + (signs[from + i] ?? 0)] ?? 0;
    return sum;
  };
}

const signed = (byte: number) => (byte << 24) >> 24;
