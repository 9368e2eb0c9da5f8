/** The machine under KAOS: Node, disk, clock. */
import { existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isClone, programRoot } from "../../shared/config/index.ts";
import type { Context } from "../context.ts";
import { bytes } from "../terminal/layout.ts";
import type { Check, Finding } from "./check.ts";

export const node: Check = {
  name: "Node",
  look() {
    const { engines } = JSON.parse(readFileSync(join(programRoot(), "package.json"), "utf8")) as {
      engines: { node: string };
    };
    const wanted = engines.node.replace(/[^\d.]/g, "");
    if (isAtLeast(process.versions.node, wanted))
      return { state: "ok", says: `${process.versions.node} on ${process.platform} ${process.arch}` };
    return {
      state: "blocker",
      says: `Node ${process.versions.node} is too old; ${wanted} or newer is needed`,
      next: "Start KAOS with `npx kaos`: it brings a Node of its own.",
    };
  },
};

function isAtLeast(have: string, want: string): boolean {
  const [haveMajor = 0, haveMinor = 0] = have.split(".").map(Number);
  const [wantMajor = 0, wantMinor = 0] = want.split(".").map(Number);
  return haveMajor > wantMajor || (haveMajor === wantMajor && haveMinor >= wantMinor);
}

export const built: Check = {
  name: "Set-up",
  look() {
    const missing = ["dist/agents/main.js", "dist/supervisor/main.js"].filter(
      (path) => !existsSync(join(programRoot(), path)),
    );
    if (!canFind("pm2/package.json")) missing.push("pm2");
    if (missing.length === 0) return { state: "ok", says: "packages are installed, the code is built" };
    const next = isClone() ? "npm run build" : "install KAOS again the way you did: its package or image is not whole";
    return { state: "blocker", says: `missing: ${missing.join(", ")}`, next };
  },
};

/** Wherever the packages of this program lie: beside it, or above it where it was installed. */
function canFind(file: string): boolean {
  try {
    createRequire(import.meta.url).resolve(file);
    return true;
  } catch {
    return false;
  }
}

/** Below this the ledger may soon be unable to write. */
const FREE_BLOCKER_BYTES = 50 * 1_024 * 1_024;
const FREE_LIMIT_BYTES = 500 * 1_024 * 1_024;

export const disk: Check = { name: "Disk", look: lookAtDisk };

/** How much room there is where the home lies. */
export function lookAtDisk({ home }: Pick<Context, "home">): Finding {
  const { bavail, bsize } = statfsSync(nearestFolder(home.folder));
  const free = bavail * bsize;
  const says = `${bytes(free)} free where the home lies`;
  if (free >= FREE_LIMIT_BYTES) return { state: "ok", says };
  return {
    state: free < FREE_BLOCKER_BYTES ? "blocker" : "limit",
    says,
    next: "Free some space, or choose another disk with --home.",
  };
}

/** The folder itself, or the one in which it will be made. */
export function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

export const clock: Check = {
  name: "Clock",
  look({ clock: now }) {
    const builtAt = statSync(join(programRoot(), "package.json")).mtimeMs;
    const says = `${new Date(now.now()).toISOString()}, time zone ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
    if (now.now() >= builtAt) return { state: "ok", says };
    return {
      state: "limit",
      says: `${says}: that is before this program was installed`,
      next: "Set the machine's clock; leases and jobs go by it.",
    };
  },
};
