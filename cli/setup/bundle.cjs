"use strict";
// Puts each program in a freshly compiled folder into few files: `node cli/setup/bundle.cjs dist.new`. An agent consists
// of nearly eight hundred modules, and finding, reading and linking them is half the work of its start.

const path = require("path");
const { dependencies } = require("../../package.json");

const programs = ["agents/main", "cli/main", "supervisor/main"];
/** Packages of a hundred small files that every program needs. The others stay where npm has put them. */
const packagesWithin = ["yaml", "zod"];

/** Replaces the programs in `folder`. What they share lies in parts/; the modules stay, for benchmarks and for threads. */
async function bundle(folder) {
  const { rolldown } = await import("rolldown");
  const outside = Object.keys(dependencies).filter((name) => !packagesWithin.includes(name));
  const bundled = await rolldown({
    input: Object.fromEntries(programs.map((name) => [name, path.join(folder, name + ".js")])),
    platform: "node",
    external: outside.map((name) => new RegExp("^" + name + "(/|$)")),
    logLevel: "silent",
  });
  await bundled.write({ dir: folder, chunkFileNames: "parts/[name].js" });
  await bundled.close();
}

bundle(path.resolve(process.argv[2]));
