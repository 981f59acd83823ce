import { parseAddress } from "@flowlens/flow";
import { createExportDecoder, type ExportDecoder } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows, type CollectedFlow } from "./collected-flows.ts";
import { datagramsOf, readVectorJson, vectorSets, type VectorSet } from "./third-party.ts";

const NOT_KNOWN = new Uint8Array(16);

/** What the two ways through the decoder make of one set of vectors. */
export interface DecodedVectors {
  /** Options data records are among them. */
  readonly records: RecordJson[];
  readonly rows: CollectedFlow[];
  readonly decoder: ExportDecoder;
  readonly asRows: ExportDecoder;
}

/** A file of IPFIX messages is cut by their lengths; any other file is one datagram. */
export function exportDatagramsOf(set: VectorSet): { bytes: Uint8Array; exporter: string | undefined }[] {
  return datagramsOf(set).flatMap(({ bytes, exporter }, i) =>
    set.packets_in_order.length > i && set.packets_in_order[i].endsWith(".ipfix")
      ? messagesOf(bytes).map((message) => ({ bytes: message, exporter }))
      : [{ bytes, exporter }],
  );
}

function messagesOf(file: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 16 <= file.length;) {
    const length = Math.max(16, (file[at + 2] << 8) | file[at + 3]);
    messages.push(file.subarray(at, at + length));
    at += length;
  }
  return messages;
}

export function decodeVectors(set: VectorSet): DecodedVectors {
  const decoder = createExportDecoder({ optionsRecords: true });
  const asRows = createExportDecoder();
  const collected = collectFlows();
  const records: RecordJson[] = [];
  for (const { bytes, exporter } of exportDatagramsOf(set)) {
    const address = exporter === undefined ? NOT_KNOWN : (parseAddress(exporter) ?? NOT_KNOWN);
    const source = { exporter: address, port: 0, receivedAtMs: 0 };
    decoder.datagramToJson(bytes, 0, bytes.length, source, (record) => records.push(record));
    asRows.datagram(bytes, 0, bytes.length, source, collected.sink);
  }
  return { records, rows: collected.flows(), decoder, asRows };
}

/** Sets of v9 and IPFIX that the vectors hold. */
export function templateVectorSets(): VectorSet[] {
  return [...vectorSets("v9"), ...vectorSets("IPFIX")];
}

/** Wireshark's data records of one set, in the order of the datagrams; its names of fields without `cflow.`. */
export function wiresharkRecords(set: VectorSet): Record<string, string>[] {
  const paths = [set.tshark_oracle ?? []]
    .flat()
    .filter((path) => path.endsWith(".json") && !path.includes("*"));
  return paths.flatMap((path) => {
    const oracle = readVectorJson(path) as { packets: { cflow?: unknown }[] };
    return oracle.packets.flatMap(({ cflow }) => [cflow ?? []].flat().flatMap(recordsOf));
  });
}

type Tree = { readonly [name: string]: string | Tree | readonly (string | Tree)[] };

function recordsOf(datagram: unknown): Record<string, string>[] {
  return Object.entries(datagram as Tree)
    .filter(([name]) => name.includes("[id="))
    .flatMap(([, sets]) => [sets as Tree | Tree[]].flat())
    .flatMap((set) => Object.entries(set).filter(([name]) => /^(Flow|Options|Data) \d/.test(name)))
    .flatMap(([, records]) => [records as Tree | Tree[]].flat().map(flat));
}

/** The fields of a record and of the trees in it, the first of those that repeat. */
function flat(record: Tree): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    const short = name.replace(/^cflow\./, "");
    const first = Array.isArray(value) ? (value[0] as string | Tree) : (value as string | Tree);
    if (typeof first === "string") fields[short] ??= first;
    else for (const [inner, innerValue] of Object.entries(flat(first))) fields[inner] ??= innerValue;
  }
  return fields;
}
