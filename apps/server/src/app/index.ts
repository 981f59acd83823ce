/**
 * The composition root: every part built by hand, started in order, stopped in reverse; and what takes several parts.
 * Not here: what a part does, and how the command line or HTTP ask for it.
 */
export {
  createDemo,
  type Demo,
  type DemoDecision,
  type DemoOptions,
  type DemoStanding,
} from "./demo/demo.ts";
export type { ExporterStanding, HostTotals, TypeStanding } from "./demo/demo-standing.ts";
export { createFlowLens, type FlowLens, type SettleOptions } from "./flowlens.ts";
export { examineMachine, type DoctorOptions, type Finding } from "./doctor.ts";
export { evaluateCaptures, type EvaluatedCaptures, type EvaluateOptions } from "./evaluate-captures.ts";
export { loadSettings, type Settings } from "./settings.ts";
export { createServer, type Server, type ServerOptions, type ServerStarted } from "./serve.ts";
