/**
 * What server, command line and web console agree on: the shapes of the HTTP API as schemas with their types, and the
 * one catalogue of its errors. Pure. Not here: how a request is answered (#api).
 */
export * from "./asset.ts";
export * from "./asset-list-query.ts";
export * from "./health.ts";
export * from "./import.ts";
export * from "./network.ts";
export * from "./problem.ts";
export * from "./task.ts";
