"use strict";
// How set-up talks to a person: on stderr only, because stdout belongs to the program that is started afterwards.

const tickMs = 1_000;
const plainLineEveryMs = 10_000;

function say(line) {
  process.stderr.write(line + "\n");
}

/**
 * Runs `work` and shows that it is still running: one line rewritten every second on a terminal, a line every ten
 * seconds anywhere else. `whileRunning` is called on every tick as well.
 */
async function withProgress(what, work, whileRunning) {
  const onTerminal = process.stderr.isTTY === true;
  const startedMs = Date.now();
  let nextPlainLineMs = plainLineEveryMs;
  const passedMs = () => Date.now() - startedMs;
  const show = () => {
    if (whileRunning) whileRunning();
    if (onTerminal) process.stderr.write("\r" + what + " … " + seconds(passedMs()) + "\x1b[K");
    else if (passedMs() >= nextPlainLineMs) {
      say(what + " … " + seconds(passedMs()));
      nextPlainLineMs += plainLineEveryMs;
    }
  };

  if (onTerminal) show();
  else say(what + " …");
  const ticking = setInterval(show, tickMs);
  let outcome = "stopped";
  try {
    const result = await work();
    outcome = "done";
    return result;
  } finally {
    clearInterval(ticking);
    say((onTerminal ? "\r\x1b[K" : "") + what + ": " + outcome + " after " + seconds(passedMs()));
  }
}

function seconds(ms) {
  return (ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)) + " s";
}

/** Set-up cannot go on: `because` says what is wrong, `next` what the person does about it, `said` what a tool printed. */
class SetupError extends Error {
  constructor(because, next, said) {
    super(because);
    Object.assign(this, { because, next, said: said || "" });
  }
}

/** The person, or the system, asked set-up to stop. */
class Interrupted extends Error {
  constructor(signal) {
    super("interrupted by " + signal);
    this.signal = signal;
  }
}

/** Any error in a person's words, as far as it has some: `{ because, next, said }`; undefined for a bug of ours. */
function explain(error) {
  if (error instanceof SetupError) return error;
  const about = error.path || error.dest || "";
  if (error.code === "ENOSPC") return diskFull();
  if (/^spawn/.test(error.syscall)) {
    return new SetupError(
      about + " cannot be started (" + error.code + ").",
      "If it is the private Node: remove the folder .node, then run the same command again.",
    );
  }
  if (["EACCES", "EPERM", "EROFS"].includes(error.code)) {
    return new SetupError(
      "this user may not write " + about + " (" + error.code + ").",
      "Give this user that file or folder, or clone the project into a folder of its own.",
    );
  }
  return undefined;
}

function diskFull() {
  return new SetupError("the disk is full.", "Free about 1 GB, then run the same command again.");
}

module.exports = { say, withProgress, explain, diskFull, SetupError, Interrupted };
