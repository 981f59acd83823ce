import type { FlowSink } from "@flowlens/flow";
import type { DatagramContext } from "../export/protocols/protocol-handler.ts";
import type { Domain, TemplateProtocol } from "./domain.ts";
import { createMeaning, interpret, KIND, type RecordOrigin } from "./meaning.ts";
import { learnOptions } from "./options-record.ts";
import { createRecordLayout, layOut, readFixed, readLaidOut } from "./read-record.ts";
import { writePlainRecords, type PlainTotals } from "./plain-records.ts";
import { createRegisters, NOT_CARRIED } from "./registers.ts";
import { dataRecordToJson, optionsRecordToJson, type JsonOrigin } from "./record-to-json.ts";
import { USED, type Template } from "./template.ts";
import { domainKey, templateFor, type Definition, type TemplateTable } from "./template-table.ts";
import { writeFlow, type FlowOrigin } from "./to-flow.ts";

/** The header of a datagram, as far as its records depend on it. */
export interface DatagramHeader {
  readonly protocol: TemplateProtocol;
  /** Observation domain or source id. */
  readonly domainId: number;
  readonly sequence: number;
  /** Ms since 1970. */
  readonly exportMs: number;
  /** -1 in IPFIX. */
  readonly uptimeMs: number;
}

/** What the sets of one datagram held. */
export interface SetTotals {
  /** Flow records. */
  records: number;
  optionsRecords: number;
  timesClamped: number;
  /** Of the records of both kinds, those of sets that had waited: they came in earlier datagrams. */
  released: number;
  /** Flow records among them. */
  releasedFlows: number;
  /** Sets without a template: how many records they hold is not known. */
  setsWaiting: number;
}

/** Decodes the sets of datagrams, whichever of the two protocols they came in. */
export interface SetDecoder {
  readonly totals: SetTotals;
  begin(header: DatagramHeader, context: DatagramContext): void;
  /** The records in bytes[at, end), the content of a data set without its header. */
  dataSet(bytes: Uint8Array, at: number, end: number, templateId: number): void;
  /** A template record; then the sets that waited for it. */
  template(definition: Definition): void;
  withdraw(templateId: number): void;
  /** Withdraws all templates, or all options templates, of the domain. */
  withdrawAll(isOptions: boolean): void;
  /** Passes the totals on to the context. Returns the flow records. */
  finish(): number;
}

interface Origin extends RecordOrigin, FlowOrigin, JsonOrigin {}

const NOTHING: SetTotals = {
  records: 0,
  optionsRecords: 0,
  timesClamped: 0,
  released: 0,
  releasedFlows: 0,
  setsWaiting: 0,
};

export function createSetDecoder(table: TemplateTable): SetDecoder {
  const registers = createRegisters();
  const blank = createRegisters();
  const layout = createRecordLayout();
  const meaning = createMeaning();
  const plainTotals: PlainTotals = { timesClamped: 0, samplingRate: 1 };
  const totals: SetTotals = { ...NOTHING };
  let context: DatagramContext;
  let header: DatagramHeader;
  let domain: Domain | undefined;
  let origin: Origin;
  let steps = 0;
  let events = 0;
  let others = 0;
  let rows = 0;
  let flows = 0;
  let newestRate = 0;

  /** The domain, made when it is first needed; undefined where there is no room for one. */
  const ownDomain = (): Domain | undefined => {
    if (domain === undefined && context.exporter !== undefined) {
      domain = table.domain(context.exporter, header.protocol, header.domainId);
      if (domain === undefined) context.count("domains_refused");
    }
    return domain;
  };

  const startOrigin = (of: Domain, from: Pick<DatagramHeader, "exportMs" | "uptimeMs" | "sequence">) => {
    origin.domain = of;
    origin.exportMs = from.exportMs;
    origin.uptimeMs = from.uptimeMs;
    origin.sequence = from.sequence;
    origin.exporterAddress = context.source.exporter;
    origin.domainId = header.domainId;
    origin.protocol = header.protocol;
  };

  /** One record in the registers; `layout` holds its fields where they were laid out. */
  const record = (bytes: Uint8Array, template: Template) => {
    interpret(bytes, template.plan, registers, origin, meaning);
    totals.records++;
    if (meaning.times.clamped) totals.timesClamped++;
    newestRate = meaning.samplingRate;
    if (meaning.kind === KIND.event) events++;
    else if (meaning.kind === KIND.other) others++;
    else flows++;
    const { sink, visit } = context;
    if (sink !== undefined) {
      if (meaning.kind === KIND.flow) rows += writeFlow(bytes, registers, meaning, origin, sink);
    } else if (visit !== undefined) {
      rows += meaning.kind === KIND.flow ? rowsOf() : 0;
      visit(dataRecordToJson(bytes, layout, template, registers, meaning, origin));
    }
  };

  const rowsOf = () =>
    (meaning.reverseBytes > 0 || meaning.reversePackets > 0) && (meaning.bytes > 0 || meaning.packets > 0)
      ? 2
      : 1;

  const optionsRecord = (bytes: Uint8Array, template: Template, of: Domain) => {
    totals.optionsRecords++;
    const rate = learnOptions(bytes, layout, template, registers, of);
    if (rate > 0) newestRate = rate;
    if (context.withOptions) context.visit?.(optionsRecordToJson(bytes, layout, template, rate, origin));
  };

  const plainRecords = (bytes: Uint8Array, at: number, end: number, template: Template, sink: FlowSink) => {
    const { plan } = template;
    const count = Math.floor((end - at) / plan.recordBytes);
    if (count === 0) return;
    plainTotals.timesClamped = 0;
    const plain = { bytes, at, count, plan, registers };
    writePlainRecords(plain, origin, sink, plainTotals);
    totals.records += count;
    totals.timesClamped += plainTotals.timesClamped;
    newestRate = plainTotals.samplingRate;
    flows += count;
    rows += count;
    steps += count * (1 + (plan.reads.length >> 2));
  };

  const fixedRecords = (bytes: Uint8Array, at: number, end: number, template: Template) => {
    const { plan } = template;
    const { recordBytes } = plan;
    const isForPeople = context.visit !== undefined;
    for (; at + recordBytes <= end; at += recordBytes) {
      readFixed(bytes, at, plan, origin.exportMs, registers);
      if (isForPeople) layOut(bytes, at, end, template, layout);
      record(bytes, template);
      steps += 1 + (plan.reads.length >> 2);
    }
  };

  const laidOutRecords = (bytes: Uint8Array, at: number, end: number, template: Template, of: Domain) => {
    const { plan } = template;
    while (end - at >= plan.minRecordBytes) {
      const next = layOut(bytes, at, end, template, layout);
      steps += template.ids.length + 1;
      if (next < 0) {
        context.malformed("record_longer_than_set");
        return;
      }
      if (plan.recordBytes > 0) readFixed(bytes, at, plan, origin.exportMs, registers);
      else readLaidOut(bytes, layout, plan, origin.exportMs, registers);
      if (template.isOptions) optionsRecord(bytes, template, of);
      else record(bytes, template);
      at = next;
    }
  };

  const records = (bytes: Uint8Array, at: number, end: number, template: Template, of: Domain) => {
    const { plan } = template;
    if (plan.minRecordBytes === 0) {
      // Records without a byte would never end.
      context.malformed("zero_length_record");
      return;
    }
    registers.set(blank);
    const { sink } = context;
    if (plan.isPlain && sink !== undefined && !template.isOptions) {
      plainRecords(bytes, at, end, template, sink);
    } else if (plan.recordBytes > 0 && !template.isOptions) fixedRecords(bytes, at, end, template);
    else laidOutRecords(bytes, at, end, template, of);
  };

  const wait = (bytes: Uint8Array, at: number, end: number, templateId: number) => {
    totals.setsWaiting++;
    context.count("records_waiting");
    if (context.exporter !== undefined) context.exporter.recordsWaiting++;
    const of = ownDomain();
    if (of === undefined || !table.waiting.hasRoom(of, end - at)) {
      context.count("records_waiting_dropped");
      return;
    }
    table.waiting.hold(of, templateId, {
      bytes: bytes.slice(at, end),
      exportMs: header.exportMs,
      uptimeMs: header.uptimeMs,
      sequence: header.sequence,
      receivedAtMs: context.source.receivedAtMs,
      port: context.source.port,
      seenAtMs: -1,
    });
  };

  const releaseWaiting = (of: Domain, templateId: number) => {
    if (!of.waiting.has(templateId)) return;
    const { released, dropped } = table.waiting.release(of, templateId, context.source.receivedAtMs);
    if (dropped > 0) context.count("records_waiting_dropped", dropped);
    const before = totals.records + totals.optionsRecords;
    const flowsBefore = totals.records;
    for (const set of released) {
      const template = templateFor(of, templateId, set.port);
      if (template === undefined) return;
      context.count("records_waiting_decoded");
      if (context.exporter !== undefined) context.exporter.recordsWaiting--;
      startOrigin(of, set);
      records(set.bytes, 0, set.bytes.length, template, of);
    }
    totals.releasedFlows += totals.records - flowsBefore;
    totals.released += totals.records + totals.optionsRecords - before;
    startOrigin(of, header);
  };

  return {
    totals,

    begin(nextHeader, nextContext) {
      header = nextHeader;
      context = nextContext;
      Object.assign(totals, NOTHING);
      steps = events = others = rows = flows = newestRate = 0;
      domain = context.exporter?.domains.domains.get(domainKey(header.protocol, header.domainId));
      origin ??= {
        domain: domain as Domain,
        exportMs: 0,
        uptimeMs: NOT_CARRIED,
        sequence: 0,
        exporterAddress: context.source.exporter,
        domainId: 0,
        protocol: header.protocol,
      };
      if (domain !== undefined) startOrigin(domain, header);
    },

    dataSet(bytes, at, end, templateId) {
      steps++;
      const { port } = context.source;
      const template = domain === undefined ? undefined : templateFor(domain, templateId, port);
      if (template === undefined || domain === undefined) {
        wait(bytes, at, end, templateId);
        return;
      }
      template.unusedSinceMs = USED;
      records(bytes, at, end, template, domain);
    },

    template(definition) {
      steps += 1 + definition.ids.length;
      const of = ownDomain();
      if (of === undefined) return;
      const defined = table.define(of, definition, context.source.port);
      if (defined === "refused") context.count("templates_refused");
      else {
        context.count(`templates_${defined}`);
        startOrigin(of, header);
        releaseWaiting(of, definition.id);
      }
    },

    withdraw(templateId) {
      steps++;
      const isKnown = domain !== undefined && table.withdraw(domain, templateId);
      context.count(isKnown ? "templates_withdrawn" : "withdrawals_of_unknown");
    },

    withdrawAll(isOptions) {
      steps++;
      if (domain === undefined) return;
      for (const [id, template] of domain.templates) {
        if (template.isOptions !== isOptions) continue;
        table.withdraw(domain, id);
        context.count("templates_withdrawn");
      }
    },

    finish() {
      context.decoded(totals.records, totals.timesClamped);
      context.count("decoder_steps", steps);
      if (totals.optionsRecords > 0) context.count("options_records", totals.optionsRecords);
      if (events > 0) context.count("events_not_flows", events);
      if (others > 0) context.count("records_not_flows", others);
      if (rows > flows) context.count("biflow_reverse_rows", rows - flows);
      if (newestRate > 0 && context.exporter !== undefined) context.exporter.samplingRate = newestRate;
      return totals.records;
    },
  };
}
