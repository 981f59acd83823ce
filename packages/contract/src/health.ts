import { Type, type Static } from "typebox";
import { nullable } from "./fields.ts";

export const HEALTH_CHECK = Type.Object(
  {
    name: Type.String(),
    ok: Type.Boolean(),
    reason: nullable(Type.String({ description: "Why it is not, as a sentence." })),
  },
  { title: "HealthCheck", additionalProperties: false },
);

/** Whether FlowLens can answer: each part it needs. */
export const HEALTH = Type.Object(
  {
    status: Type.Enum(["ready", "not_ready"]),
    version: Type.String(),
    checks: Type.Array(HEALTH_CHECK),
  },
  { title: "Health", additionalProperties: false },
);

export type HealthCheck = Readonly<Static<typeof HEALTH_CHECK>>;
export type Health = Readonly<Static<typeof HEALTH>>;

export const LIVE = Type.Object(
  { status: Type.Literal("live"), version: Type.String() },
  { title: "Live", additionalProperties: false },
);
