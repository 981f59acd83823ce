import type { CollectorSocket } from "@flowlens/contract";
import type { ReactNode } from "react";
import { CommandLine } from "../ui/command-line.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { protocolName } from "../exporters/exporter-words.ts";
import styles from "./how-to-begin.module.css";

/** The three ways to see hosts: real exporters, a file, a made-up network. */
export function HowToBegin({ sockets }: { readonly sockets: readonly CollectorSocket[] }) {
  return (
    <ol className={styles.ways}>
      <Way icon="exporters" title="Point a router or switch here">
        <PointHere sockets={sockets} />
      </Way>
      <Way icon="storage" title="Import a file">
        <p>
          A packet capture, a Zeek log or recorded export packets, from the machine that FlowLens runs on:
        </p>
        <CommandLine text="npx flowlens import FILE" />
      </Way>
      <Way icon="overview" title="Look at a made-up network">
        <p>An office with all types of hosts sends real export packets for a day that passes in a minute:</p>
        <CommandLine text="npm run demo" />
      </Way>
    </ol>
  );
}

function Way({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <li className={styles.way}>
      <span className={styles.icon}>
        <Icon name={icon} size={20} />
      </span>
      <div className={styles.words}>
        <h3>{title}</h3>
        {children}
      </div>
    </li>
  );
}

function PointHere({ sockets }: { readonly sockets: readonly CollectorSocket[] }) {
  if (sockets.length === 0) {
    return (
      <>
        <p>
          The collector is off. Started with its default settings, FlowLens listens for NetFlow, IPFIX and
          sFlow:
        </p>
        <CommandLine text="npm start" />
      </>
    );
  }
  const host = location.hostname;
  const isLocal = host === "localhost" || host === "[::1]" || host.startsWith("127.");
  return (
    <>
      <p>
        Have it export flow records to {isLocal ? "this machine's address" : <strong>{host}</strong>}
        {isLocal && ", as your network sees it"}, over UDP:
      </p>
      <ul className={styles.ports}>
        {portsOf(sockets).map(({ port, protocols }) => (
          <li key={port}>
            port <strong className="number">{port}</strong> <span className="soft">{protocols}</span>
          </li>
        ))}
      </ul>
      <p className="soft">Each port takes every protocol. Senders in private ranges are accepted.</p>
    </>
  );
}

/** One line a port, though several addresses may be listened on. */
function portsOf(
  sockets: readonly CollectorSocket[],
): { readonly port: number; readonly protocols: string }[] {
  const byPort = new Map(
    sockets.map(({ port, protocols }) => [port, protocols.map(protocolName).join(", ")]),
  );
  return [...byPort].map(([port, protocols]) => ({ port, protocols }));
}
