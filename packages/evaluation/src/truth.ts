import { CORE_TYPES } from "@flowlens/heuristics";
import type { Level } from "./evaluation-row.ts";

/** What is right for a host at each level. `unknown` at core level: it has none of the nine types. */
export interface Truth {
  readonly core: string;
  readonly role: string;
}

/** Role words of labels that are not a core type by their own name. */
const ROLE_WORDS: Readonly<Record<string, Truth>> = {
  domain_controller: { core: "server", role: "directory_service" },
  dns_server: { core: "server", role: "dns_server" },
  dhcp_server: { core: "server", role: "dhcp_server" },
  hmi: { core: "workstation", role: "workstation" },
  mobile: { core: "workstation", role: "mobile_device" },
  camera: { core: "unknown", role: "ip_camera" },
  printer: { core: "unknown", role: "printer" },
  voip_phone: { core: "unknown", role: "voip_phone" },
  iot_device: { core: "unknown", role: "iot_device" },
  plc: { core: "unknown", role: "industrial_controller" },
};

/** The truth behind a label's role word, or undefined for a word that no rule knows. */
export function truthOf(labelRole: string): Truth | undefined {
  if ((CORE_TYPES as readonly string[]).includes(labelRole)) return { core: labelRole, role: labelRole };
  return Object.hasOwn(ROLE_WORDS, labelRole) ? ROLE_WORDS[labelRole] : undefined;
}

/** Flows alone cannot tell these apart: in headlines they are one, in tables two. */
const COMPUTE = new Set(["container", "virtual_machine"]);

/**
 * Whether a decided answer is right. `endpoint` is the parent of devices without a core type: right for
 * those at core level, wrong for everything else.
 */
export function isRight(answer: string, truth: Truth, level: Level): boolean {
  const right = truth[level];
  if (level === "core" && right === "unknown") return answer === "endpoint";
  return answer === right || (COMPUTE.has(answer) && COMPUTE.has(right));
}

export function isDecided(answer: string): boolean {
  return answer !== "unknown";
}
