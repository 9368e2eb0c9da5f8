"use strict";
// Finds a Node new enough for this project: the running one, else the private one in .node, else it puts one there.

const { spawnSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const { withLock } = require("./lock.cjs");
const { findNpm, runNpm } = require("./run-npm.cjs");
const { say, SetupError } = require("./say.cjs");

const privateMajor = 22;
const privateNpmMajor = 11;

/** The Node to use in `root` as far as one is here already: the running one or the private one; undefined otherwise. */
function findNode(root) {
  if (isNewEnough(root, process.version)) return process.execPath;
  const mark = readMark(root);
  const fits = mark.platform === process.platform && mark.arch === process.arch;
  return fits && fs.existsSync(privateNode(root)) ? privateNode(root) : undefined;
}

/** The Node to use in `root`, fetched from the npm registry when there is none. Throws SetupError when that fails. */
async function findOrFetchNode(root) {
  return findNode(root) || withLock(root, async (lock) => findNode(root) || fetchNode(root, lock));
}

async function fetchNode(root, lock) {
  if (!works(root)) {
    const needed = "Node " + wanted(root) + " or newer";
    removeFolder(path.join(root, ".node")); // npm would take a broken Node for an installed one.
    const npm = findNpm(root);
    say("KAOS needs " + needed + " and this is " + process.version + ": putting a private one into .node.");
    const packages = [packageName() + "@" + privateMajor].concat(npm.readsLockfile ? [] : "npm@" + privateNpmMajor);
    const args = ["install", ...packages, "--prefix", path.join(root, ".node"), "--no-save", "--no-package-lock"];
    const tools = { node: process.execPath, lock };
    await runNpm(root, npm, "Fetching Node " + privateMajor + " (180 MB)", args, tools);
    if (!works(root)) {
      throw new SetupError(
        "the private Node in .node does not run on this machine.",
        "Install " + needed + " with your system's package manager, then run the same command again.",
      );
    }
  }
  fs.writeFileSync(markFile(root), JSON.stringify({ platform: process.platform, arch: process.arch }));
  return privateNode(root);
}

// The registry carries each platform's Node as a package of its own, the binary inside and no install script. The
// package `node` would only fetch one of these through a script.
function packageName() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return [prefix, platform, process.arch].join("-");
}

function privateNode(root) {
  const binary = process.platform === "win32" ? "node.exe" : "node";
  return path.join(root, ".node", "node_modules", packageName(), "bin", binary);
}

function works(root) {
  const answer = spawnSync(privateNode(root), ["-v"], { encoding: "utf8", windowsHide: true });
  return answer.status === 0 && isNewEnough(root, answer.stdout.trim());
}

function isNewEnough(root, version) {
  const have = version.replace("v", "").split(".").map(Number);
  const want = wanted(root).split(".").map(Number);
  return have[0] > want[0] || (have[0] === want[0] && have[1] >= want[1]);
}

/** "22.18": the lower end of `engines.node`, which is where the project says it. */
function wanted(root) {
  return JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).engines.node.replace(/[^\d.]/g, "");
}

function readMark(root) {
  try {
    return JSON.parse(fs.readFileSync(markFile(root), "utf8"));
  } catch (_missing) {
    return {};
  }
}

function removeFolder(folder) {
  if (fs.rmSync) fs.rmSync(folder, { recursive: true, force: true });
  else if (fs.existsSync(folder)) fs.rmdirSync(folder, { recursive: true }); // Node 12
}

function markFile(root) {
  return path.join(root, ".node", "ready.json");
}

module.exports = { findNode, findOrFetchNode };
