import { FLOW_COLUMNS, type FlowColumn, type FlowColumnName } from "@flowlens/flow";
import { Type, type Static, type TSchema } from "typebox";
import {
  Cursor,
  HostAddress,
  HostAddressOrRange,
  NextCursor,
  PERIOD_ANSWER,
  PERIOD_FIELDS,
  Port,
  ProtocolNumber,
} from "./traffic-values.ts";
import { answer, Moment, NetworkName, nullable } from "./values.ts";

/** A column of the catalogue as JSON has it. */
function jsonOf({ type, label, description }: FlowColumn): TSchema {
  const said = { description: `${label}. ${description.replace(/\.$/, "")}.` };
  if (type === "time_ms") return { ...Moment, description: `${label}.` };
  return type === "address" ? Type.String(said) : Type.Integer({ minimum: 0, ...said });
}

type TextColumn = "exporter" | "time_start" | "time_end" | "src_addr" | "dst_addr" | "next_hop";

/** A raw record as it was received: one direction of one conversation. Bytes and packets are not scaled. */
export type FlowRecord = {
  readonly [Name in FlowColumnName]: Name extends TextColumn ? string : number;
} & {
  /** When it was received, or its file was imported. */
  readonly received_at: string;
  /** Null: received live. */
  readonly import_id: number | null;
};

export const FlowRecord = answer("FlowRecord", {
  ...Object.fromEntries(FLOW_COLUMNS.map((column) => [column.name, jsonOf(column)])),
  received_at: { ...Moment, description: "When it was received, or its file was imported." },
  import_id: nullable(Type.Integer({ minimum: 1, description: "Null: received live." })),
});

/** What is asked of the raw records. All that is given must hold. Without a period: all there is. */
export const FlowRecordsQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    host: Type.Optional({
      ...HostAddressOrRange,
      description: "Source or destination: an address or a range.",
    }),
    peer: Type.Optional({ ...HostAddress, description: "The other end; only with host." }),
    port: Type.Optional({ ...Port, description: "Source or destination port." }),
    protocol: Type.Optional(ProtocolNumber),
    exporter: Type.Optional({
      ...HostAddress,
      description: "Address of the exporter; :: for metered records.",
    }),
    import_id: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
    ...PERIOD_FIELDS,
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
  },
  { additionalProperties: false },
);
export type FlowRecordsQuery = Static<typeof FlowRecordsQuery>;

export interface FlowRecordList {
  readonly network: string;
  readonly records: readonly FlowRecord[];
  readonly next_cursor: string | null;
}
export const FlowRecordList = answer("FlowRecordList", {
  network: Type.String(),
  records: Type.Array(FlowRecord, { description: "Latest start first." }),
  next_cursor: nullable(NextCursor),
});

const AGGREGATE_COUNT = (description: string) => Type.Integer({ minimum: 0, description });

/** What one host did in one 5-minute window with one peer on one service, seen from the host. */
export const FlowAggregate = answer("FlowAggregate", {
  window: { ...Moment, description: "Start of the 5-minute window." },
  host: Type.String(),
  side: Type.Enum(["client", "server"], { description: "Role of the host." }),
  peer: Type.String(),
  protocol: ProtocolNumber,
  port: { ...Port, description: "Of the server; 0 for protocols without ports." },
  service: Type.String({ description: "As people write it.", examples: ["443/tcp"] }),
  answered: Type.Boolean({ description: "The server sent something else than resets or unreachables." }),
  started: AGGREGATE_COUNT("Conversations whose first record is in this window."),
  accepted: AGGREGATE_COUNT("Conversations first answered in this window."),
  refused: AGGREGATE_COUNT("Conversations started here that got resets or unreachables only."),
  one_way: AGGREGATE_COUNT("Conversations started here that got nothing back."),
  bytes_in: AGGREGATE_COUNT("Bytes the host received, scaled by the sampling rate."),
  bytes_out: AGGREGATE_COUNT("Bytes the host sent, scaled."),
  packets_in: AGGREGATE_COUNT("Packets the host received, scaled."),
  packets_out: AGGREGATE_COUNT("Packets the host sent, scaled."),
  tcp_flags: Type.Integer({ minimum: 0, maximum: 255, description: "OR of both directions." }),
  duration_ms: AGGREGATE_COUNT("Time that its conversations took within the window, summed."),
  first_seen: Moment,
  last_seen: Moment,
  max_sampling_rate: Type.Integer({ minimum: 1, description: "1 is unsampled." }),
  exporters: Type.Array(Type.String(), {
    description: "Only where more than one exporter saw it: the counted one first.",
  }),
});
export type FlowAggregate = Static<typeof FlowAggregate>;

/** What is asked of the 5-minute aggregates of a host. Without a period: the last 24 hours of its network's traffic. */
export const FlowAggregatesQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    host: HostAddress,
    peer: Type.Optional({ ...HostAddress, description: "Only what it did with this one." }),
    side: Type.Optional(Type.Enum(["client", "server"], { description: "Role of the host." })),
    port: Type.Optional({ ...Port, description: "Of the server." }),
    protocol: Type.Optional(ProtocolNumber),
    ...PERIOD_FIELDS,
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
  },
  { additionalProperties: false },
);
export type FlowAggregatesQuery = Static<typeof FlowAggregatesQuery>;

export const FlowAggregateList = answer("FlowAggregateList", {
  network: Type.String(),
  ...PERIOD_ANSWER,
  aggregates: Type.Array(FlowAggregate, { description: "Newest window first." }),
  next_cursor: nullable(NextCursor),
});
export type FlowAggregateList = Static<typeof FlowAggregateList>;
