import type { AssetDetail } from "@flowlens/contract";
import { formatBytes, formatInteger } from "@flowlens/features";

const FOR_SHOWN = 6;
const AGAINST_SHOWN = 4;
const HISTORY_SHOWN = 5;

/** One host for people: what it is taken for, how sure, and why; or what is still missing. */
export function explanation(asset: AssetDetail): string {
  const { explanation: why } = asset;
  const lines = [
    headline(asset),
    `  network ${asset.network}, seen ${day(asset.first_seen)} to ${day(asset.last_seen)}`,
    `  ${formatInteger(asset.conversations)} conversations, ${formatInteger(asset.clients)} clients, ${formatInteger(asset.servers)} servers, ` +
      `${formatBytes(asset.bytes_in)} in, ${formatBytes(asset.bytes_out)} out`,
  ];
  const reasons = (direction: "for" | "against", most: number): string[] =>
    (why?.reasons ?? [])
      .filter((reason) => reason.direction === direction)
      .slice(0, most)
      .map((reason) => `    ${direction === "for" ? "+" : "−"} ${reason.sentence}`);
  const speaksFor = reasons("for", FOR_SHOWN);
  const speaksAgainst = reasons("against", AGAINST_SHOWN);
  if (speaksFor.length > 0) lines.push("  because it", ...speaksFor);
  if (speaksAgainst.length > 0) lines.push("  although it", ...speaksAgainst);
  for (const missing of why?.missing ?? []) lines.push(`  missing: ${missing}`);
  if (why?.runner_up)
    lines.push(`  runner-up: ${why.runner_up.asset_type}, ${why.runner_up.confidence.toFixed(2)}`);
  for (const change of asset.history.slice(0, HISTORY_SHOWN)) {
    lines.push(
      `  ${day(change.at)}: ${change.from_type} → ${change.to_type} (${change.method}, ${change.confidence.toFixed(2)})`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function headline(asset: AssetDetail): string {
  const role = asset.role && asset.role.name !== asset.asset_type ? ` (${asset.role.name})` : "";
  if (asset.classification_method === "none") return `${asset.address} is ${asset.asset_type}${role}`;
  return `${asset.address} is a ${asset.asset_type.replaceAll("_", " ")}${role}, ${asset.confidence.toFixed(2)} sure (${asset.classification_method})`;
}

function day(moment: string | null): string {
  return moment === null ? "never" : moment.slice(0, 16).replace("T", " ");
}
