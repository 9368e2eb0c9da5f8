/** The seven processes for pm2: one per folder in agents/ that has an agent.json, and the supervisor. Usable by hand:
 *
 *     PM2_HOME=data/pm2 npx pm2 start ecosystem.config.cjs
 */
const { existsSync, readdirSync } = require("node:fs");
const { join, resolve } = require("node:path");

const root = __dirname;
const home = resolve(root, process.env.KAOS_HOME || "data");
const agents = readdirSync(join(root, "agents"))
  .filter((name) => existsSync(join(root, "agents", name, "agent.json")))
  .sort();

function app(name, script, args) {
  return {
    name,
    script: join(root, "dist", script),
    args,
    cwd: root,
    // `kaos` runs on a Node that is new enough, and so does what it starts.
    interpreter: process.execPath,
    // Small young generation: seven processes that wait most of the time need little room for new objects.
    node_args: ["--max-semi-space-size=1", "--enable-source-maps"],
    exec_mode: "fork",
    env: { KAOS_HOME: home, NODE_COMPILE_CACHE: join(home, "cache") },
    // pm2 says "online" without it as soon as the process exists.
    wait_ready: true,
    listen_timeout: 15_000,
    // A little longer than a process gives itself to close.
    kill_timeout: 8_000,
    // A process that dies at once is started again after 0.1 s, then 0.15 s …, at most every 15 s.
    exp_backoff_restart_delay: 100,
    max_memory_restart: "300M",
    merge_logs: true,
    out_file: join(home, "logs", `${name}.log`),
    error_file: join(home, "logs", `${name}.log`),
    // pm2's own agent in each process would cost memory and measures what we do not ask for.
    pmx: false,
  };
}

module.exports = {
  apps: [app("supervisor", "supervisor/main.js", []), ...agents.map((name) => app(name, "agents/main.js", [name]))],
};
