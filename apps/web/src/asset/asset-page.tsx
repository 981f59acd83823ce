import type { AssetDetail } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ApiFailure } from "../api/problems.ts";
import { assetQuery, type TrafficAsked } from "../api/queries.ts";
import { TrafficPanel } from "../charts/traffic-panel.tsx";
import { finerWord, wordsOfType } from "../ui/asset-types.ts";
import { Icon } from "../ui/icon.tsx";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Page } from "../ui/page.tsx";
import { MomentText } from "../ui/values.tsx";
import styles from "./asset-page.module.css";
import { ActivityPanel } from "./activity-panel.tsx";
import { FeaturePanel } from "./feature-panel.tsx";
import { HistoryPanel } from "./history-panel.tsx";
import { PeerPanels } from "./peer-panels.tsx";
import { ServicePanel } from "./service-panel.tsx";
import { VerdictPanel } from "./verdict-panel.tsx";

const RECEIVED_AND_SENT = { bytesIn: "Received", bytesOut: "Sent" };

/** One host: what it is, why, and the evidence for it. */
export function AssetPage() {
  const { assetId } = useParams({ from: "/assets/$assetId" });
  const { data, error, refetch } = useQuery(assetQuery(Number(assetId)));
  if (data !== undefined) return <KnownAsset asset={data} />;
  if (error === null) {
    return (
      <Page title="Asset">
        <Skeleton height={160} radius={10} />
        <Skeleton height={240} radius={10} />
      </Page>
    );
  }
  if (error instanceof ApiFailure && (error.status === 404 || error.status === 400)) {
    return (
      <Page title="No such asset">
        <EmptyState icon="unknown" title={`There is no asset ${assetId}.`}>
          <p>
            It may have been forgotten with its network or import.{" "}
            <Link to="/assets">Look through all assets</Link>
          </p>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title="Asset">
      <FailureNotice what="This asset" error={error} onRetry={() => void refetch()} />
    </Page>
  );
}

function KnownAsset({ asset }: { readonly asset: AssetDetail }) {
  const { address, name, asset_type } = asset;
  return (
    <Page
      title={`${name === "" ? address : name}, ${wordsOfType(asset_type).label.toLowerCase()}`}
      heading={
        <span className={styles.heading}>
          <Link to="/assets" className={styles.back} aria-label="Back to the assets">
            <Icon name="left" size={18} />
          </Link>
          <span className="address">{address}</span>
          {name !== "" && <span className={styles.name}>{name}</span>}
        </span>
      }
      note={<Facts asset={asset} />}
    >
      <VerdictPanel asset={asset} />
      <div className={styles.columns}>
        <ServicePanel asset={asset} />
        <ActivityPanel asset={asset} />
      </div>
      <PeerPanels asset={asset} />
      <TrafficPanel
        asked={trafficAsked(asset)}
        labels={RECEIVED_AND_SENT}
        of={() => "In and out of this host"}
      />
      <div className={styles.columns}>
        <FeaturePanel explanation={asset.explanation} />
        <HistoryPanel history={asset.history} />
      </div>
    </Page>
  );
}

function Facts({ asset }: { readonly asset: AssetDetail }) {
  const { network, internal, first_seen, last_seen, max_sampling_rate } = asset;
  return (
    <span className={styles.facts}>
      <span>network {network}</span>
      <span>{internal ? "internal" : "external"}</span>
      {finerWord(asset) !== undefined && <span>{finerWord(asset)}</span>}
      <span>
        last seen <MomentText at={last_seen} />
      </span>
      <span>
        first seen <MomentText at={first_seen} />
      </span>
      {max_sampling_rate > 1 && (
        <span title="Of so many packets one was looked at: small services may be missing.">
          seen through sampling 1:{max_sampling_rate}
        </span>
      )}
    </span>
  );
}

/** The period that the asset's description is from. */
function trafficAsked({ network, address, explanation }: AssetDetail): TrafficAsked {
  const period = explanation === null ? {} : { from: explanation.period_from, to: explanation.period_to };
  return { network, host: address, ...period };
}
