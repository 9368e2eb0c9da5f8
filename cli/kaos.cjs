#!/usr/bin/env node
"use strict";
// The `kaos` command: set-up when something is missing, then the real program.

require("./setup.cjs").start("dist/cli/main.js", process.argv.slice(2), { build: true });
