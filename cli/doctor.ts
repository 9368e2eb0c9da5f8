import type { Define } from "./command.ts";
export const doctor: Define = () => {};
