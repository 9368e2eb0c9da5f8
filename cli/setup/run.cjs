"use strict";
// Starts other programs: always an argument list, never a shell, and never left behind when we are asked to stop.

const { spawn } = require("child_process");
const os = require("os");
const path = require("path");
const { Interrupted } = require("./say.cjs");

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"];
// npm does not leave at the first asking; what it leaves unfinished, the next set-up repairs.
const killAfterMs = 1_000;
const outputMaxChars = 64_000;

/**
 * Runs a program with its output kept instead of shown. Resolves to `{ code, output }`.
 * Asked to stop meanwhile, it ends the program, waits until it is gone and throws Interrupted.
 */
function runQuietly(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    let stoppedBy;
    const keep = (text) => {
      output = (output + text).slice(-outputMaxChars);
    };
    const stop = (signal) => {
      stoppedBy = signal;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), killAfterMs).unref();
    };
    const listening = listen(stop);
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    if (options.started && child.pid) options.started(child.pid);
    child.on("error", (error) => {
      listening.end();
      reject(error);
    });
    child.on("close", (code) => {
      listening.end();
      if (stoppedBy) reject(new Interrupted(stoppedBy));
      else resolve({ code, output });
    });
  });
}

/**
 * Runs a program in our place: same terminal, our signals passed on, and we end as it ended.
 * Resolves never; rejects when the program cannot be started.
 */
function runInstead(file, args, env) {
  return new Promise((_resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    const listening = listen((signal) => {
      // A terminal's Ctrl-C reaches the child by itself; passing it on would make it two.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
    child.on("error", (error) => {
      listening.end();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      listening.end();
      endAs(code, signal);
    });
  });
}

/** Ends this process with another's exit code, or by the signal that ended the other. */
function endAs(code, signal) {
  if (!signal) process.exit(code);
  if (process.platform !== "win32") process.kill(process.pid, signal);
  // Reached where the signal does not end us: Windows, or a first process in a container.
  setTimeout(() => process.exit(128 + (os.constants.signals[signal] || 1)), 100);
}

/** Our environment with the folder of `node` first in PATH, so that everything started from here finds that Node. */
function environmentFor(node) {
  return { ...process.env, PATH: path.dirname(node) + path.delimiter + (process.env.PATH || "") };
}

function listen(onSignal) {
  for (const signal of stopSignals) process.on(signal, onSignal);
  return {
    end: () => {
      for (const signal of stopSignals) process.removeListener(signal, onSignal);
    },
  };
}

module.exports = { runQuietly, runInstead, endAs, environmentFor };
