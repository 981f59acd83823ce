/**
 * How often the fold finds the server of a conversation, on captures whose packets tell who it was.
 *
 *   npm run bench:orientation -- [--json] [--captures DIR] [--condition NAME] [--capture PART OF A NAME] [--isolated]
 *
 * Each capture is a network of its own in one store; networks share nothing (`--isolated` folds each capture in an
 * emptied store instead, which gives the same figures and takes longer).
 */
import { parseArgs } from "node:util";
import {
  openOrientationProbe,
  type OrientationProbe,
  type OrientedConversation,
} from "../apps/server/src/flow-store/index.ts";
import { machineFacts, withClickHouse } from "./harness.ts";
import { baselineGuesses, type Guesses } from "./orientation/baselines.ts";
import { CONDITIONS, recordsUnder, type Condition } from "./orientation/conditions.ts";
import { captureFiles, readCapture, type Capture } from "./orientation/read-capture.ts";
import {
  ALONE,
  belowAlone,
  columns,
  pool,
  tableOf,
  TARGETS,
  type CaptureFigures,
  type PooledFigures,
} from "./orientation/report.ts";
import { conversationKey, truthOf, type Truth } from "./orientation/truth.ts";

const SEED = 20_261_122;
const WRONG_SHOWN = 40;

interface Wrong {
  readonly capture: string;
  readonly condition: Condition;
  readonly conversation: string;
  readonly server: string;
  readonly certainty: number;
  readonly evidence: string;
}

interface Loaded {
  readonly capture: Capture;
  readonly truths: ReadonlyMap<string, Truth>;
}

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    captures: { type: "string", default: process.env["FLOWLENS_CAPTURES"] ?? "../shared/captures" },
    condition: { type: "string" },
    capture: { type: "string" },
    isolated: { type: "boolean", default: false },
  },
});

function chosenConditions(): readonly Condition[] {
  if (options.condition === undefined) return CONDITIONS;
  const chosen = CONDITIONS.filter((condition) => condition === options.condition);
  if (chosen.length === 0)
    throw new Error(`No condition "${options.condition}"; there are ${CONDITIONS.join(", ")}.`);
  return chosen;
}

function load(): Loaded[] {
  return captureFiles(options.captures, options.capture).flatMap((file) => {
    const capture = readCapture(options.captures, file);
    if (capture === undefined) return [];
    const truths = truthOf(capture);
    return [...truths.values()].some((truth) => truth.answered) ? [{ capture, truths }] : [];
  });
}

/** Scores the conversations of which something was seen. A conversation in several windows is right when all are. */
function score(
  name: string,
  condition: Condition,
  truths: ReadonlyMap<string, Truth>,
  guesses: Guesses,
): CaptureFigures {
  const figures = { answered: 0, oriented_right: 0, both_ports_high: 0, both_high_right: 0 };
  for (const [key, truth] of truths) {
    const guess = guesses.get(key);
    if (!truth.answered || guess === undefined) continue;
    const isRight = Number(guess === truth.server);
    figures.answered++;
    figures.oriented_right += isRight;
    figures.both_ports_high += Number(truth.bothPortsHigh);
    figures.both_high_right += truth.bothPortsHigh ? isRight : 0;
  }
  return { name, condition, ...figures };
}

function guessesOf(conversations: readonly OrientedConversation[]): Guesses {
  const guesses = new Map<string, string>();
  for (const one of conversations) {
    const server = `${one.server}:${one.serverPort}`;
    const key = conversationKey(`${one.client}:${one.clientPort}`, server);
    guesses.set(key, (guesses.get(key) ?? server) === server ? server : "both, in different windows");
  }
  return guesses;
}

async function orient(
  probe: OrientationProbe,
  batches: readonly (() => Promise<void>)[],
  knownPorts: boolean,
): Promise<OrientedConversation[]> {
  if (!options.isolated) return probe.orient({ knownPorts });
  const found: OrientedConversation[] = [];
  for (const insert of batches) {
    await probe.clear();
    await insert();
    found.push(...(await probe.orient({ knownPorts })));
  }
  return found;
}

interface ConditionResult {
  readonly pooled: PooledFigures[];
  readonly captures: CaptureFigures[];
  readonly wrong: Wrong[];
}

async function measure(
  probe: OrientationProbe,
  loaded: readonly Loaded[],
  condition: Condition,
): Promise<ConditionResult> {
  await probe.clear();
  const baselines: { readonly lowerPort: CaptureFigures; readonly twentyLines: CaptureFigures }[] = [];
  const inserts: (() => Promise<void>)[] = [];
  for (const [i, { capture, truths }] of loaded.entries()) {
    const records = recordsUnder(capture, condition, SEED + i);
    const guesses = baselineGuesses(records);
    baselines.push({
      lowerPort: score(capture.name, condition, truths, guesses.lowerPort),
      twentyLines: score(capture.name, condition, truths, guesses.twentyLines),
    });
    const insert = () => probe.insert(records, i + 1);
    inserts.push(insert);
    if (!options.isolated) await insert();
  }
  const figures: Record<"fold" | "fold_without_known_ports", CaptureFigures[]> = {
    fold: [],
    fold_without_known_ports: [],
  };
  const wrong: Wrong[] = [];
  for (const knownPorts of [true, false]) {
    const byNetwork = Map.groupBy(await orient(probe, inserts, knownPorts), (one) => one.networkId);
    for (const [i, { capture, truths }] of loaded.entries()) {
      const conversations = byNetwork.get(i + 1) ?? [];
      figures[knownPorts ? "fold" : "fold_without_known_ports"].push(
        score(capture.name, condition, truths, guessesOf(conversations)),
      );
      if (!knownPorts) continue;
      for (const one of conversations) {
        const server = `${one.server}:${one.serverPort}`;
        const client = `${one.client}:${one.clientPort}`;
        const truth = truths.get(conversationKey(client, server));
        if (truth?.answered !== true || truth.server === server) continue;
        wrong.push({
          capture: capture.name,
          condition,
          conversation: `${client} → ${server}`,
          server: truth.server,
          certainty: one.certainty,
          evidence: one.evidence.join(" "),
        });
      }
    }
  }
  return {
    pooled: [
      pool("fold", condition, figures.fold),
      pool("fold_without_known_ports", condition, figures.fold_without_known_ports),
      pool(
        "twenty_line_rule",
        condition,
        baselines.map((one) => one.twentyLines),
      ),
      pool(
        "lower_port",
        condition,
        baselines.map((one) => one.lowerPort),
      ),
    ],
    captures: figures.fold,
    wrong,
  };
}

const loaded = load();
if (loaded.length === 0) {
  console.error(`No capture with an answered TCP conversation below ${options.captures}.`);
  process.exit(1);
}
const results: ConditionResult[] = [];
await withClickHouse(async (connection) => {
  const probe = await openOrientationProbe(connection, `orientation_${process.pid}`);
  try {
    for (const condition of chosenConditions()) {
      const startedMs = performance.now();
      results.push(await measure(probe, loaded, condition));
      console.error(`${condition}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    }
  } finally {
    await probe.close();
  }
});

const pooled = results.flatMap((result) => result.pooled);
const captures = results.flatMap((result) => result.captures);
const wrong = results.flatMap((result) => result.wrong);
const weak = belowAlone(captures);
console.error(`\n${tableOf(pooled)}\n`);
console.error(
  weak.length === 0
    ? `Every capture with ${ALONE.answered} answered conversations or more is at ${ALONE.right} or above.`
    : `Below ${ALONE.right} alone: ${weak.map((one) => `${one.name} (${one.condition}) ${one.oriented_right}/${one.answered}`).join(", ")}`,
);
if (wrong.length > 0) {
  const shown = wrong
    .slice(0, WRONG_SHOWN)
    .map((one) => [
      one.condition,
      one.capture,
      one.conversation,
      one.server,
      one.certainty.toFixed(0),
      one.evidence,
    ]);
  console.error(
    `\nWrong (${wrong.length}${wrong.length > WRONG_SHOWN ? `, the first ${WRONG_SHOWN}` : ""}):\n${columns([["condition", "capture", "said", "server was", "certainty", "because"], ...shown])}`,
  );
}
if (options.json) {
  const command = `npm run bench:orientation -- ${process.argv.slice(2).join(" ")}`.trim();
  console.log(
    JSON.stringify({
      command,
      machine: machineFacts(),
      seed: SEED,
      captures,
      pooled,
      targets: TARGETS,
      below_alone: weak,
      wrong,
    }),
  );
}
