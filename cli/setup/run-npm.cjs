"use strict";
// Runs npm under a Node of our choice and says in plain words what stopped it.

const fs = require("fs");
const path = require("path");
const { environmentFor, runQuietly } = require("./run.cjs");
const { diskFull, withProgress, SetupError } = require("./say.cjs");

// The first that reads this project's lockfile (version 3, without download addresses) without complaint.
const npmMajorMin = 9;
// npm's own waits (10 s and 60 s between tries) leave a person without network in the dark for over a minute.
const commonFlags = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--loglevel=warn",
  "--fetch-retries=2",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];

// On a full disk npm 11 leaves files cut short, says only this as a warning, and ends with code 0.
const unpackingFailed = /TAR_ENTRY_ERROR/;
const saidLinesMax = 8;

const troubles = [
  {
    seen: /\b(E401|E403|ENEEDAUTH)\b/,
    because: "the package registry refuses this machine.",
    next: "Log in to it, or set another one (npm config get registry shows it), then run the same command again.",
  },
  {
    seen: /CERT|SSL|self[- ]signed/,
    because: "the package registry's certificate is not trusted here.",
    next: "Point NODE_EXTRA_CA_CERTS at your proxy's certificate, then run the same command again.",
  },
  {
    seen: /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|E?TIMED ?OUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT/i,
    because: "the package registry cannot be reached.",
    next: "Check the network and proxy (npm config get registry shows the address), then run the same command again.",
  },
  {
    seen: /\b(EACCES|EPERM|EROFS)\b/,
    because: "npm may not write a file it needs.",
    next: "See the path below: give this user that file or folder, then run the same command again.",
  },
  {
    seen: /\bE404\b|ETARGET|ENOVERSIONS/,
    because: "the package registry does not have a package that is needed.",
    next:
      "If the registry is a mirror, let it fetch the package. If it is Node for this kind of machine that is missing, " +
      "install Node 22.18 or newer yourself. Then run the same command again.",
  },
  {
    seen: /EINTEGRITY/,
    because: "a downloaded package differs from what the lockfile promises.",
    next: "Run npm cache verify and try once more. If it stays, do not install: the registry serves something else.",
  },
  {
    seen: /can only install.*package-lock|EUSAGE/s,
    because: "package.json and package-lock.json disagree.",
    next: "Run npm install once, look at what it changed in package-lock.json, then run the same command again.",
  },
];

/**
 * Runs `npm.file` with `args` in `root` under the Node `tools.node`, showing `what` as progress. `tools.lock` is kept
 * alive meanwhile. Throws SetupError when npm fails.
 */
async function runNpm(root, npm, what, args, tools) {
  const options = { cwd: root, env: environmentFor(tools.node), started: tools.lock.shareWith };
  const run = async () => {
    const result = await runQuietly(tools.node, [npm.file, ...args, ...commonFlags], options);
    if (result.code !== 0 || unpackingFailed.test(result.output)) throw troubleOf(what, result.output);
  };
  await withProgress(what, run, tools.lock.touch);
}

/**
 * The private npm, else the npm that started us, else the one beside the running Node, else the one in PATH:
 * `{ file, version, readsLockfile }`. Throws SetupError when there is none.
 */
function findNpm(root) {
  const besideNode = path.dirname(process.execPath);
  const inPath = (process.env.PATH || "").split(path.delimiter).filter(Boolean);
  const candidates = [
    path.join(root, ".node/node_modules/npm/bin/npm-cli.js"),
    process.env.npm_execpath || "",
    path.join(besideNode, "node_modules/npm/bin/npm-cli.js"),
    path.join(besideNode, "../lib/node_modules/npm/bin/npm-cli.js"),
    ...inPath.map((folder) => path.join(folder, "npm")),
    ...inPath.map((folder) => path.join(folder, "node_modules/npm/bin/npm-cli.js")),
  ];
  for (const candidate of candidates) {
    const npm = describe(candidate);
    if (npm) return npm;
  }
  throw new SetupError(
    "npm is missing beside Node " + process.version + ".",
    "Install npm (on Debian and Ubuntu: apt install npm), then run the same command again.",
  );
}

function describe(candidate) {
  try {
    const file = fs.realpathSync(candidate);
    if (path.basename(file) !== "npm-cli.js") return undefined; // Another package manager, or a version manager's shim.
    const version = JSON.parse(fs.readFileSync(path.join(file, "../../package.json"), "utf8")).version;
    return { file, version, readsLockfile: Number.parseInt(version, 10) >= npmMajorMin };
  } catch (_missing) {
    return undefined;
  }
}

function troubleOf(what, output) {
  if (/ENOSPC|no space left/i.test(output)) return diskFull();
  const errors = output.split("\n").filter((line) => /^npm (ERR!|error) [^ ]/.test(line) && !/complete log/.test(line));
  const said = (errors.length > 0 ? errors : output.trim().split("\n")).slice(0, saidLinesMax).join("\n");
  const trouble = troubles.find(({ seen }) => seen.test(output));
  if (trouble) return new SetupError(trouble.because, trouble.next, said);
  return new SetupError(
    "npm failed (" + what + ").",
    "npm's own words are below; run the same command again afterwards.",
    said,
  );
}

module.exports = { findNpm, runNpm };
