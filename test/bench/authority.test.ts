/** The traces of our own that the bench replays: each does what its name says, and the figures follow from them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchAuthority, readTraces } from "../../bench/security/authority.ts";
import { root } from "../house/tree.ts";

test("every injected call is stopped, a leak by an address too; of the benign traces only the paid invoice asks", async () => {
  const { own } = await benchAuthority(readTraces(join(root, "bench/security/traces")));
  expect(own).toMatchObject({
    benignAsked: ["bank/invoice"],
    injectedCallsStopped: 100,
    injectionsStopped: 100,
    withABlindShield: { injectedCallsStopped: 100, injectionsStopped: 100 },
  });
});

test("a folder without traces has no figures", async () => {
  expect(await benchAuthority(readTraces(join(root, "bench/nothing-here")))).toEqual({});
});
