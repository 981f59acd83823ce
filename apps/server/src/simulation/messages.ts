import type { MadeProtocol, OfficeOptions } from "@flowlens/synthetic";
import type {
  SentTotals,
  SimulatedClock,
  SimulatedExporter,
  SimulationProgress,
  SimulationTarget,
} from "./simulation-types.ts";

/** What the main thread and the sender's thread say to each other. */
export interface SenderSetup {
  readonly office: OfficeOptions;
  readonly targets: readonly SimulationTarget[];
  readonly speed: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly goOn: boolean;
  readonly protocols?: readonly MadeProtocol[];
}

export type ToSender =
  | { readonly type: "open" }
  | { readonly type: "start"; readonly clock: SimulatedClock }
  | { readonly type: "stop" };

/** How far sending is; what the main thread makes a SimulationProgress of. */
export interface SenderReport {
  readonly state: SimulationProgress["state"];
  readonly simulatedMs: number;
  readonly lagMs: number;
  readonly clock: SimulatedClock | undefined;
  /** By exporter, in the order of `opened`. */
  readonly sent: readonly SentTotals[];
}

export type FromSender =
  | { readonly type: "opened"; readonly exporters: readonly SimulatedExporter[] }
  | { readonly type: "refused"; readonly message: string }
  | ({ readonly type: "report" } & SenderReport)
  | ({ readonly type: "ended" } & SenderReport)
  | { readonly type: "broke"; readonly message: string };
