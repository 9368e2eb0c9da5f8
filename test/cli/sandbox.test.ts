/** `kaos sandbox check`: a person and a script learn the same, and the exit code says which of three things is so. */
import { expect, test } from "vitest";
import { createSandbox } from "../../shared/tools/index.ts";
import { kaos, newHome } from "./kaos.ts";

type Checked = {
  available: boolean;
  gate: { open: boolean; variable: string };
  walls: { wall: string; holds: boolean; found: string }[];
};

const missing = await createSandbox().missing();
const json = ["sandbox", "check", "--json"];

test.skipIf(missing !== undefined)(
  "with a sandbox all walls hold, and the closed gate is code 3 (needs bubblewrap)",
  async () => {
    const closed = await kaos(newHome(), json);
    const { available, gate, walls } = JSON.parse(closed.stdout) as Checked;
    expect(walls.filter(({ holds }) => !holds)).toEqual([]);
    expect({ available, code: closed.code }).toEqual({ available: true, code: 3 });
    expect(gate).toMatchObject({ open: false, variable: "ENABLE_DYNAMIC_TOOLS" });
    expect(closed.stderr).toContain("ENABLE_DYNAMIC_TOOLS=true opens it");
    const open = await kaos(newHome(), ["sandbox", "check"], { env: { ENABLE_DYNAMIC_TOOLS: "true" } });
    expect(open.code).toBe(0);
    expect(open.stdout).toContain("✓ network");
  },
);

test.skipIf(missing === undefined)(
  "without a sandbox no wall stands, which is code 1 and a sentence (needs a machine without bubblewrap)",
  async () => {
    const { stdout, stderr, code } = await kaos(newHome(), json);
    expect(JSON.parse(stdout)).toMatchObject({ available: false, because: missing });
    expect(code).toBe(1);
    expect(stderr).toContain("none stands: there is no sandbox on this machine");
  },
);
