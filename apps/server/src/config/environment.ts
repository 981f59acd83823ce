import { readFileSync } from "node:fs";
import type { ConfigProblem } from "./config-error.ts";
import { editDistance, nearest } from "./nearest.ts";
import type { Setting } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type GivenVariable = { readonly variable: string; readonly text: string };

/** Variables that are ours but no settings: the first two are read before the settings, the others by tests. */
const NO_SETTINGS = [
  "FLOWLENS_DATA",
  "FLOWLENS_CONFIG",
  "FLOWLENS_CAPTURES",
  "FLOWLENS_VECTORS",
  "FLOWLENS_LONG",
];

/** Edits that still look like one. */
const SLIP_OF_THE_FINGER = 3;

/** Kubernetes sets such variables by itself for a service that is called flowlens, or flowlens-something. */
const OF_KUBERNETES =
  /^FLOWLENS(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)$/;

/** The settings that the environment gives, by their path. A secret may stand in the file that NAME_FILE names. Empty counts as not given. */
export function readEnvironment(
  environment: Environment,
  settings: readonly Setting[],
): { given: Map<string, GivenVariable>; problems: ConfigProblem[] } {
  const given = new Map<string, GivenVariable>();
  const problems: ConfigProblem[] = [];
  const known = new Set(NO_SETTINGS);
  for (const { path, variable, isSecret } of settings) {
    known.add(variable);
    const text = environment[variable];
    if (text !== undefined && text !== "") given.set(path, { variable, text });
    if (!isSecret) continue;
    const fileVariable = `${variable}_FILE`;
    known.add(fileVariable);
    const file = environment[fileVariable];
    if (file === undefined || file === "") continue;
    if (given.has(path)) {
      problems.push({ where: fileVariable, message: `is set beside ${variable}; leave one of them out` });
      continue;
    }
    try {
      given.set(path, { variable: fileVariable, text: readFileSync(file, "utf8").replace(/\r?\n$/, "") });
    } catch (error) {
      problems.push({
        where: fileVariable,
        message: `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("FLOWLENS_") || known.has(name) || value === undefined || OF_KUBERNETES.test(name))
      continue;
    // Others may name variables after FlowLens too: only what looks like a slip of the finger is refused.
    const meant = nearest(name, known);
    const bare = name.replace(/_FILE$/, "");
    if (meant === undefined || (editDistance(name, meant) > SLIP_OF_THE_FINGER && !known.has(bare))) continue;
    problems.push({ where: name, message: `is no setting of FlowLens; did you mean ${meant}?` });
  }
  return { given, problems };
}
