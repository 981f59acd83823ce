import { createHash } from "node:crypto";
import {
  createFlowFileDecoder,
  recogniseFormat,
  type ExportDecoder,
  type FileEnd,
  type FileFormat,
  type FlowFileDecoder,
  type RecordJson,
} from "@flowlens/codec";
import { createFlowBatch, type FlowSink } from "@flowlens/flow";
import { CollectionError } from "../errors.ts";
import {
  createCaptureProbe,
  createExportCaptureDecoder,
  createTrafficDecoder,
  type CaptureContent,
} from "./capture-decoder.ts";
import { createDatagramDecoder, createHexLinesDecoder } from "./datagram-decoder.ts";
import { createIpfixMessagesDecoder } from "./ipfix-messages-decoder.ts";
import { readContent, readHead, type ContentOptions } from "./file-content.ts";

/** What a file is: its format and, for a capture, what its packets are. */
export interface FlowFileKind {
  readonly format: FileFormat;
  /** Only for captures. */
  readonly content?: CaptureContent;
}

/** A file that was read once from end to end, without keeping anything of it. */
export interface ExaminedFile extends FlowFileKind {
  readonly path: string;
  /** SHA-256 of the decompressed content, hexadecimal. */
  readonly sha256: string;
  readonly contentBytes: number;
  readonly fileBytes: number;
  readonly end: FileEnd;
}

export interface ExamineOptions extends ContentOptions {
  /** What a capture's packets are; told by looking where not given. */
  readonly content?: CaptureContent | undefined;
}

/**
 * Tells a file's format by its first bytes.
 *
 * @throws CollectionError FILE_FORMAT_UNKNOWN with the reason, or why it cannot be read
 */
export async function recogniseFile(path: string): Promise<{ format: FileFormat; fileBytes: number }> {
  const { head, fileBytes } = await readHead(path);
  const recognition = recogniseFormat(head);
  if ("unknown" in recognition) {
    throw new CollectionError("FILE_FORMAT_UNKNOWN", `${path}: ${recognition.unknown}`, {
      context: { file: path },
    });
  }
  return { format: recognition.format, fileBytes };
}

/**
 * Reads a file from end to end to learn its hash, what it holds and whether it is whole. A file of which
 * nothing can be read is refused.
 *
 * @throws CollectionError FILE_FORMAT_UNKNOWN or FILE_BROKEN, or why it cannot be read
 */
export async function examineFile(path: string, options: ExamineOptions = {}): Promise<ExaminedFile> {
  const { format, fileBytes } = await recogniseFile(path);
  const hash = createHash("sha256");
  const isCapture = format === "pcap" || format === "pcapng";
  const probe = isCapture ? createCaptureProbe() : undefined;
  const decoder = probe ?? createDecoder({ format }, { sink: nullSink() });
  const content = await readContent(
    path,
    (chunk) => {
      hash.update(chunk);
      decoder.push(chunk);
    },
    options,
  );
  const end = endOf(decoder, content.brokenOff, content.contentBytes);
  if (!end.complete && end.offset === 0) {
    throw new CollectionError("FILE_BROKEN", `${path}: ${end.reason}.`, { context: { file: path } });
  }
  return {
    path,
    format,
    ...(probe ? { content: options.content ?? probe.content } : {}),
    sha256: hash.digest("hex"),
    contentBytes: content.contentBytes,
    fileBytes,
    end,
  };
}

/** Where a decoder puts what it decodes. */
export interface DecoderOutput {
  readonly sink: FlowSink;
  /** Receives records of export datagrams and of VPC flow logs as objects, instead of rows in the sink. */
  readonly visit?: ((record: RecordJson) => void) | undefined;
  /** The state of exporters and templates, shared by files that are read one after the other; new where not given. */
  readonly exports?: ExportDecoder | undefined;
  /** Of a capture of export packets only those sent to this UDP port; all where not given. */
  readonly port?: number | undefined;
}

/** A decoder for a file of this kind. */
export function createDecoder(kind: FlowFileKind, output: DecoderOutput): FlowFileDecoder {
  switch (kind.format) {
    case "pcap":
    case "pcapng":
      return kind.content === "export"
        ? createExportCaptureDecoder(output)
        : createTrafficDecoder(output.sink);
    case "netflow5-datagram":
    case "netflow9-datagram":
    case "sflow5-datagram":
      return createDatagramDecoder(output);
    case "ipfix-messages":
      return createIpfixMessagesDecoder(output);
    case "hex-lines":
      return createHexLinesDecoder(output);
    default:
      return createFlowFileDecoder(kind.format, output.sink, { visit: output.visit });
  }
}

/** How the file ended: a decoder that is content with compressed data that broke off is not. */
export function endOf(
  decoder: FlowFileDecoder,
  brokenOff: string | undefined,
  contentBytes: number,
): FileEnd {
  const end = decoder.finish();
  if (!end.complete || brokenOff === undefined) return end;
  return { complete: false, offset: contentBytes, reason: brokenOff };
}

function nullSink(): FlowSink {
  return { batch: createFlowBatch(4_096), emit: () => undefined };
}
