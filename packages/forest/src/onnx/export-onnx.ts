import { refuse } from "../forest-error.ts";
import type { ForestModel } from "../model.ts";
import { protobufMessage, type MessageWriter } from "./protobuf-writer.ts";
import { treeEnsembleOf } from "./tree-ensemble.ts";

// Of onnx.proto: the versions that have what is used here, and what numbers stand for.
const IR_VERSION = 8;
const OPSET = { "": 15, "ai.onnx.ml": 3 } as const;
const FLOAT = 1;
const STRING = 8;
const ATTRIBUTE = { string: 3, floats: 6, ints: 7, strings: 8 } as const;

export interface OnnxNames {
  readonly featureNames: readonly string[];
  /** What the output `label` says. */
  readonly classNames: readonly string[];
}

/**
 * The model as an ONNX file: input `features` (float32, rows × features, NaN is missing), outputs `label` (string, a row
 * each) and `probabilities` (float32, rows × classes), by one TreeEnsembleClassifier of ai.onnx.ml 3.
 *
 * Thresholds are rounded down to 32 bits, so that 32-bit inputs go the same ways; probabilities then agree to about
 * 1e-6. They are those of the trees: calibration, conformal sets and novelty are no part of the file.
 *
 * @throws ForestError FOREST_INPUT_INVALID for names that do not fit, or a model of a single class
 */
export function exportOnnx(
  model: ForestModel,
  { featureNames, classNames }: OnnxNames,
): Uint8Array<ArrayBuffer> {
  const { features, classes } = model;
  if (featureNames.length !== features) refuse(`${featureNames.length} names of ${features} features.`);
  if (classNames.length !== classes) refuse(`${classNames.length} names of ${classes} classes.`);
  if (classes < 2) refuse("ONNX has no classifier of a single class.");
  return protobufMessage((file) => {
    file.int(1, IR_VERSION);
    file.text(2, "FlowLens forest");
    for (const [domain, version] of Object.entries(OPSET)) {
      file.message(8, (opset) => {
        opset.text(1, domain);
        opset.int(2, version);
      });
    }
    file.message(7, (graph) => {
      graph.message(1, (node) => {
        node.text(1, "features");
        node.text(2, "label");
        node.text(2, "probabilities");
        node.text(3, "forest");
        node.text(4, "TreeEnsembleClassifier");
        node.text(7, "ai.onnx.ml");
        writeAttributes(node, model, classNames);
      });
      graph.text(2, "forest");
      graph.message(11, (input) => writeTensor(input, "features", { type: FLOAT, columns: features }));
      graph.message(12, (output) => writeTensor(output, "label", { type: STRING }));
      graph.message(12, (output) => writeTensor(output, "probabilities", { type: FLOAT, columns: classes }));
    });
    file.message(14, (property) => {
      property.text(1, "feature_names");
      property.text(2, JSON.stringify(featureNames));
    });
  });
}

function writeAttributes(node: MessageWriter, model: ForestModel, classNames: readonly string[]): void {
  const { nodes, weights } = treeEnsembleOf(model);
  const attribute = (name: string, type: number, write: (attribute: MessageWriter) => void): void =>
    node.message(5, (message) => {
      message.text(1, name);
      write(message);
      message.int(20, type);
    });
  const ints = (name: string, values: readonly number[]) =>
    attribute(name, ATTRIBUTE.ints, (message) => message.ints(8, values));
  const floats = (name: string, values: Iterable<number>) =>
    attribute(name, ATTRIBUTE.floats, (message) => message.floats(7, values));
  const strings = (name: string, values: readonly string[]) =>
    attribute(name, ATTRIBUTE.strings, (message) => {
      for (const value of values) message.text(9, value);
    });

  const { modes, values, hitrates, ...numbers } = nodes;
  strings("nodes_modes", modes);
  floats("nodes_values", values);
  floats("nodes_hitrates", hitrates);
  for (const [name, list] of Object.entries(numbers)) ints(`nodes_${name}`, list);
  ints("class_treeids", weights.treeids);
  ints("class_nodeids", weights.nodeids);
  ints("class_ids", weights.ids);
  floats("class_weights", weights.weights);
  strings("classlabels_strings", classNames);
  const { kind, classes, baseScore } = model;
  const boosted = kind === "gradient_boosting";
  if (boosted) floats("base_values", classes > 2 ? baseScore : [baseScore[1] - baseScore[0]]);
  const transform = !boosted ? "NONE" : classes > 2 ? "SOFTMAX" : "LOGISTIC";
  attribute("post_transform", ATTRIBUTE.string, (message) => message.text(4, transform));
}

/** A tensor of any number of rows. */
function writeTensor(
  value: MessageWriter,
  name: string,
  { type, columns }: { readonly type: number; readonly columns?: number },
): void {
  value.text(1, name);
  value.message(2, (of) =>
    of.message(1, (tensor) => {
      tensor.int(1, type);
      tensor.message(2, (shape) => {
        shape.message(1, (rows) => rows.text(2, "rows"));
        if (columns !== undefined) shape.message(1, (width) => width.int(1, columns));
      });
    }),
  );
}
