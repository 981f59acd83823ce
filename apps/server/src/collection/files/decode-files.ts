import { createExportDecoder, flowRowToJson, type FileEnd, type RecordJson } from "@flowlens/codec";
import { createFlowBatch, type FlowSink } from "@flowlens/flow";
import { CollectionError } from "../errors.ts";
import { createCaptureProbe, type CaptureContent } from "./capture-decoder.ts";
import { readContent } from "./file-content.ts";
import { createDecoder, endOf, recogniseFile, type FlowFileKind } from "./flow-file.ts";

const PROBED_IP_PACKETS = 1_000;
const BATCH_RECORDS = 8_192;

export interface DecodeOptions {
  readonly content?: CaptureContent | undefined;
  /** Also print what is no flow: options records, counters, notices of discarded packets. Default false. */
  readonly optionsRecords?: boolean | undefined;
  /** Captures hold export packets, and only those sent to this UDP port are read. */
  readonly port?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives the records of one piece of a file; awaited before the next piece is read. */
  readonly onRecords: (records: readonly RecordJson[]) => Promise<void>;
}

export interface DecodedFile extends FlowFileKind {
  readonly path: string;
  readonly records: number;
  readonly end: FileEnd;
  readonly counters: Readonly<Record<string, number>>;
}

/** Decodes files one after the other, with one state of exporters and templates. */
export function createFileDecoding(options: DecodeOptions): { decode(path: string): Promise<DecodedFile> } {
  const exports = createExportDecoder({ optionsRecords: options.optionsRecords === true });
  return {
    async decode(path) {
      const kind = await kindOf(path, options);
      let pending: RecordJson[] = [];
      let records = 0;
      const batch = createFlowBatch(BATCH_RECORDS);
      const name = protocolName(kind);
      const sink: FlowSink = {
        batch,
        emit: () => {
          for (let row = 0; row < batch.length; row++) pending.push(flowRowToJson(batch, row, name));
        },
      };
      const before = { ...exports.counters };
      const decoder = createDecoder(kind, {
        sink,
        visit: (record) => pending.push(record),
        exports,
        port: options.port,
      });
      const flush = async (): Promise<void> => {
        const ready = pending;
        pending = [];
        records += ready.length;
        if (ready.length > 0) await options.onRecords(ready);
      };
      const content = await readContent(
        path,
        async (chunk) => {
          decoder.push(chunk);
          await flush();
        },
        { signal: options.signal },
      );
      const end = endOf(decoder, content.brokenOff, content.contentBytes);
      await flush();
      if (!end.complete && end.offset === 0 && records === 0) {
        throw new CollectionError("FILE_BROKEN", `${path}: ${end.reason}.`, { context: { file: path } });
      }
      return { path, ...kind, records, end, counters: since(decoder.counters, before) };
    },
  };
}

/** The decoder of exporters goes from file to file: what it had counted before is not this file's. */
function since(
  counters: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );
}

async function kindOf(path: string, options: DecodeOptions): Promise<FlowFileKind> {
  const { format } = await recogniseFile(path);
  if (format !== "pcap" && format !== "pcapng") return { format };
  return {
    format,
    content:
      options.content ??
      (options.port === undefined ? undefined : "export") ??
      (await probeContent(path, options.signal)),
  };
}

/** What the first packets of a capture are. */
async function probeContent(path: string, signal: AbortSignal | undefined): Promise<CaptureContent> {
  const probe = createCaptureProbe();
  const enough = new AbortController();
  try {
    await readContent(
      path,
      (chunk) => {
        probe.push(chunk);
        if (probe.ipPackets >= PROBED_IP_PACKETS) enough.abort();
      },
      { signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal },
    );
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  return probe.content;
}

function protocolName(kind: FlowFileKind): RecordJson["protocol"] {
  switch (kind.format) {
    case "csv":
      return "csv";
    case "nfdump-csv":
      return "nfdump";
    case "vpc-flow-log":
      return "vpc";
    case "zeek-tsv":
    case "zeek-json":
      return "zeek";
    default:
      return "metered";
  }
}
