import { createFlowBatch, isIpv4, parseAddress, type FlowBatch } from "@flowlens/flow";
import type {
  ConversationTotals,
  ExporterTotals,
  MadeExporter,
  Traffic,
  TrafficOptions,
  TrafficStep,
} from "../network/made-network.ts";
import type { NetworkPlan } from "../plan/network-plan.ts";
import { createRandom } from "../random/random.ts";
import type { Conversation } from "./conversation.ts";
import { createConversationSource } from "./conversation-source.ts";
import { samplePackets } from "./sample-packets.ts";
import { createSegment, segmentOf, type Way } from "./segments.ts";
import { grownBatch, writeRow, type RowContent } from "./write-row.ts";

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const DEFAULT_STEP_MS = 10_000;
const FIRST_CAPACITY = 1_024;

/** A record that an exporter will flush, or a segment that it will take samples of. */
interface Job {
  readonly conversation: Conversation;
  readonly exporter: number;
  readonly way: Way;
  readonly index: number;
  /** Of a packet that was sampled already. */
  readonly sample?: RowContent;
}

/** The traffic of [fromMs, toMs); see MadeNetwork.flows. Can be iterated once. */
export function createTraffic(
  plan: NetworkPlan,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  options: TrafficOptions = {},
): Traffic {
  const stepMs = Math.max(SECOND_MS, Math.round((options.stepMs ?? DEFAULT_STEP_MS) / SECOND_MS) * SECOND_MS);
  const totals: ExporterTotals[] = plan.exporters.map(() => ({ records: 0, bytes: 0, packets: 0 }));
  const conversations: ConversationTotals = { answered: 0, refused: 0, unanswered: 0 };
  const accepted = new Float64Array(plan.hosts.length);
  const opened = new Float64Array(plan.hosts.length);
  const addresses = plan.exporters.map(({ address }) => parseAddress(address) ?? new Uint8Array(16));
  const isAsked = plan.exporters.map(
    ({ protocol }) => options.protocols === undefined || options.protocols.includes(protocol),
  );
  const batches = plan.exporters.map(() => createFlowBatch(FIRST_CAPACITY));
  const sampling = createRandom(plan.seed);
  const segment = createSegment();
  const source = createConversationSource(plan);
  /** What is due in a second, by the number of the second. */
  const due = new Map<number, Job[]>();

  function put(atMs: number, job: Job): void {
    const second = Math.max(Math.floor(atMs / SECOND_MS), Math.floor(nowMs / SECOND_MS));
    const jobs = due.get(second);
    if (jobs === undefined) due.set(second, [job]);
    else jobs.push(job);
  }

  let nowMs = fromMs;

  function begin(conversation: Conversation): void {
    if (conversation.startMs < fromMs || conversation.startMs >= toMs) return;
    const outcome = outcomeOf(conversation);
    conversations[outcome]++;
    if (outcome === "answered") {
      if (conversation.client < opened.length) opened[conversation.client]++;
      if (conversation.server < accepted.length) accepted[conversation.server]++;
    }
    let isSeen = false;
    for (const exporter of plan.pathOf(conversation.client, conversation.server)) {
      if (!isAsked[exporter] || !carries(plan, plan.exporters[exporter], conversation)) continue;
      if (isSeen && options.oneExporterEach === true) continue;
      isSeen = true;
      for (const way of [0, 1] as const) {
        const { packets } = way === 0 ? conversation.up : conversation.down;
        if (packets > 0) putSegment({ conversation, exporter, way, index: 0 });
      }
    }
  }

  /** A cache is asked when it lets go; an agent that samples sends what it sees at once. */
  function putSegment(job: Job): void {
    segmentOf(job.conversation, job.way, job.index, segment);
    if (segment.startMs >= toMs) return;
    put(
      isSampling(plan.exporters[job.exporter]) ? segment.startMs : Math.min(segment.flushMs, toMs - 1),
      job,
    );
  }

  function run(job: Job): void {
    const exporter = plan.exporters[job.exporter];
    if (job.sample !== undefined) {
      write(job, job.sample);
      return;
    }
    segmentOf(job.conversation, job.way, job.index, segment);
    const { isLast } = segment;
    if (isSampling(exporter)) {
      sampling.seek(job.conversation.key, job.index * 2 + job.way);
      const samples = samplePackets(job.conversation, job.way, {
        segment,
        rate: exporter.samplingRate,
        random: sampling,
      });
      for (const { atMs, bytes, tcpFlags } of samples) {
        if (atMs >= toMs) continue;
        put(atMs, { ...job, sample: { startMs: atMs, endMs: atMs, packets: 1, bytes, tcpFlags } });
      }
    } else {
      cutAt(toMs);
      write(job, segment);
    }
    if (!isLast) putSegment({ ...job, index: job.index + 1 });
  }

  /** What goes on at the end is told of as far as it came. */
  function cutAt(endMs: number): void {
    if (segment.endMs < endMs) return;
    const share = (endMs - segment.startMs) / (segment.endMs - segment.startMs);
    const packets = Math.max(1, Math.floor(segment.packets * share));
    segment.bytes = Math.floor((segment.bytes * packets) / segment.packets);
    segment.packets = packets;
    segment.endMs = endMs - 1;
  }

  function write({ conversation, exporter, way }: Job, content: RowContent): void {
    let batch: FlowBatch = batches[exporter];
    if (batch.length === batch.capacity) batches[exporter] = batch = grownBatch(batch);
    const of = {
      plan,
      exporter: plan.exporters[exporter],
      exporterAddress: addresses[exporter],
      conversation,
      way,
    };
    writeRow(batch, of, content);
    const total = totals[exporter];
    total.records++;
    total.bytes += content.bytes;
    total.packets += content.packets;
  }

  function* steps(): Generator<TrafficStep, void, void> {
    let madeUpToMs = plan.dayStartMs + Math.floor((fromMs - plan.dayStartMs) / MINUTE_MS) * MINUTE_MS;
    for (let stepFromMs = fromMs; stepFromMs < toMs; stepFromMs += stepMs) {
      const stepToMs = Math.min(toMs, stepFromMs + stepMs);
      for (const batch of batches) batch.length = 0;
      for (; nowMs < stepToMs; nowMs = Math.min(stepToMs, (Math.floor(nowMs / SECOND_MS) + 1) * SECOND_MS)) {
        for (; madeUpToMs <= nowMs; madeUpToMs += MINUTE_MS) {
          source.minute((madeUpToMs - plan.dayStartMs) / MINUTE_MS, begin);
        }
        const second = Math.floor(nowMs / SECOND_MS);
        const jobs = due.get(second);
        if (jobs === undefined) continue;
        // Jobs may put others into the same second.
        for (const job of jobs) run(job);
        due.delete(second);
      }
      yield { fromMs: stepFromMs, toMs: stepToMs, batches };
    }
  }

  const iterator = steps();
  return { totals, conversations, accepted, opened, [Symbol.iterator]: () => iterator };
}

/** What the network can know of it: what only one side speaks in is answered by nobody. */
function outcomeOf({ outcome, down }: Conversation): keyof ConversationTotals {
  if (outcome === "refused") return "refused";
  return outcome === "unanswered" || down.packets === 0 ? "unanswered" : "answered";
}

function isSampling({ protocol }: MadeExporter): boolean {
  return protocol === "sflow5";
}

/** NetFlow v5 knows IPv4 only, and an exporter leaves out what it cannot say. */
function carries(plan: NetworkPlan, { protocol }: MadeExporter, conversation: Conversation): boolean {
  return protocol !== "netflow5" || isIpv4(plan.addresses, conversation.client * 16);
}
