import { expect, test } from "vitest";
import { describeVariables } from "../../shared/config/index.ts";
import { providers } from "../../shared/llm/index.ts";

/** The page is written by this test: `npm test -- -u test/docs` after a change. */
test("docs/configuration.md has a row for every variable and provider", async () => {
  const variables = describeVariables().map(
    ({ name, fallback, meaning }) => `| \`${name}\` | ${fallback === "" ? "" : `\`${fallback}\``} | ${meaning} |`,
  );
  const places = describeVariables().flatMap(({ name, policy }) =>
    policy === undefined ? [] : [`| \`${policy.at}\` | \`${name}\` |`],
  );
  const known = providers.map(
    ({ id, keyVariable, models }) =>
      `| ${id} | ${keyVariable === "" ? "" : `\`${keyVariable}\``} | ${models.lite ?? "to be set"} | ${models.standard ?? "to be set"} |`,
  );
  const page = `# Configuration

Variables of the environment, or lines of a file \`.env\` in the program's folder (\`~/.kaos/.env\` of an installed program); the environment wins. A value that cannot be used stops the start with a sentence. Placeholders such as \`<your key>\` count as unset. \`kaos config set NAME value\` writes a line and leaves the others alone; \`kaos policy report\` prints what is in force and who said it.

| variable | default | meaning |
|---|---|---|
${variables.join("\n")}

## policy.yaml

What a person allows one installation, in one file that can be reviewed: \`policy.yaml\` in the home, optional. The environment and \`.env\` win over it, but a gate that any of them closes stays closed. A mistake stops the start with its line.

\`\`\`yaml
gates: { server-ops: open } # open or closed
budgets: { day-usd: 3 }
approvals: { always: [write-file] }
egress: { only: [en.wikipedia.org, "*.example.org"] }
retention: { messages: 30d }
\`\`\`

| in the policy | the same as |
|---|---|
${places.join("\n")}

## Providers

Named in \`KAOS_LITE_CHAIN\` and \`KAOS_STANDARD_CHAIN\`, separated by commas, first choice first. \`offline\` may stand in a chain as its last resort.

| provider | key | lite model | standard model |
|---|---|---|---|
${known.join("\n")}

For each of them, and for any other OpenAI-compatible endpoint under a name of your own, in capitals:

| variable | meaning |
|---|---|
| \`PROVIDER_<ID>_BASE_URL\` | Address of the endpoint, with its \`/v1\`. |
| \`PROVIDER_<ID>_API_KEY\` | Its key; it wins over the provider's own variable. |
| \`PROVIDER_<ID>_MODEL\` | Model for both tiers. |
| \`PROVIDER_<ID>_LITE_MODEL\`, \`PROVIDER_<ID>_STANDARD_MODEL\` | Model for one tier. |
| \`PROVIDER_<ID>_PRICE_INPUT\`, \`_PRICE_CACHED\`, \`_PRICE_OUTPUT\` | US dollars per million tokens; an unknown price counts as the dearest known. |
`;
  await expect(page).toMatchFileSnapshot("../../docs/configuration.md");
});
