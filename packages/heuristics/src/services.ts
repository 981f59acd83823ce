import { IP_PROTOCOL } from "@flowlens/flow";

/** What a well-known port says about who serves it, or who uses it. A port is in one group only. */
export type ServiceGroup =
  | "database"
  | "file"
  | "smb"
  | "directory"
  | "directory_companion"
  | "dns"
  | "dhcp"
  | "web"
  | "mail"
  | "standing"
  | "ssh"
  | "desktop"
  | "background"
  | "upnp"
  | "management"
  | "orchestration"
  | "printing"
  | "camera"
  | "voip"
  | "industrial"
  | "building"
  | "telemetry";

export interface Service {
  readonly label: string;
  readonly group: ServiceGroup;
}

type Transport = "tcp" | "udp" | "any";

/**
 * Ports and what listens there: IANA's service names registry, vendors' manuals where the registry is silent
 * (Db2 50000, kubelet 10250, Zabbix 10051). Left out on purpose are ports that mean several common things
 * (7000, 7001, 8000, 8086, 8888, 9000, 10000): they count as ports without a name.
 */
const TABLE: readonly (readonly [ServiceGroup, Transport, string, readonly number[]])[] = [
  ["database", "tcp", "SQL Server", [1433]],
  ["database", "tcp", "Oracle", [1521, 2484]],
  ["database", "tcp", "MySQL", [3306, 33060]],
  ["database", "tcp", "PostgreSQL", [5432, 5433]],
  ["database", "tcp", "CouchDB", [5984]],
  ["database", "tcp", "Redis", [6379, 6380]],
  ["database", "tcp", "Neo4j", [7687]],
  ["database", "tcp", "Cassandra", [9042]],
  ["database", "tcp", "Elasticsearch", [9200, 9300]],
  ["database", "tcp", "memcached", [11211]],
  ["database", "tcp", "CockroachDB", [26257]],
  ["database", "tcp", "MongoDB", [27017, 27018, 27019]],
  ["database", "tcp", "Db2", [50000]],
  ["file", "any", "NFS", [2049]],
  ["file", "tcp", "iSCSI", [860, 3260]],
  ["file", "tcp", "AFP", [548]],
  ["file", "tcp", "rsync", [873]],
  ["file", "tcp", "Lustre", [988]],
  ["file", "tcp", "Ceph", [3300, 6789]],
  ["file", "tcp", "GlusterFS", [24007]],
  ["smb", "tcp", "SMB", [445, 139]],
  ["directory", "any", "Kerberos", [88]],
  ["directory", "any", "LDAP", [389]],
  ["directory", "tcp", "LDAPS", [636]],
  ["directory_companion", "any", "Kerberos password change", [464]],
  ["directory_companion", "tcp", "global catalogue", [3268, 3269]],
  ["dns", "any", "DNS", [53]],
  ["dhcp", "udp", "DHCP", [67]],
  ["dhcp", "udp", "DHCPv6", [547]],
  ["web", "any", "HTTPS", [443]],
  ["web", "tcp", "HTTP", [80]],
  ["web", "tcp", "web", [8080, 8443]],
  ["mail", "tcp", "SMTP", [25, 465, 587]],
  ["mail", "tcp", "POP3", [110, 995]],
  ["mail", "tcp", "IMAP", [143, 993]],
  ["standing", "tcp", "FTP", [21, 990]],
  ["standing", "udp", "TFTP", [69]],
  ["standing", "udp", "NTP", [123]],
  ["standing", "tcp", "proxy", [3128]],
  ["standing", "tcp", "TACACS+", [49]],
  ["standing", "udp", "RADIUS", [1812, 1813]],
  ["standing", "tcp", "syslog", [514, 6514]],
  ["standing", "tcp", "AMQP", [5671, 5672]],
  ["standing", "tcp", "Kafka", [9092]],
  ["standing", "tcp", "ActiveMQ", [61616]],
  ["standing", "tcp", "Zabbix server", [10051]],
  ["standing", "tcp", "WSUS", [8530, 8531]],
  ["standing", "tcp", "IRC", [6667]],
  ["standing", "any", "OpenVPN", [1194]],
  ["standing", "udp", "WireGuard", [51820]],
  ["ssh", "tcp", "SSH", [22]],
  ["desktop", "tcp", "RPC", [135]],
  ["desktop", "any", "RDP", [3389]],
  ["desktop", "tcp", "VNC", [5900]],
  ["desktop", "tcp", "WinRM", [5985, 5986]],
  ["desktop", "tcp", "update sharing", [7680]],
  ["desktop", "tcp", "device association", [2869, 5040, 5357]],
  ["background", "udp", "NetBIOS", [137, 138]],
  ["background", "udp", "mDNS", [5353]],
  ["background", "udp", "LLMNR", [5355]],
  ["background", "udp", "WS-Discovery", [3702]],
  ["background", "tcp", "monitoring agent", [10050]],
  ["background", "any", "portmapper", [111]],
  ["upnp", "udp", "SSDP", [1900]],
  ["upnp", "udp", "NAT-PMP", [5351]],
  ["upnp", "tcp", "TR-069", [7547]],
  ["management", "udp", "SNMP", [161]],
  ["management", "tcp", "telnet", [23]],
  ["management", "tcp", "NETCONF", [830]],
  ["orchestration", "tcp", "kubelet", [10250, 10255]],
  ["orchestration", "tcp", "Kubernetes API", [6443]],
  ["orchestration", "tcp", "etcd", [2379, 2380]],
  ["orchestration", "tcp", "Kubernetes control plane", [10256, 10257, 10259]],
  ["printing", "tcp", "JetDirect", [9100]],
  ["printing", "tcp", "IPP", [631]],
  ["printing", "tcp", "LPD", [515]],
  ["camera", "any", "RTSP", [554, 8554]],
  ["camera", "tcp", "camera control", [34567, 37777]],
  ["voip", "any", "SIP", [5060, 5061]],
  ["voip", "tcp", "SCCP", [2000]],
  ["voip", "tcp", "H.323", [1720]],
  ["industrial", "tcp", "Modbus", [502]],
  ["industrial", "tcp", "S7 or MMS", [102]],
  ["industrial", "tcp", "IEC 104", [2404]],
  ["industrial", "any", "DNP3", [20000]],
  ["industrial", "any", "EtherNet/IP", [44818]],
  ["industrial", "udp", "EtherNet/IP", [2222]],
  ["industrial", "tcp", "OPC UA", [4840]],
  ["industrial", "any", "FINS", [9600]],
  ["industrial", "tcp", "SRTP", [18245]],
  ["building", "udp", "BACnet", [47808]],
  ["building", "tcp", "Fox", [1911, 4911]],
  ["telemetry", "tcp", "MQTT", [1883, 8883]],
  ["telemetry", "udp", "CoAP", [5683, 5684]],
];

const SERVICES = new Map<number, Service>();
for (const [group, transport, label, ports] of TABLE) {
  const protocols =
    transport === "tcp"
      ? [IP_PROTOCOL.tcp]
      : transport === "udp"
        ? [IP_PROTOCOL.udp]
        : [IP_PROTOCOL.tcp, IP_PROTOCOL.udp];
  for (const port of ports) {
    for (const protocol of protocols) {
      const key = protocol * 65536 + port;
      if (SERVICES.has(key))
        throw new Error(`The table of services names port ${port} of protocol ${protocol} twice.`);
      SERVICES.set(key, { label, group });
    }
  }
}

/** The service known on (protocol, port), or undefined. */
export function knownService(protocol: number, port: number): Service | undefined {
  return SERVICES.get(protocol * 65536 + port);
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  [IP_PROTOCOL.tcp]: "tcp",
  [IP_PROTOCOL.udp]: "udp",
  [IP_PROTOCOL.sctp]: "sctp",
  [IP_PROTOCOL.dccp]: "dccp",
};

/** "PostgreSQL (5432/tcp)", "8081/tcp", "protocol 47" for protocols without ports. */
export function nameService(protocol: number, port: number): string {
  if (port === 0) return `protocol ${protocol}`;
  const where = `${port}/${PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`}`;
  const service = knownService(protocol, port);
  return service === undefined ? where : `${service.label} (${where})`;
}
