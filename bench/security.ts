/** The text layers on the public sets, authority on traces, six processes at the cap: `npm run bench:security -- --corpora DIR --json`. The last line is JSON. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { programRoot } from "../shared/config/index.ts";
import { benchAuthority, readTraces } from "./security/authority.ts";
import { openCorpora } from "./security/corpora.ts";
import { plantedTraces } from "./security/planted.ts";
import { raceTheCap } from "./security/race.ts";
import { benchSanitizer } from "./security/sanitizer.ts";
import { benchShield } from "./security/shield.ts";
import { benchValidator } from "./security/validator.ts";

const { values } = parseArgs({
  options: {
    corpora: { type: "string" },
    split: { type: "string", default: "dev" },
    traces: { type: "string" },
    "race-seconds": { type: "string", default: "10" },
    json: { type: "boolean", default: false },
  },
});
if (values.corpora === undefined) {
  console.error("Say where the public sets are: npm run bench:security -- --corpora DIR");
  process.exit(2);
}
const OWN_TRACES = join(programRoot(), "bench/security/traces");

const corpora = openCorpora(values.corpora, values.split);
const figures = {
  split: values.split,
  shield: await benchShield(corpora),
  sanitizer: await benchSanitizer(corpora),
  validator: await benchValidator(corpora),
  authority: await benchAuthority(new Map([...readTraces(values.traces ?? OWN_TRACES), ...plantedTraces(corpora)])),
  cap: await raceTheCap(Number(values["race-seconds"])),
};
if (!values.json) console.log(JSON.stringify(figures, undefined, 2));
console.log(JSON.stringify(figures));
