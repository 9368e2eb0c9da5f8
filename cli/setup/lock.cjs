"use strict";
// One set-up at a time in a folder: a file that only one process can create, with the pids that hold it.

const fs = require("fs");
const path = require("path");
const { say } = require("./say.cjs");

const fileName = ".setup.lock";
const lookAgainMs = 200;
// A holder touches its lock every second. Silence this long means it is gone, whoever owns its pid by now.
const silentMaxMs = 60_000;

/**
 * Waits until no other set-up works in `root`, then runs `work(lock)`. Work that takes long calls `lock.touch()` every
 * few seconds. `lock.shareWith(pid)` keeps the lock held while that process lives, even when this one is killed.
 */
async function withLock(root, work) {
  const file = path.join(root, fileName);
  await take(file);
  let pids = String(process.pid);
  const write = () => fs.writeFileSync(file, pids);
  const shareWith = (pid) => {
    pids += " " + pid;
    write();
  };
  try {
    return await work({ touch: write, shareWith });
  } finally {
    remove(file);
  }
}

async function take(file) {
  let told = false;
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = read(file);
    if (holder.gone) {
      takeAway(file, holder);
      continue;
    }
    if (!told) say("Another set-up is at work here (process " + holder.pids + "); waiting for it …");
    told = true;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

function read(file) {
  try {
    const silentMs = Date.now() - fs.statSync(file).mtimeMs;
    const pids = fs.readFileSync(file, "utf8");
    // No pids at all: the file was created this instant and is about to be written.
    const allDead = pids !== "" && !pids.split(" ").some((pid) => isAlive(Number(pid)));
    return { pids, gone: allDead || silentMs > silentMaxMs };
  } catch (error) {
    if (error.code === "ENOENT") return { pids: "", gone: false }; // Released this instant; the next look takes it.
    throw error;
  }
}

/** Moves a dead holder's lock aside: of several who try, one succeeds. */
function takeAway(file, holder) {
  const aside = file + "." + process.pid;
  try {
    fs.renameSync(file, aside);
    if (read(aside).pids === holder.pids) remove(aside);
    else fs.renameSync(aside, file); // Someone was faster and holds it now: give it back.
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function isAlive(pid) {
  if (pid === process.pid) return false; // We do not hold it, so an earlier process had our pid.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function remove(file) {
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

module.exports = { withLock };
