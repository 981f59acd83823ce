import { Type, type Static } from "typebox";
import { Address, answer, Count, Moment, NetworkName, nullable } from "./values.ts";

/** `silent`: nothing for more than 5 minutes though it used to send. `never_seen`: registered, and nothing came yet. */
export const EXPORTER_STATES = ["receiving", "silent", "waiting_for_template", "never_seen"] as const;

const SamplingRate = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

/** A made-up exporter's clock: at `real_ms` (ms since 1970) it was `simulated_ms` there, and it runs `speed` times as fast. */
export const SimulatedClock = Type.Object(
  {
    real_ms: Type.Number(),
    simulated_ms: Type.Number(),
    speed: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
  },
  { additionalProperties: false, title: "SimulatedClock" },
);
export type SimulatedClock = Static<typeof SimulatedClock>;

/** A device that sends flow records: as it is kept, and how it behaves. Counters count from the collector's start. */
export const Exporter = answer("Exporter", {
  address: Address,
  name: Type.String({ description: "Empty when nobody gave it one." }),
  network: Type.String({ description: "Name of the network that its records belong to." }),
  state: Type.Enum(EXPORTER_STATES, {
    description:
      "silent: nothing for more than 5 minutes. waiting_for_template: its newest data cannot be read yet.",
  }),
  protocols: Type.Array(Type.String(), { examples: [["netflow9"]] }),
  packets: Count,
  records: Count,
  records_per_second: Type.Number({ minimum: 0, description: "Over the last minute." }),
  records_lost: Type.Integer({
    minimum: 0,
    description:
      "Sent and not received, by its sequence numbers: records (NetFlow v5, IPFIX), packets (NetFlow v9), samples (sFlow).",
  }),
  packets_lost: Type.Integer({
    minimum: 0,
    description: "Sent and not received, where the protocol counts packets (NetFlow v9, sFlow).",
  }),
  records_dropped: Type.Integer({ minimum: 0, description: "Received and lost here: the spool was full." }),
  samples_dropped: Type.Integer({ minimum: 0, description: "Dropped by the exporter itself (sFlow)." }),
  sequence_gaps: Count,
  sequence_reorders: Count,
  sequence_resets: Count,
  records_waiting: Type.Integer({ minimum: 0, description: "Came before their template." }),
  templates: Type.Integer({ minimum: 0, description: "Known now." }),
  malformed: Type.Integer({ minimum: 0, description: "Packets with something wrong." }),
  malformed_by_reason: Type.Record(Type.String(), Count),
  unsupported: Type.Integer({ minimum: 0, description: "Packets of a version that is not decoded." }),
  times_clamped: Type.Integer({ minimum: 0, description: "Records with impossible times." }),
  sampling_rate: Type.Integer({ minimum: 1, description: "The newest it said; 1 is unsampled." }),
  sampling_rate_override: nullable(
    Type.Integer({ minimum: 1, description: "Counts instead of what it says." }),
  ),
  clock_skew_ms: nullable(
    Type.Number({
      description: "Receipt minus export time, in simulated time where the clock is simulated.",
    }),
  ),
  simulated: Type.Boolean({ description: "Its clock is made up and runs at another speed." }),
  first_seen: nullable(Moment),
  last_seen: nullable(Moment),
});
export type Exporter = Static<typeof Exporter>;

/** One port on one address that export packets are received on. */
export const CollectorSocket = answer("CollectorSocket", {
  address: Address,
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
  protocols: Type.Array(Type.String(), { description: "Usually sent there; every port takes all." }),
  packets: Count,
  bytes: Type.Integer({ minimum: 0, description: "UDP payload." }),
  refused: Type.Integer({ minimum: 0, description: "Packets of senders that are not allowed." }),
  queue_drops: Type.Integer({ minimum: 0, description: "Packets dropped because decoding lagged behind." }),
  kernel_drops: nullable(
    Type.Integer({ minimum: 0, description: "Packets the system dropped; null where it does not say." }),
  ),
  receive_buffer_asked_bytes: Count,
  receive_buffer_bytes: Type.Integer({ minimum: 0, description: "Really granted." }),
});
export type CollectorSocket = Static<typeof CollectorSocket>;

export const ExporterList = answer("ExporterList", {
  exporters: Type.Array(Exporter, { description: "In the order of their addresses." }),
  sockets: Type.Array(CollectorSocket, { description: "Empty when the collector is off." }),
  refused_senders: Type.Array(
    Type.Object({ address: Address, packets: Count }, { additionalProperties: false }),
    { description: "Senders outside the allowed ranges, most packets first, at most 100." },
  ),
});
export type ExporterList = Static<typeof ExporterList>;

export const ExporterPath = Type.Object(
  { address: Type.String({ minLength: 2, maxLength: 45, description: "Address of the exporter." }) },
  { additionalProperties: false },
);
export type ExporterPath = Static<typeof ExporterPath>;

/** What can be changed; what is left out stays. */
export const ExporterPatch = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, pattern: "^[^\\u0000]*$" })),
    network: Type.Optional(NetworkName),
    sampling_rate_override: Type.Optional(nullable(SamplingRate)),
    simulated_clock: Type.Optional(nullable(SimulatedClock)),
  },
  { additionalProperties: false, minProperties: 1, title: "ExporterPatch" },
);
export type ExporterPatch = Static<typeof ExporterPatch>;
