/** The handshake that gives two strangers an authorisation key: factors, RSA, Diffie-Hellman (https://core.telegram.org/mtproto/auth_key). */
import { randomBytes, randomInt } from "node:crypto";
import { Api } from "telegram";
import { authKeyAuxiliaryOf, decryptIge, encryptIge, generator, handshakeCipherOf, safePrime, sha1 } from "./crypto.ts";
import { bigOf, bytesOf, littleEndianOf, powerModulo, signedOf } from "./numbers.ts";
import type { RsaKey } from "./rsa-key.ts";
import { decode, type Long, long, type TlObject } from "./tl.ts";

export type Handshake = { answer(request: TlObject): TlObject };

/** One for each connection; `agreed` is told the key. Throws at anything that is out of order or does not fit. */
export function createHandshake(rsa: RsaKey, agreed: (key: Buffer) => void): Handshake {
  let factors: [bigint, bigint] = [0n, 0n];
  let nonce = long(0);
  let serverNonce = long(0);
  let newNonce: Buffer = Buffer.alloc(0);
  const exponent = bigOf(randomBytes(256));

  function begin(request: { nonce: Long }): TlObject {
    factors = twoPrimes();
    nonce = request.nonce;
    serverNonce = long(signedOf(randomBytes(16)));
    const pq = bytesOf(factors[0] * factors[1]);
    return new Api.ResPQ({ nonce, serverNonce, pq, serverPublicKeyFingerprints: [long(rsa.fingerprint)] });
  }

  function offer(request: Api.ReqDHParams): TlObject {
    if (bigOf(request.p) !== factors[0] || bigOf(request.q) !== factors[1])
      throw new Error("these are not the factors");
    const inner = expect(Api.PQInnerDataDc, Api.PQInnerData)(decode(rsa.open(request.encryptedData)).object);
    mustMatch(inner);
    newNonce = littleEndianOf(BigInt(inner.newNonce.toString()), 32);
    const data = new Api.ServerDHInnerData({
      nonce,
      serverNonce,
      g: Number(generator),
      dhPrime: bytesOf(safePrime, 256),
      gA: bytesOf(powerModulo(generator, exponent, safePrime), 256),
      serverTime: Math.floor(Date.now() / 1000),
    }).getBytes();
    const hashed = Buffer.concat([sha1(data), data]);
    const padded = Buffer.concat([hashed, randomBytes((16 - (hashed.length % 16)) % 16)]);
    const { key, iv } = temporaryCipher();
    return new Api.ServerDHParamsOk({ nonce, serverNonce, encryptedAnswer: encryptIge(padded, key, iv) });
  }

  function agree(request: Api.SetClientDHParams): TlObject {
    const { key, iv } = temporaryCipher();
    const plain = decryptIge(request.encryptedData, key, iv);
    const { object, length } = decode(plain.subarray(20));
    if (!sha1(plain.subarray(20, 20 + length)).equals(plain.subarray(0, 20)))
      throw new Error("the client's hash is wrong");
    const inner = expect(Api.ClientDHInnerData)(object);
    mustMatch(inner);
    const shared = bytesOf(powerModulo(bigOf(inner.gB), exponent, safePrime), 256);
    const proof = (kind: number) =>
      long(signedOf(sha1(newNonce, Buffer.from([kind]), authKeyAuxiliaryOf(shared)).subarray(4, 20)));
    // gramjs drops leading zeros of the shared key and would end with another key than ours, once in 256 times.
    if (shared[0] === 0) return new Api.DhGenRetry({ nonce, serverNonce, newNonceHash2: proof(2) });
    agreed(shared);
    return new Api.DhGenOk({ nonce, serverNonce, newNonceHash1: proof(1) });
  }

  function temporaryCipher(): { key: Buffer; iv: Buffer } {
    return handshakeCipherOf(newNonce, littleEndianOf(BigInt(serverNonce.toString()), 16));
  }

  function mustMatch(message: { nonce: Long; serverNonce: Long }): void {
    if (!message.nonce.eq(nonce) || !message.serverNonce.eq(serverNonce)) throw new Error("the nonces do not match");
  }

  return {
    answer(request) {
      if (request instanceof Api.ReqPqMulti || request instanceof Api.ReqPq) return begin(request);
      if (request instanceof Api.ReqDHParams) {
        mustMatch(request);
        return offer(request);
      }
      if (request instanceof Api.SetClientDHParams) {
        mustMatch(request);
        return agree(request);
      }
      throw new Error(`${request.className} has no place in a handshake`);
    },
  };
}

function expect<Kinds extends (abstract new (...args: never[]) => object)[]>(...kinds: Kinds) {
  return (object: TlObject): InstanceType<Kinds[number]> => {
    for (const kind of kinds) if (object instanceof kind) return object as InstanceType<Kinds[number]>;
    throw new Error(`${object.className} was not expected here`);
  };
}

/** Two different primes of 30 bits, the smaller first: a product a client factors in milliseconds. */
function twoPrimes(): [bigint, bigint] {
  const one = somePrime();
  let other = somePrime();
  while (other === one) other = somePrime();
  return one < other ? [BigInt(one), BigInt(other)] : [BigInt(other), BigInt(one)];
}

function somePrime(): number {
  let candidate = randomInt(2 ** 29, 2 ** 30) | 1;
  while (!isPrime(candidate)) candidate += 2;
  return candidate;
}

function isPrime(odd: number): boolean {
  for (let divisor = 3; divisor * divisor <= odd; divisor += 2) if (odd % divisor === 0) return false;
  return true;
}
