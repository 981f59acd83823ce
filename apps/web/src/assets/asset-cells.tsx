import type { AssetListItem } from "@flowlens/contract";
import { Link } from "@tanstack/react-router";
import { confidenceText, exactCount, shortBytes, shortCount } from "../ui/quantities.ts";
import { TypeLabel } from "../ui/type-label.tsx";
import { MomentText } from "../ui/values.tsx";
import { Icon } from "../ui/icon.tsx";
import styles from "./asset-cells.module.css";
import { finerWord } from "../ui/asset-types.ts";
import { useFilter } from "./use-filter.ts";

const PORTS_SHOWN = 4;

interface CellProps {
  readonly asset: AssetListItem;
}

export function HostCell({ asset }: CellProps) {
  const { id, address, name, internal } = asset;
  const below = name === "" ? (finerWord(asset) ?? "") : name;
  return (
    <span className={styles.lines}>
      <Link to="/assets/$assetId" params={{ assetId: String(id) }} className={`address ${styles.address}`}>
        {address}
      </Link>
      {(below !== "" || !internal) && (
        <span className={styles.below}>
          {[below, internal ? "" : "external"].filter(Boolean).join(" · ")}
        </span>
      )}
    </span>
  );
}

export function TypeCell({ asset }: CellProps) {
  const filter = useFilter();
  const { asset_type, confirmed, engine } = asset;
  const disagrees =
    confirmed && engine !== null && engine.asset_type !== asset_type && engine.asset_type !== "unknown";
  return (
    <span className={styles.type}>
      <button type="button" className="plain value" onClick={() => filter({ type: [asset_type] })}>
        <TypeLabel assetType={asset_type} />
      </button>
      {asset_type !== "unknown" && <span className={styles.sure}>{confidenceText(asset.confidence)}</span>}
      {asset.classification_locked && (
        <span className={styles.mark} title="Locked: the engine does not change it.">
          <Icon name="lock" size={13} />
          <span className="visually-hidden">locked</span>
        </span>
      )}
      {disagrees && <span className={styles.below}>engine: {engine.asset_type.replaceAll("_", " ")}</span>}
    </span>
  );
}

export function ServesCell({ asset: { served_ports } }: CellProps) {
  const filter = useFilter();
  if (served_ports.length === 0) return <span className="soft">nothing</span>;
  const more = served_ports.slice(PORTS_SHOWN);
  return (
    <span className={styles.ports}>
      {served_ports.slice(0, PORTS_SHOWN).map(({ name, clients }) => (
        <button
          key={name}
          type="button"
          className={`plain ${styles.port}`}
          title={`${name}: ${exactCount(clients)} clients. Click for all that serve it.`}
          onClick={() => filter({ port: name })}
        >
          {name}
        </button>
      ))}
      {more.length > 0 && (
        <span className={styles.below} title={more.map(({ name }) => name).join(", ")}>
          +{more.length}
        </span>
      )}
    </span>
  );
}

export function PeersCell({ asset: { clients, servers } }: CellProps) {
  return (
    <span className={styles.numbers}>
      <span title={`${exactCount(clients)} clients`}>{shortCount(clients)}</span>
      <span className={styles.below} title={`${exactCount(servers)} servers`}>
        {shortCount(servers)}
      </span>
    </span>
  );
}

export function TrafficCell({ asset: { bytes_in, bytes_out } }: CellProps) {
  return (
    <span className={styles.numbers}>
      <span title={`${exactCount(bytes_in)} bytes received`}>{shortBytes(bytes_in)}</span>
      <span className={styles.below} title={`${exactCount(bytes_out)} bytes sent`}>
        {shortBytes(bytes_out)}
      </span>
    </span>
  );
}

export function SeenCell({ asset: { first_seen, last_seen } }: CellProps) {
  return (
    <span className={styles.lines}>
      <MomentText at={last_seen} />
      <span className={styles.below}>
        <MomentText at={first_seen} />
      </span>
    </span>
  );
}
