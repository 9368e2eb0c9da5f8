"use strict";
// Keeps node_modules equal to package-lock.json: `npm ci` when it is missing, half installed or from another lockfile.

const { createHash } = require("crypto");
const fs = require("fs");
const path = require("path");
const { withLock } = require("./lock.cjs");
const { findNpm, runNpm } = require("./run-npm.cjs");
const { SetupError } = require("./say.cjs");

/** Installs what package-lock.json names unless it is there already. Throws SetupError when npm fails. */
async function installPackages(root) {
  if (isInstalled(root)) return;
  await withLock(root, async (lock) => {
    if (isInstalled(root)) return;
    if (!agreesWithLockfile(root)) await install(root, lock);
    fs.writeFileSync(markFile(root), fingerprint(root));
  });
}

async function install(root, lock) {
  const npm = findNpm(root);
  if (!npm.readsLockfile) {
    throw new SetupError(
      "npm " + npm.version + " is too old.",
      "Remove the folder .node, then run the same command again.",
    );
  }
  const forgetMarks = () => {
    for (const file of [markFile(root), npmsOwnList(root)]) fs.rmSync(file, { force: true });
  };
  // No package needs a script of its own to be installed (a test looks at the lockfile), so none may run one.
  const args = ["ci", "--include=dev", "--include=optional", "--ignore-scripts"];
  forgetMarks(); // From here on node_modules is not complete, also when we are killed.
  try {
    await runNpm(root, npm, "Installing packages (about half a minute)", args, { node: process.execPath, lock });
  } catch (error) {
    forgetMarks(); // npm may call complete what a full disk has cut short.
    throw error;
  }
}

function isInstalled(root) {
  return readText(markFile(root)) === fingerprint(root);
}

/** What node_modules was installed from: the lockfile's content, and the machine because some packages are binaries. */
function fingerprint(root) {
  const lockfile = createHash("sha256")
    .update(fs.readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  return [process.platform, process.arch, lockfile].join(" ");
}

/** True when npm, run by hand, has installed exactly this: its own list says so, and our mark is from no other machine. */
function agreesWithLockfile(root) {
  const mark = readText(markFile(root));
  if (mark !== "" && !mark.startsWith([process.platform, process.arch, ""].join(" "))) return false;
  const list = readText(npmsOwnList(root));
  if (list === "") return false;
  const installed = JSON.parse(list).packages;
  const wanted = JSON.parse(readText(path.join(root, "package-lock.json"))).packages;
  return Object.keys(wanted).every((place) => {
    if (place === "" || wanted[place].optional) return true;
    return installed[place] !== undefined && installed[place].version === wanted[place].version;
  });
}

function markFile(root) {
  return path.join(root, "node_modules", ".kaos-installed");
}

// npm writes this file as the last thing of an installation.
function npmsOwnList(root) {
  return path.join(root, "node_modules", ".package-lock.json");
}

function readText(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (_missing) {
    return "";
  }
}

module.exports = { installPackages };
