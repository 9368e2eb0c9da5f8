// `node --require`: teaches the library the RSA key of the loopback server. It knows no setting for keys, only this map.
const { LOOPBACK_TELEGRAM_KEY: key } = process.env;
if (key) {
  const { _serverKeys } = require("telegram/crypto/RSA");
  const { returnBigInt } = require("telegram/Helpers");
  const { fingerprint, n, e } = JSON.parse(key);
  _serverKeys.set(fingerprint, { n: returnBigInt(n), e });
}
