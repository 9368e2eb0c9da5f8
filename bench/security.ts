/** `npm run bench:security -- --corpora DIR [--split dev] [--json]`: the text layers on the public sets. The last line is JSON. */
import { parseArgs } from "node:util";
import { openCorpora } from "./security/corpora.ts";
import { benchSanitizer } from "./security/sanitizer.ts";
import { benchShield } from "./security/shield.ts";
import { benchValidator } from "./security/validator.ts";

const { values } = parseArgs({
  options: {
    corpora: { type: "string" },
    split: { type: "string", default: "dev" },
    json: { type: "boolean", default: false },
  },
});
if (values.corpora === undefined) {
  console.error("Say where the public sets are: npm run bench:security -- --corpora DIR");
  process.exit(2);
}
const corpora = openCorpora(values.corpora, values.split);
const figures = {
  split: values.split,
  shield: await benchShield(corpora),
  sanitizer: await benchSanitizer(corpora),
  validator: await benchValidator(corpora),
};
if (!values.json) console.log(JSON.stringify(figures, undefined, 2));
console.log(JSON.stringify(figures));
