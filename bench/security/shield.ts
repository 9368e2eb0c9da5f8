/** L1 on the public sets: what it catches in each, behind each obfuscation, and what it takes for an attack that is none. */
import { createShield } from "../../shared/security/index.ts";
import type { Corpora } from "./corpora.ts";
import { mean, percent, usPerKiB } from "./measure.ts";
import { UNSEEN } from "./unseen.ts";

const OBFUSCATED = "san_obfuscated_injections";
/** Made of words that attacks are made of; counted apart from ordinary text. */
const LOOK_ALIKES = "ben_notinject";

export async function benchShield(corpora: Corpora) {
  const shield = createShield();
  const caught = (text: string) => shield(text).verdict !== "clean";
  const share = (set: string) => {
    const rows = corpora.rows(set);
    return percent(rows.filter(({ text }) => caught(text)).length, rows.length);
  };
  const attacks = corpora.names("inj_");
  const ordinary = corpora.names("ben_").filter((set) => set !== LOOK_ALIKES);
  const perSet = Object.fromEntries([...attacks, ...corpora.names("ben_")].map((set) => [set, share(set)]));
  const texts = ordinary.flatMap((set) => corpora.rows(set).map(({ text }) => text));
  return {
    meanDetection: mean(attacks.map((set) => perSet[set] ?? 0)),
    falseAlarms: percent(texts.filter(caught).length, texts.length),
    notInject: perSet[LOOK_ALIKES] ?? 0,
    obfuscations: obfuscations(corpora, caught),
    usPerKiB: await usPerKiB(texts.slice(0, 1_500), shield),
    perSet,
    unseen: UNSEEN,
  };
}

/** Of the attacks that are caught in plain form, the share that is caught behind each obfuscation. */
function obfuscations(corpora: Corpora, caught: (text: string) => boolean): Record<string, number> {
  const rows = corpora.rows(OBFUSCATED);
  const plain = new Set(
    rows.filter(({ text, ...row }) => row["obf"] === "plain" && caught(text)).map((row) => row["base"]),
  );
  const known = rows.filter((row) => plain.has(row["base"]));
  return Object.fromEntries(
    [...new Set(known.map((row) => String(row["obf"])))].sort().map((obfuscation) => {
      const same = known.filter((row) => row["obf"] === obfuscation);
      return [obfuscation, percent(same.filter(({ text }) => caught(text)).length, same.length)];
    }),
  );
}
