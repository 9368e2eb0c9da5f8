const { exec } = require("child_process"); const cp = require("node:child_process"); cp.execSync("x"); cp.spawn("x", { shell: process.env.X }); cp.spawn("x", {shell: false}); /a/.exec("b");
