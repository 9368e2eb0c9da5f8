"use strict";
// The swarm for pm2: one process for each agent, and the supervisor. An agent is a folder in agents/ with an agent.json,
// so there is nothing to edit here. `kaos up` uses this file. By hand, after npm run build:
//
//   export PM2_HOME=$PWD/data/pm2 PM2_LOG_FILE_PATH=/dev/null PM2_DISCRETE_MODE=true PM2_DISABLE_VERSION_CHECK=1
//   npx pm2 start ecosystem.config.cjs

const { execFileSync } = require("child_process");
const { existsSync, readdirSync } = require("fs");
const { homedir } = require("os");
const path = require("path");
const { findNode } = require("./cli/setup/find-node.cjs");

// An installed program keeps nothing beside its code: home and personas lie with the person who runs it.
const isClone = existsSync(path.join(__dirname, "tsconfig.build.json"));
const own = path.join(homedir(), ".kaos");
// The Node of the project where the machine's is too old; pm2 itself runs on either.
const interpreter = findNode(__dirname) || process.execPath;
const home = path.resolve(process.env.KAOS_HOME || homeInDotEnv() || (isClone ? path.join(__dirname, "data") : own));
// Until a process has brought the personas to the person's folder, they are those that come with the program.
const shipped = path.join(__dirname, "agents");
const brought = path.join(own, "personas");
const personas = isClone || !existsSync(brought) ? shipped : brought;

const agents = readdirSync(personas)
  .filter((name) => existsSync(path.join(personas, name, "agent.json")))
  .sort();

const common = {
  cwd: __dirname,
  exec_mode: "fork",
  interpreter,
  // A young generation this small costs an agent, which mostly waits, nothing that can be measured, and saves the seven
  // processes 70 MiB of 345 (sum of PSS, Node 22).
  node_args: ["--max-semi-space-size=2"],

  // A process says "ready" once it serves. pm2 calls it online after listen_timeout all the same: who is really there
  // is written in the ledger, and `kaos status` reads it there.
  wait_ready: true,
  listen_timeout: 15_000,
  // Our own limit for closing is 6 s. Afterwards pm2 kills, and the next start takes up what was open.
  kill_timeout: 8_000,
  // 0.1 s, growing to 15 s: never gives up, never spins.
  exp_backoff_restart_delay: 100,
  // Against a leak, not against use: an agent with 100,000 facts holds some 240 MB and its transports beside them, and the
  // supervisor some 350 MB while people search two such memories in the control room.
  max_memory_restart: "1G",
  // pm2's agent inside each process would only report to pm2's own service. Without it a process does not notice by
  // itself that pm2 died, so ours listens for "disconnect" and ends.
  pmx: false,
  // pm2 would read the source map of every module: a tenth of the CPU of a start, and 4 MiB a process for good.
  disable_source_map_support: true,

  // glibc gives each of Node's ten threads an arena of its own and returns little of it: one for all saves 5 MiB a process.
  env: { KAOS_HOME: home, NODE_ENV: "production", MALLOC_ARENA_MAX: "1" },
};

/** What `.env` says; in the words of the project's Node, which knows how it is written. */
function homeInDotEnv() {
  const file = path.join(isClone ? __dirname : own, ".env");
  if (!existsSync(file)) return "";
  const read = "require('util').parseEnv(require('fs').readFileSync(process.argv[1], 'utf8')).KAOS_HOME || ''";
  return execFileSync(interpreter, ["-p", read, file], { encoding: "utf8" }).trim();
}

/** Output and errors of a process go to one file, appended, so that the job rotate-logs may copy and empty it. */
function app(name, script, args) {
  const log = path.join(home, "logs", name + ".log");
  return { name, script, args, ...common, out_file: log, error_file: log, merge_logs: true };
}

module.exports = {
  apps: [
    ...agents.map((name) => app(name, "dist/agents/main.js", [name])),
    app("supervisor", "dist/supervisor/main.js", []),
  ],
};
