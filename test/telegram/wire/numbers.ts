/** Whole numbers as MTProto writes them: big-endian for RSA, Diffie-Hellman and SRP; little-endian and signed inside TL. */

export function bigOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** Big-endian, padded on the left to `length` bytes. Throws a RangeError when the number needs more. */
export function bytesOf(number: bigint, length = Math.ceil(number.toString(16).length / 2)): Buffer {
  const hex = number.toString(16).padStart(length * 2, "0");
  if (hex.length > length * 2) throw new RangeError(`the number needs more than ${length} bytes`);
  return Buffer.from(hex, "hex");
}

export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** int64, int128 and int256 of TL. */
export function signedOf(littleEndian: Uint8Array): bigint {
  return BigInt.asIntN(littleEndian.length * 8, bigOf(Buffer.from(littleEndian).reverse()));
}

export function littleEndianOf(signed: bigint, length: number): Buffer {
  return bytesOf(BigInt.asUintN(length * 8, signed), length).reverse();
}

export function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number >>> 0);
  return bytes;
}

export function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(number);
  return bytes;
}

export function int64(number: bigint): Buffer {
  return littleEndianOf(number, 8);
}
