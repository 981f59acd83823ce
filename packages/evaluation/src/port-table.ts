import type { HostCounts } from "@flowlens/features";

/** One condition of a rule. */
export type PortTableClause =
  | { readonly is: "serves_any" | "sends_any"; readonly ports: readonly number[] }
  | { readonly is: "accepted_at_least" | "opened_at_least"; readonly count: number }
  | { readonly is: "accepted_times_opened"; readonly factor: number }
  | { readonly is: "always" };

/** All clauses must hold. */
export interface PortTableRule {
  readonly order: number;
  readonly clauses: readonly PortTableClause[];
  readonly answerCore: string;
  readonly answerRole: string;
}

export interface PortTableAnswer {
  readonly core: string;
  readonly role: string;
  /** Order of the rule that fired; null when none did. */
  readonly rule: number | null;
}

const HEADER = "order,when,ports,answer_core,answer_role";
const FACTORS: Readonly<Record<string, number>> = { half: 0.5, "as many": 1, twice: 2 };

/**
 * The rules of a port table, by their order. The text is CSV without quotes under the header
 * `order,when,ports,answer_core,answer_role`; ports are separated by blanks; `when` is made of these, joined
 * by " and ": "serves any of", "sends to any of", "accepted at least N", "opened at least N", "at least
 * half (or: as, twice) as many as it opened", "otherwise". Throws an Error that names the line otherwise.
 */
export function parsePortTable(text: string): PortTableRule[] {
  const lines = text.replaceAll("\r", "").split("\n");
  if (lines[0]?.trim() !== HEADER) throw new Error(`A port table starts with the line "${HEADER}".`);
  const rules: PortTableRule[] = [];
  for (const [index, line] of lines.entries()) {
    if (index > 0 && line.trim() !== "") rules.push(parseRule(line, index + 1));
  }
  return rules.sort((a, b) => a.order - b.order);
}

/**
 * What the first rule that holds answers; `unknown` where none does. "Serves" is over the listed served
 * ports of either transport, "sends to" over those used as a client and over signalling without answer;
 * "accepted" and "opened" count accepted conversations.
 */
export function answerByPortTable(rules: readonly PortTableRule[], counts: HostCounts): PortTableAnswer {
  for (const rule of rules) {
    if (rule.clauses.every((clause) => holds(clause, counts))) {
      return { core: rule.answerCore, role: rule.answerRole, rule: rule.order };
    }
  }
  return { core: "unknown", role: "unknown", rule: null };
}

function holds(clause: PortTableClause, counts: HostCounts): boolean {
  switch (clause.is) {
    case "serves_any":
      return counts.topServedPorts.some(({ port }) => clause.ports.includes(port));
    case "sends_any":
      return [...counts.topUsedPorts, ...counts.signalling].some(({ port }) => clause.ports.includes(port));
    case "accepted_at_least":
      return counts.inboundConversations >= clause.count;
    case "opened_at_least":
      return counts.outboundConversations >= clause.count;
    case "accepted_times_opened":
      return counts.inboundConversations >= clause.factor * counts.outboundConversations;
    case "always":
      return true;
  }
}

function parseRule(line: string, lineNumber: number): PortTableRule {
  const cells = line.split(",").map((cell) => cell.trim());
  if (cells.length !== 5)
    throw new Error(`Line ${lineNumber} of the port table has ${cells.length} columns, 5 are expected.`);
  const [orderText, when, portsText, answerCore, answerRole] = cells;
  const order = Number(orderText);
  if (orderText === "" || !Number.isFinite(order))
    throw new Error(`Line ${lineNumber} of the port table: "${orderText}" is no order.`);
  if (answerCore === "" || answerRole === "")
    throw new Error(`Line ${lineNumber} of the port table has no answer.`);
  const ports = portsText === "" ? [] : portsText.split(/\s+/).map((port) => parsePort(port, lineNumber));
  const clauses = when.split(" and ").map((clause) => parseClause(clause.trim(), ports, lineNumber));
  return { order, clauses, answerCore, answerRole };
}

function parseClause(text: string, ports: readonly number[], lineNumber: number): PortTableClause {
  if (text === "otherwise") return { is: "always" };
  if (text === "serves any of" || text === "sends to any of") {
    if (ports.length === 0) throw new Error(`Line ${lineNumber} of the port table: "${text}" needs ports.`);
    return { is: text === "serves any of" ? "serves_any" : "sends_any", ports };
  }
  const counted = /^(accepted|opened) at least (\d+)$/.exec(text);
  if (counted !== null)
    return {
      is: counted[1] === "accepted" ? "accepted_at_least" : "opened_at_least",
      count: Number(counted[2]),
    };
  const compared = /^(?:accepted )?at least (?:(half|twice) )?as many as it opened$/.exec(text);
  if (compared !== null) return { is: "accepted_times_opened", factor: FACTORS[compared[1] ?? "as many"] };
  throw new Error(`Line ${lineNumber} of the port table: the condition "${text}" is not known.`);
}

function parsePort(text: string, lineNumber: number): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new Error(`Line ${lineNumber} of the port table: "${text}" is no port.`);
  return port;
}
