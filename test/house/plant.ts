import { exec, spawn } from "node:child_process";
import * as child_process from "node:child_process";
async function f(): Promise<void> {}
f();
process.on("exit", async () => {});
spawn("x", { shell: true });
child_process.exec("x");
const k: "a" | "b" = process.argv[2] as "a";
switch (k) { case "a": break; }
await 3;
if (f()) {}
exec("y");
