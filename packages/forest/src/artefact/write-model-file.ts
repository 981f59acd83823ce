import { sha256 } from "@noble/hashes/sha2.js";
import { refuse } from "../forest-error.ts";
import { createByteWriter, type ByteWriter } from "../byte-writer.ts";
import { FORMAT_VERSION, HASH_BYTES, MAGIC, PARTS, type PartName } from "./layout.ts";
import type { ModelFile } from "./model-file.ts";
import { writeModelPart } from "./model-part.ts";
import { writeCalibratorPart, writeConformalPart, writeNoveltyPart } from "./rule-parts.ts";

const MAX_FILE_BYTES = 2 ** 32 - 1;

/**
 * The bytes of a model file, laid out as docs/reference/model-file.md says. Same content, same bytes.
 *
 * @throws ForestError FOREST_INPUT_INVALID when names, rules and model do not fit each other, or nothing so large can be
 */
export function writeModelFile(file: ModelFile): Uint8Array<ArrayBuffer> {
  const { model, featureNames, classNames, calibrator, conformal, novelty } = file;
  if (featureNames.length !== model.features)
    refuse(`${featureNames.length} names of ${model.features} features.`);
  if (classNames.length !== model.classes) refuse(`${classNames.length} names of ${model.classes} classes.`);
  if (calibrator.kind === "isotonic" && calibrator.start.length !== model.classes + 1) {
    refuse("the calibrator is of another number of classes.");
  }
  if (conformal !== undefined && conformal.thresholds.length !== model.classes) {
    refuse("the conformal rule is of another number of classes.");
  }
  if (novelty !== undefined && novelty.featureWeights.length !== model.features) {
    refuse("the novelty rule is of another number of features.");
  }

  const parts = createByteWriter();
  const part = (name: PartName, write: (out: ByteWriter) => void): void => {
    const out = createByteWriter();
    write(out);
    const bytes = out.take();
    parts.u8(PARTS[name]);
    parts.u32(bytes.length);
    parts.bytes(bytes);
  };
  part("schema", (out) => {
    out.text(file.featureVersion);
    out.varint(featureNames.length);
    for (const name of featureNames) out.text(name);
    out.varint(classNames.length);
    for (const name of classNames) out.text(name);
  });
  part("model", (out) => writeModelPart(out, model));
  part("calibrator", (out) => writeCalibratorPart(out, calibrator));
  if (conformal !== undefined) part("conformal", (out) => writeConformalPart(out, conformal));
  if (novelty !== undefined) part("novelty", (out) => writeNoveltyPart(out, novelty));
  part("facts", (out) => out.bytes(new TextEncoder().encode(JSON.stringify(file.facts))));
  const body = parts.take();

  const out = createByteWriter();
  const length = MAGIC.length + 2 + 4 + body.length + HASH_BYTES;
  if (length > MAX_FILE_BYTES)
    refuse(`the model takes ${length} bytes; a file has at most ${MAX_FILE_BYTES}.`);
  out.bytes(MAGIC);
  out.u16(FORMAT_VERSION);
  out.u32(length);
  out.bytes(body);
  out.bytes(sha256(out.take()));
  return out.take();
}
