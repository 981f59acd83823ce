import { sha256 } from "@noble/hashes/sha2.js";
import { createByteReader, type ByteReader } from "./byte-reader.ts";
import { ForestFileError } from "./file-error.ts";
import { FORMAT_VERSION, HASH_BYTES, HEADER_BYTES, MAGIC, PARTS, type PartName } from "./layout.ts";
import type { Json, ModelFile } from "./model-file.ts";
import { readModelPart } from "./model-part.ts";
import { readCalibratorPart, readConformalPart, readNoveltyPart } from "./rule-parts.ts";

/** A part is announced by its number (u8) and length (u32). */
const PART_HEADER_BYTES = 5;

/**
 * Reads a model file and checks all of it: what comes back can be used without a further look. Its predictions are
 * those of the model written, bit by bit. Needs memory of a few times the file's size, whatever the file says.
 *
 * @throws ForestFileError (code FOREST_FILE_INVALID) with the fault: foreign, newer, truncated, altered, malformed
 */
export function readModelFile(bytes: Uint8Array): ModelFile {
  const parts = openFile(bytes);
  const schema = readSchema(needed(parts, "schema"));
  const model = readPart(needed(parts, "model"), readModelPart);
  if (schema.featureNames.length !== model.features || schema.classNames.length !== model.classes) {
    malformed("it names other features or classes than its model has");
  }
  const calibrator = readPart(needed(parts, "calibrator"), (from) => readCalibratorPart(from, model.classes));
  const conformal = parts.get("conformal");
  const novelty = parts.get("novelty");
  return {
    ...schema,
    model,
    calibrator,
    ...(conformal && { conformal: readPart(conformal, (from) => readConformalPart(from, model.classes)) }),
    ...(novelty && { novelty: readPart(novelty, (from) => readNoveltyPart(from, model.features)) }),
    facts: readFacts(needed(parts, "facts")),
  };
}

/** Checks the file as a whole, and finds its parts. */
function openFile(bytes: Uint8Array): Map<PartName, ByteReader> {
  for (const [i, byte] of MAGIC.entries()) {
    if (i < bytes.length && bytes[i] !== byte) {
      throw new ForestFileError("foreign", "This is no model file: it begins with other bytes.");
    }
  }
  if (bytes.length < HEADER_BYTES) truncated(bytes.length, "its header alone has 14");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(MAGIC.length, true);
  if (version > FORMAT_VERSION) {
    throw new ForestFileError(
      "newer",
      `The model file has format ${version}; this version reads up to ${FORMAT_VERSION}. Use a newer version.`,
    );
  }
  const length = view.getUint32(MAGIC.length + 2, true);
  if (bytes.length < length) truncated(bytes.length, `it should have ${length}`);
  const end = bytes.length - HASH_BYTES;
  if (
    bytes.length > length ||
    end < HEADER_BYTES ||
    !isHash(bytes.subarray(end), sha256(bytes.subarray(0, end)))
  ) {
    throw new ForestFileError(
      "altered",
      "The model file was altered: its SHA-256 does not match. Fetch it again.",
    );
  }
  if (version < 1) malformed("there is no format 0");
  return partsOf(bytes.subarray(HEADER_BYTES, end));
}

function partsOf(body: Uint8Array): Map<PartName, ByteReader> {
  const parts = new Map<PartName, ByteReader>();
  const names = Object.keys(PARTS) as PartName[];
  const from = createByteReader(body, "list");
  let before = 0;
  while (from.left() > 0) {
    if (from.left() < PART_HEADER_BYTES) malformed("a part is cut off");
    const number = from.u8();
    const name = names.find((one) => PARTS[one] === number);
    if (name === undefined) malformed(`part ${number} is unknown`);
    if (number <= before) malformed(`part ${name} stands in the wrong place`);
    before = number;
    parts.set(name, createByteReader(from.bytes(from.u32()), name));
  }
  return parts;
}

function needed(parts: Map<PartName, ByteReader>, name: PartName): ByteReader {
  return parts.get(name) ?? malformed(`part ${name} is missing`);
}

function readPart<Read>(from: ByteReader, read: (from: ByteReader) => Read): Read {
  const found = read(from);
  from.end();
  return found;
}

function readSchema(from: ByteReader): Pick<ModelFile, "featureVersion" | "featureNames" | "classNames"> {
  return readPart(from, () => {
    const featureVersion = from.text();
    const featureNames = Array.from({ length: from.count(1) }, () => from.text());
    const classNames = Array.from({ length: from.count(1) }, () => from.text());
    return { featureVersion, featureNames, classNames };
  });
}

function readFacts(from: ByteReader): Json {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(from.bytes(from.left()));
    return JSON.parse(text) as Json;
  } catch {
    return malformed("its facts are no JSON");
  }
}

function isHash(found: Uint8Array, right: Uint8Array): boolean {
  return found.length === right.length && found.every((byte, i) => byte === right[i]);
}

function truncated(bytes: number, should: string): never {
  throw new ForestFileError("truncated", `The model file is cut off: it has ${bytes} bytes, ${should}.`);
}

function malformed(what: string): never {
  throw new ForestFileError("malformed", `The model file cannot be: ${what}.`);
}
