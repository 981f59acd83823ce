import {
  createSflow5Agents,
  createSflow5Decoder,
  newDrops,
  sequenceStream,
  sflow5SampleToJson,
  type SampleHead,
  type Sflow5Agents,
  type Sflow5Datagram,
  type Sflow5Sample,
} from "../../sflow/index.ts";
import type { Exporter } from "../exporter-table.ts";
import type { DatagramContext, ProtocolHandler, SequenceObservation } from "./protocol-handler.ts";

/**
 * sFlow v5: datagrams are numbered by agent and sub agent, samples by data source besides. The exporter of a row is the
 * sender of the datagram, as for the other protocols; the agent's own address is shown under `fields`.
 */
export function createSflow5Handler(): ProtocolHandler {
  const decoder = createSflow5Decoder();
  const agentsOf = new WeakMap<Exporter, Sflow5Agents>();
  const observation: SequenceObservation = {
    stream: 0,
    unit: "packets",
    sequence: 0,
    units: 1,
    uptimeMs: -1,
  };
  let context: DatagramContext | undefined;
  let agent: ReturnType<Sflow5Agents["find"]>;
  let datagramBytes: Uint8Array = new Uint8Array(0);

  /** Takes in the sequence number of a datagram or sample, and what its source dropped. */
  const observe = (kind: "datagram" | "flow" | "counters", datagram: Sflow5Datagram, head: SampleHead) => {
    const exporter = context?.exporter;
    if (context === undefined || exporter === undefined) return;
    if (kind === "datagram") {
      let agents = agentsOf.get(exporter);
      if (agents === undefined) agentsOf.set(exporter, (agents = createSflow5Agents()));
      agent = agents.find(datagram);
      if (agent === undefined) context.count("packets_of_unwatched_engines");
    }
    if (agent === undefined) return;
    observation.stream = sequenceStream(agent, kind, head);
    observation.unit = kind === "datagram" ? "packets" : "records";
    observation.sequence = kind === "datagram" ? datagram.sequence : head.sequence;
    observation.uptimeMs = datagram.uptimeMs;
    context.sequence(observation);
    if (kind !== "flow") return;
    exporter.samplesDropped += newDrops(agent, head);
    if (head.samplingRate > 0) exporter.samplingRate = head.samplingRate;
  };

  const visit = (sample: Sflow5Sample) => {
    if (context?.visit === undefined) return;
    // Counters and notices of discarded packets are no traffic: shown as other protocols' options records are.
    if (sample.kind !== "flow" && !context.withOptions) return;
    context.visit(sflow5SampleToJson(datagramBytes, sample, context.source));
  };

  const into = {
    exporter: new Uint8Array(16) as Uint8Array,
    receivedAtMs: 0,
    sink: undefined as DatagramContext["sink"],
    visit: undefined as typeof visit | undefined,
    observe,
    malformed: (reason: string) => context?.malformed(reason),
    count: (name: string, by: number) => context?.count(name, by),
  };

  return {
    protocol: "sflow5",
    datagram(bytes, start, end, given) {
      context = given;
      agent = undefined;
      datagramBytes = bytes;
      into.exporter = given.source.exporter;
      into.receivedAtMs = given.source.receivedAtMs;
      into.sink = given.sink;
      into.visit = given.visit === undefined ? undefined : visit;
      const stepsBefore = decoder.steps;
      const rows = decoder.decode(bytes, start, end, into);
      given.count("decoder_steps", decoder.steps - stepsBefore);
      given.decoded(rows, 0);
      return rows;
    },
  };
}
