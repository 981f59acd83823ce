import { Type, type Static } from "typebox";
import { answer, nullable } from "./values.ts";

/** One part that FlowLens needs. */
export const HealthCheck = answer("HealthCheck", {
  name: Type.String({ examples: ["clickhouse"] }),
  ready: Type.Boolean(),
  reason: nullable(Type.String({ description: "Why it is not, as a sentence." })),
});
export type HealthCheck = Static<typeof HealthCheck>;

export const HealthLive = answer("HealthLive", { status: Type.Literal("live"), version: Type.String() });
export type HealthLive = Static<typeof HealthLive>;

/** Every part works. Otherwise the answer is the problem NOT_READY with the same `checks`. */
export const HealthReady = answer("HealthReady", {
  status: Type.Literal("ready"),
  version: Type.String(),
  checks: Type.Array(HealthCheck),
});
export type HealthReady = Static<typeof HealthReady>;
