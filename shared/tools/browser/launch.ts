/** Starts Chromium: the machine's own where there is one, else the one inside an npm package. */
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { messageOf, OperationalError } from "../../base/index.ts";

/** There is no browser here, or it does not start. The message says what to do. */
export class NoBrowser extends OperationalError {
  override readonly name = "NoBrowser";
}

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
/** It asks nobody for anything of its own accord, and nothing of it goes around the proxy. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--no-first-run",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
];
const START_MAX_MS = 30_000;

/** A port where nobody listens: what the browser itself wants of the world, it does not get. */
const NOWHERE = "http://127.0.0.1:9";

/** How the pages of a window reach the web: through the proxy on this port, even where they ask for loopback. */
export function throughProxy(port: number): { server: string; bypass: string } {
  return { server: `http://127.0.0.1:${port}`, bypass: "<-loopback>" };
}

/** Nothing of it reaches anybody, until a window has a proxy of its own. Throws NoBrowser. */
export async function launch(executable: string): Promise<Browser> {
  try {
    const { chromium } = await import("playwright-core");
    const found = executable === "" ? INSTALLED.find((path) => existsSync(path)) : executable;
    const packed = found === undefined ? (await import("@sparticuz/chromium")).default : undefined;
    return await chromium.launch({
      executablePath: found ?? (await packed?.executablePath()) ?? "",
      args: [...(packed?.args ?? []), ...FLAGS],
      // Chromium refuses its own sandbox to the superuser, who is usually alone in a container.
      chromiumSandbox: packed === undefined && process.getuid?.() !== 0,
      proxy: { server: NOWHERE, bypass: "<-loopback>" },
      timeout: START_MAX_MS,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    const [why = ""] = messageOf(error).split("\n");
    throw new NoBrowser(`No browser could be started (${why}). Install Chromium, or set BROWSER_PATH to one.`, {
      cause: error,
    });
  }
}
