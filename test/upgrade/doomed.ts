/** Begins the upgrade of a home and kills itself as it begins the thing that it is told. */
import { letterMigrations } from "../../agents/letters.ts";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { storesOf } from "../../supervisor/upgrade/stores.ts";
import { upgradeHome } from "../../supervisor/upgrade/upgrade-home.ts";

const [folder = "", moment] = process.argv.slice(2);
const home = homeAt(folder);
await upgradeHome({
  home,
  stores: storesOf(home, letterMigrations),
  clock: systemClock,
  version: "0.0.0",
  signal: new AbortController().signal,
  onStep(doing) {
    if (doing === moment) process.kill(process.pid, "SIGKILL");
  },
});
