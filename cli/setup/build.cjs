"use strict";
// Keeps dist/ equal to the sources: compiles and bundles into a fresh folder when a source changed, then swaps the
// folders, so that dist/ never holds half a build or a file whose source is gone.

const { createHash } = require("crypto");
const fs = require("fs");
const path = require("path");
const { withLock } = require("./lock.cjs");
const { runQuietly } = require("./run.cjs");
const { diskFull, withProgress, SetupError } = require("./say.cjs");

// Plain JSON, read below. It lets pass what is merely unused: that is for npm run check, not for trying a change.
const project = "tsconfig.build.json";
const compiler = "node_modules/typescript-7/bin/tsc";
const bundler = "cli/setup/bundle.cjs";

/** Compiles unless dist/ is from exactly these sources. Throws SetupError with the compiler's words when they are wrong. */
async function build(root) {
  if (isBuilt(root, fingerprint(root))) return;
  await withLock(root, async (lock) => {
    const sources = fingerprint(root); // Taken before compiling: a file saved meanwhile makes the next run build again.
    if (!isBuilt(root, sources)) await compile(root, sources, lock);
  });
}

async function compile(root, sources, lock) {
  const [fresh, dist, old] = ["dist.new", "dist", "dist.old"].map((name) => path.join(root, name));
  const remove = (folder) => fs.rmSync(folder, { recursive: true, force: true });
  [fresh, old].forEach(remove);
  const steps = [
    [compiler, "-p", project, "--outDir", fresh],
    [bundler, fresh],
  ];
  const run = async () => {
    for (const step of steps) {
      const result = await runQuietly(process.execPath, step, { cwd: root, env: process.env, started: lock.shareWith });
      if (result.code === 0) continue;
      remove(fresh);
      throw troubleOf(result.output.trim());
    }
  };
  await withProgress("Building", run, lock.touch);
  fs.writeFileSync(path.join(fresh, ".built-from"), sources);
  if (fs.existsSync(dist)) fs.renameSync(dist, old);
  fs.renameSync(fresh, dist);
  remove(old);
}

function troubleOf(said) {
  if (/ENOSPC|no space left/.test(said)) return diskFull();
  return new SetupError(
    "the sources do not compile.",
    "Mend what is named below, then run the same command again.",
    said,
  );
}

function isBuilt(root, sources) {
  try {
    return fs.readFileSync(path.join(root, "dist", ".built-from"), "utf8") === sources;
  } catch (_missing) {
    return false;
  }
}

/** Names, sizes and times of everything that decides what dist/ looks like. Times are compared for equality, never for age. */
function fingerprint(root) {
  const folders = JSON.parse(fs.readFileSync(path.join(root, project), "utf8")).include;
  const sources = folders.flatMap((folder) => filesBelow(path.join(root, folder), (name) => name.endsWith(".ts")));
  const others = [project, "tsconfig.json", "package-lock.json", bundler].map((name) => path.join(root, name));
  const hash = createHash("sha256");
  for (const file of [...sources.sort(), ...others]) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(path.relative(root, file) + " " + size + " " + mtimeMs + "\n");
  }
  return hash.digest("hex");
}

function filesBelow(folder, wanted) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(place, wanted);
    return wanted(entry.name) ? [place] : [];
  });
}

module.exports = { build };
