export type { Elicitation, Elicited, Sampled, Sampling } from "./asked.ts";
export type { RawTool } from "./connection.ts";
export { approveDefinitions, type Withheld } from "./definitions.ts";
export { McpFailure, type McpFailureKind } from "./failure.ts";
export { createGateway, type Gateway, type GatewayDeps, type McpState } from "./gateway.ts";
export type { Authorize } from "./login.ts";
export { type Serving, serveTools } from "./serve.ts";
