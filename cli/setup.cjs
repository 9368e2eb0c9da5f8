#!/usr/bin/env node
"use strict";
// Makes a fresh clone ready, then starts a program: `node cli/setup.cjs [--no-build] [program arguments…]`.
// Every npm script goes through here. Old JavaScript without dependencies, because it has to run where nothing is
// installed yet and the machine's Node is too old for everything else (12 and later).
//
//   a Node that is new enough  →  node_modules as in package-lock.json  →  dist/ as in the sources  →  the program

const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const { findOrFetchNode } = require("./setup/find-node.cjs");
const { endAs, environmentFor, runInstead } = require("./setup/run.cjs");
const { explain, say, Interrupted } = require("./setup/say.cjs");

const root = path.dirname(__dirname);

/**
 * Does the set-up, then starts `program` (a path in the project) with `args`. Where the running Node is too old, the
 * same command line starts again under the right one, in our place. What stops set-up is told on stderr, exit code 1.
 */
async function start(program, args, options) {
  try {
    const node = await findOrFetchNode(root);
    if (node !== process.execPath && process.env.KAOS_NODE !== node) {
      return await runInstead(node, process.argv.slice(1), { ...environmentFor(node), KAOS_NODE: node });
    }
    if (isClone()) await makeReady(options.build);
  } catch (error) {
    return endWith(error);
  }
  if (program === undefined) return undefined;
  // Nothing is left to watch over, so the program runs in this very process: no second one to feed and to signal.
  delete process.env.KAOS_NODE;
  process.env.PATH = environmentFor(process.execPath).PATH;
  process.argv = [process.execPath, path.join(root, program), ...args];
  return import(pathToFileURL(process.argv[1]).href);
}

/** A clone has the project file that says how to build; a package installed from a registry comes built. */
function isClone() {
  return fs.existsSync(path.join(root, "tsconfig.build.json"));
}

async function makeReady(withBuild) {
  // Loaded here and not above: both use what only a new Node has.
  await require("./setup/install-packages.cjs").installPackages(root);
  if (withBuild) await require("./setup/build.cjs").build(root);
}

function endWith(error) {
  if (error instanceof Interrupted) {
    say("Set-up interrupted; the same command takes it up again.");
    return endAs(null, error.signal);
  }
  const trouble = explain(error);
  if (!trouble) throw error;
  say("Set-up stopped: " + trouble.because + "\n  Next: " + trouble.next);
  if (trouble.said) say("  It said:\n" + trouble.said.replace(/^/gm, "    "));
  process.exitCode = 1;
  return undefined;
}

module.exports = { start };

if (require.main === module) {
  const given = process.argv.slice(2);
  const build = given[0] !== "--no-build";
  const [program, ...args] = build ? given : given.slice(1);
  start(program, args, { build });
}
