import type { Define } from "./command.ts";
export const room: Define = () => {};
