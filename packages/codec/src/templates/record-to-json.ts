import { IP_PROTOCOL, formatAddress } from "@flowlens/flow";
import { elementOf, fieldValue } from "../elements/index.ts";
import { isoTime, type RecordJson } from "../record-json/index.ts";
import type { Domain, TemplateProtocol } from "./domain.ts";
import { KIND, type Meaning } from "./meaning.ts";
import type { RecordLayout } from "./read-record.ts";
import { CERT_ENTERPRISE, CERT_REVERSE, REVERSE_ENTERPRISE, registerOf } from "./element-registers.ts";
import { NOT_CARRIED, REGISTER as R } from "./registers.ts";
import { NETFLOW9_SCOPE, type Template } from "./template.ts";

export interface JsonOrigin {
  protocol: TemplateProtocol;
  domain: Domain;
  /** 16 bytes; all zero where not known. */
  exporterAddress: Uint8Array;
  domainId: number;
  sequence: number;
  exportMs: number;
}

/** Registers that have a key of their own in RecordJson: their fields are not told again under `fields`. */
const SHOWN = new Set<number>([
  R.src4At,
  R.dst4At,
  R.src6At,
  R.dst6At,
  R.nextHop4At,
  R.nextHop6At,
  R.srcPort,
  R.dstPort,
  R.protocol,
  R.tcpFlags,
  R.bytes,
  R.packets,
  R.inIf,
  R.outIf,
  R.vlanSrc,
  R.vlanDst,
  R.srcAs,
  R.dstAs,
  R.direction,
  R.reverseBytes,
  R.reversePackets,
]);

/** A data record as an object: what a flow has under keys of their own, everything else under `fields`. Cold path. */
export function dataRecordToJson(
  bytes: Uint8Array,
  layout: RecordLayout,
  template: Template,
  registers: Float64Array,
  meaning: Meaning,
  origin: JsonOrigin,
): RecordJson {
  const shown = (register: number): number | undefined =>
    registers[register] === NOT_CARRIED ? undefined : registers[register];
  const address = (at: number, isIpv4: boolean): string | undefined =>
    at === NOT_CARRIED ? undefined : addressText(bytes, at, isIpv4);
  const nextHopAt = [meaning.nextHopAt, registers[R.nextHop4At], registers[R.nextHop6At]].find(
    (at) => at >= 0,
  );
  const nextHopIs4 =
    meaning.nextHopAt === NOT_CARRIED ? registers[R.nextHop4At] !== NOT_CARRIED : meaning.nextHopIsIpv4;
  const isCounted = meaning.kind === KIND.flow || registers[R.bytes] !== NOT_CARRIED;
  return withoutUndefined({
    protocol: origin.protocol,
    ...exporterOf(origin),
    time_start: isoTime(meaning.times.startMs),
    time_end: isoTime(meaning.times.endMs),
    src_addr: address(meaning.srcAt, meaning.isIpv4),
    dst_addr: address(meaning.dstAt, meaning.isIpv4),
    src_port: firstOf(shown(R.srcPort), shown(R.tcpSrcPort)),
    dst_port: firstOf(shown(R.dstPort), shown(R.tcpDstPort)),
    ip_protocol: shown(R.protocol),
    tcp_flags: carried(meaning.tcpFlags),
    bytes: isCounted ? carried(meaning.bytes) : undefined,
    packets: carried(meaning.packets),
    reverse_bytes: carried(meaning.reverseBytes),
    reverse_packets: carried(meaning.reversePackets),
    sampling_rate: meaning.samplingIsKnown ? meaning.samplingRate : undefined,
    in_if: shown(R.inIf),
    out_if: shown(R.outIf),
    vlan_src: shown(R.vlanSrc),
    vlan_dst: shown(R.vlanDst),
    src_as: shown(R.srcAs),
    dst_as: shown(R.dstAs),
    next_hop: nextHopAt === undefined ? undefined : address(nextHopAt, nextHopIs4),
    direction: shown(R.direction),
    fields: {
      ...fieldsOf(bytes, layout, template, origin, (field) =>
        isShownElsewhere(bytes, layout, template, field, meaning),
      ),
      ...icmpOf(meaning),
      template_id: template.id,
      flow_sequence: origin.sequence,
      export_time: isoTime(origin.exportMs),
    },
  });
}

/** An options data record: scope and options under `fields`, the names of the scope under `scope`. */
export function optionsRecordToJson(
  bytes: Uint8Array,
  layout: RecordLayout,
  template: Template,
  samplingRate: number,
  origin: JsonOrigin,
): RecordJson {
  const fields = fieldsOf(bytes, layout, template, origin, () => false);
  return withoutUndefined({
    protocol: origin.protocol,
    record: "options" as const,
    ...exporterOf(origin),
    time_start: isoTime(origin.exportMs),
    time_end: isoTime(origin.exportMs),
    sampling_rate: samplingRate > 0 ? samplingRate : undefined,
    scope: Object.keys(fields).slice(0, template.scopeFields),
    fields: { ...fields, template_id: template.id, flow_sequence: origin.sequence },
  });
}

/** Type and code, wherever the exporter put them. */
function icmpOf({ protocol, icmpTypeCode }: Meaning): Record<string, number> {
  if (protocol !== IP_PROTOCOL.icmp && protocol !== IP_PROTOCOL.icmpv6) return {};
  return { icmp_type: icmpTypeCode >>> 8, icmp_code: icmpTypeCode & 0xff };
}

function exporterOf(origin: JsonOrigin): { exporter?: string; observation_domain: number } {
  const isKnown = origin.exporterAddress.some((byte) => byte !== 0);
  return {
    ...(isKnown ? { exporter: formatAddress(origin.exporterAddress) } : {}),
    observation_domain: origin.domainId,
  };
}

/** A field that fills a register with a key of its own; addresses of the version of IP that was not chosen stay where they are set. */
function isShownElsewhere(
  bytes: Uint8Array,
  layout: RecordLayout,
  template: Template,
  field: number,
  meaning: Meaning,
): boolean {
  if (template.plan.read[field] === 0) return false;
  const element = registerOf(template.ids[field], template.enterprises[field]);
  // What stands in for the element that the key is named after is told by its own name too.
  if (element === undefined || element.rank > 0 || !SHOWN.has(element.register)) return false;
  const { register } = element;
  const isIpv4 = register === R.src4At || register === R.dst4At;
  if (!isIpv4 && register !== R.src6At && register !== R.dst6At) return true;
  const at = layout.at[field];
  return (
    isIpv4 === meaning.isIpv4 || bytes.subarray(at, at + layout.lengths[field]).every((byte) => byte === 0)
  );
}

/** Scope fields of v9 by number (RFC 3954 §6.1). */
const NETFLOW9_SCOPES: Readonly<Record<number, string>> = {
  1: "scope_system",
  2: "scope_interface",
  3: "scope_line_card",
  4: "scope_netflow_cache",
  5: "scope_template",
};

/** Fields by name; a name that comes again gets a number behind it. */
function fieldsOf(
  bytes: Uint8Array,
  layout: RecordLayout,
  template: Template,
  origin: JsonOrigin,
  isLeftOut: (field: number) => boolean,
): Record<string, number | string> {
  const fields: Record<string, number | string> = {};
  const seen = new Map<string, number>();
  for (let field = 0; field < template.ids.length; field++) {
    if (isLeftOut(field)) continue;
    const id = template.ids[field];
    const enterprise = template.enterprises[field];
    const at = layout.at[field];
    const length = layout.lengths[field];
    let name: string;
    let type: string;
    if (enterprise === NETFLOW9_SCOPE) {
      name = NETFLOW9_SCOPES[id] ?? `scope_${id}`;
      type = length <= 8 ? "unsigned64" : "octetArray";
    } else {
      ({ name, type } = describe(id, enterprise, origin));
    }
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    fields[times === 1 ? name : `${name}_${times}`] = fieldValue(bytes, at, length, type);
  }
  return fields;
}

/** Name and type: of the registry, of its reverse (RFC 5103), of what the exporter told (RFC 5610), else by number. */
function describe(id: number, enterprise: number, origin: JsonOrigin): { name: string; type: string } {
  if (enterprise === REVERSE_ENTERPRISE) {
    const { name, type } = elementOf(id, 0);
    return { name: `reverse_${name}`, type };
  }
  if (enterprise === CERT_ENTERPRISE && id >= CERT_REVERSE) {
    const { name, type } = elementOf(id - CERT_REVERSE, enterprise);
    return { name: `reverse_${name}`, type };
  }
  const known = elementOf(id, enterprise);
  if (known.isKnown || enterprise === 0) return known;
  const told = origin.domain.exporter.domains.elements.get(`${enterprise}:${id}`);
  return told === undefined ? known : elementOf(id, enterprise, told);
}

function addressText(bytes: Uint8Array, at: number, isIpv4: boolean): string {
  return isIpv4 ? bytes.subarray(at, at + 4).join(".") : formatAddress(bytes, at);
}

function carried(value: number): number | undefined {
  return value === NOT_CARRIED ? undefined : value;
}

function firstOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || a === 0 ? (b ?? a) : a;
}

function withoutUndefined(object: object): RecordJson {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as Partial<RecordJson> as RecordJson;
}
