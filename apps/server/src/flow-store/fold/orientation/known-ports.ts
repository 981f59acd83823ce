/**
 * Ports at which services really listen: IANA's system ports that are still in use, and registered (or merely
 * customary) ports of software that is widely deployed. Left out on purpose: ports registered to products nobody
 * meets, and everything that a client may be given as a source port without any of these services being common.
 * One line a group; a port may serve several products.
 */
interface PortGroup {
  readonly what: string;
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
}

const both = (...ports: number[]): { readonly tcp: readonly number[]; readonly udp: readonly number[] } => ({
  tcp: ports,
  udp: ports,
});

export const KNOWN_SERVICES: readonly PortGroup[] = [
  { what: "echo, discard, daytime, qotd, chargen, time", ...both(7, 9, 13, 17, 19, 37) },
  { what: "file transfer: FTP control, TFTP, FTPS, rsync, AFP", tcp: [21, 548, 873, 989, 990], udp: [69] },
  { what: "login: SSH, telnet, rexec/rlogin/rsh, telnets", tcp: [22, 23, 512, 513, 514, 992, 2222] },
  { what: "mail: SMTP, POP, IMAP, submission", tcp: [25, 109, 110, 143, 220, 465, 587, 993, 995] },
  {
    what: "names: WINS, DNS, NetBIOS names, mDNS, LLMNR, DNS over TLS",
    tcp: [42, 53, 853, 5353],
    udp: [42, 53, 137, 853, 5353, 5355],
  },
  { what: "whois, TACACS, finger, ident, gopher", tcp: [43, 49, 70, 79, 113], udp: [49] },
  { what: "address configuration: DHCP and BOOTP server, DHCPv6 server", udp: [67, 547] },
  {
    what: "web: HTTP, HTTPS, alternatives, proxies",
    tcp: [
      80, 81, 88, 443, 591, 593, 3128, 8000, 8008, 8009, 8080, 8081, 8082, 8088, 8090, 8118, 8443, 8888, 9080,
      9443,
    ],
    udp: [443],
  },
  { what: "Kerberos, password change", ...both(88, 464, 749) },
  {
    what: "industrial control: S7 (ISO-TSAP), Modbus, IEC 104, DNP3, EtherNet/IP, BACnet, OPC UA, Fox, FINS, Profinet, CODESYS, SRTP, PCWorx, ProConOS, MELSEC",
    tcp: [
      102, 502, 789, 1911, 1962, 2404, 2455, 4840, 4911, 5006, 5007, 9600, 11740, 18245, 19999, 20000, 20547,
      34962, 34963, 34964, 44818,
    ],
    udp: [2222, 5006, 9600, 20000, 34962, 34963, 34964, 44818, 47808],
  },
  {
    what: "remote procedure calls and file systems: portmapper, MS-RPC, NFS, mountd, AFS, GlusterFS, Ceph, Lustre",
    tcp: [111, 135, 593, 988, 2049, 3300, 6789, 20048, 24007],
    udp: [111, 135, 2049, 7000, 7001, 7003, 20048],
  },
  { what: "news, time: NNTP, NTP, PTP", tcp: [119, 563], udp: [123, 319, 320] },
  { what: "Windows files: NetBIOS datagrams and sessions, SMB", tcp: [139, 445], udp: [138, 445] },
  {
    what: "management: SNMP and traps, syslog, NETCONF, IPMI, SMUX, WS-Management, AMT",
    tcp: [161, 199, 601, 623, 664, 830, 5985, 5986, 6514, 10161, 16992, 16993],
    udp: [161, 162, 514, 623, 664, 6514, 10161, 10162],
  },
  {
    what: "routing: BGP, RIP, LDP, BFD, EIGRP over UDP's neighbours HSRP, GLBP, MSDP",
    tcp: [179, 639, 646],
    udp: [520, 521, 646, 1985, 2029, 3222, 3784, 3785, 4784],
  },
  {
    what: "directories: LDAP, LDAPS, global catalogue, SLP, AD web services",
    tcp: [389, 427, 636, 3268, 3269, 9389],
    udp: [389, 427],
  },
  { what: "printing: LPD, IPP, JetDirect", tcp: [515, 631, 9100, 9101, 9102], udp: [631] },
  {
    what: "streaming, conferencing: RTSP, RTMP, MMS, Shoutcast, H.323, SIP, MGCP, SCCP, Skype for Business, STUN/TURN, Zoom",
    tcp: [554, 1719, 1720, 1755, 1935, 2000, 2427, 3478, 5060, 5061, 5349, 7070, 8554, 8801],
    udp: [554, 1719, 2427, 3478, 3479, 3480, 3481, 4569, 5060, 5061, 5349, 8801],
  },
  {
    what: "chat and push: IRC, XMPP, AIM, MSN, Google and Apple push, Mattermost",
    tcp: [
      194, 1863, 5190, 5222, 5223, 5228, 5229, 5230, 5269, 5280, 6660, 6661, 6665, 6666, 6667, 6668, 6669,
      6697, 8065,
    ],
    udp: [],
  },
  {
    what: "tunnels: IKE, L2TP, PPTP, OpenVPN, WireGuard, Teredo, GTP, VXLAN, Geneve, SOCKS, Tor, CAPWAP, LWAPP",
    tcp: [1080, 1194, 1701, 1723, 9001, 9030, 9050],
    udp: [500, 1194, 1701, 2123, 2152, 3544, 4500, 4789, 5246, 5247, 6081, 8472, 12222, 12223, 51820],
  },
  {
    what: "authentication: RADIUS, Diameter, TACACS+",
    tcp: [1812, 2083, 3868],
    udp: [1645, 1646, 1812, 1813, 3799],
  },
  {
    what: "databases: SQL Server, Oracle, MySQL, PostgreSQL, DB2, Sybase, Informix, Firebird, SAP, Teradata, CouchDB, Redis, Cassandra, MongoDB, Elasticsearch, InfluxDB, ClickHouse, Neo4j, RethinkDB, CockroachDB, memcached, Riak, Aerospike, Hive, Vertica, Netezza, Couchbase",
    tcp: [
      1433, 1434, 1521, 1522, 1526, 1527, 1583, 2483, 2484, 3000, 3050, 3306, 3307, 4333, 5000, 5432, 5433,
      5480, 5984, 6379, 6380, 6432, 6446, 7473, 7474, 7687, 8086, 8087, 8091, 8098, 8123, 8529, 9042, 9088,
      9160, 9200, 9300, 10000, 11210, 11211, 16379, 26257, 27017, 27018, 27019, 28015, 29015, 30015, 33060,
      50000,
    ],
    udp: [1434, 11211],
  },
  {
    what: "messages and coordination: MQTT, AMQP, Kafka, ZooKeeper, NATS, STOMP, ActiveMQ, RabbitMQ, Pulsar, NSQ, MSMQ, Tibco, IBM MQ, CoAP, ZeroMQ's brokers",
    tcp: [
      1414, 1801, 1883, 2181, 2888, 3888, 4150, 4222, 4369, 5671, 5672, 5683, 6650, 7222, 7500, 8161, 8883,
      9092, 9093, 9094, 15672, 25672, 61613, 61616,
    ],
    udp: [5683, 5684, 7500],
  },
  {
    what: "storage: iSCSI, NDMP, Veeam, NetBackup, Bacula, Commvault, TSM, DRBD, MinIO",
    tcp: [
      860, 3205, 3260, 6160, 6162, 7788, 8400, 9102, 9103, 9392, 1500, 1501, 1556, 9000, 10001, 10006, 13720,
      13724, 13782,
    ],
    udp: [3205],
  },
  {
    what: "remote desktops: RDP, VNC, X11, Citrix, PCoIP, TeamViewer, AnyDesk, Radmin, ARD, NX, Spice",
    tcp: [
      1494, 2598, 3283, 3389, 4000, 4172, 4899, 5631, 5800, 5900, 5901, 5902, 5938, 6000, 6001, 6002, 7070,
    ],
    udp: [3283, 3389, 4172, 5632],
  },
  {
    what: "clusters and containers: Docker, Kubernetes, etcd, Consul, Nomad, Mesos, Spark, Hadoop, YARN, HBase, Flink, Airflow, Ray, Slurm, Jupyter, Grafana, Vault",
    tcp: [
      2375, 2376, 2377, 2379, 2380, 4646, 5050, 5051, 6066, 6443, 6817, 6818, 7077, 7946, 8020, 8030, 8031,
      8032, 8042, 8200, 8300, 8301, 8302, 8485, 8500, 8600, 8793, 9083, 9870, 10248, 10249, 10250, 10255,
      10256, 10257, 10259, 16000, 16010, 16020, 16030, 18080, 50010, 50020, 50070, 50075,
    ],
    udp: [4789, 7946, 8301, 8302, 8600],
  },
  {
    what: "monitoring and logs: Zabbix, NRPE, Prometheus and exporters, Graphite, StatsD, Beats, Fluentd, Splunk, Graylog, Wazuh, Nagios, Munin, Icinga, collectd, Ganglia, Jaeger, OpenTelemetry, Datadog, flow export",
    tcp: [
      1514, 1515, 2003, 2004, 4317, 4318, 4949, 5044, 5140, 5601, 5665, 5666, 5667, 6556, 8089, 8125, 8126,
      8649, 9090, 9091, 9093, 9094, 9100, 9115, 9182, 9411, 9997, 10050, 10051, 12201, 14268, 24224, 24225,
      4739,
    ],
    udp: [1514, 2055, 2056, 4739, 5140, 6343, 6831, 8125, 8649, 9555, 9995, 9996, 12201, 25826],
  },
  {
    what: "configuration and builds: Puppet, Salt, Chef, Ansible AWX, Jenkins agents, Git, Subversion, Perforce, Distcc, NETCONF call-home",
    tcp: [1666, 3632, 3690, 4505, 4506, 8140, 9418, 50000],
    udp: [],
  },
  {
    what: "virtual machines and their consoles: vCenter, ESXi, libvirt, Proxmox, oVirt, Xen",
    tcp: [902, 903, 5480, 8006, 8697, 9440, 9443, 16509, 16514, 54321],
    udp: [902],
  },
  {
    what: "applications: WebLogic, WebSphere, GlassFish, JBoss, Tomcat AJP and shutdown, JMX/RMI, SAP, Domino, Lync, Exchange, SharePoint, WSUS, SCCM, WINRM, FileMaker, Asterisk, Plex, Synology, QNAP, Webmin, cPanel, Plesk, Odoo, Node and Rails in development, HP and Dell agents",
    tcp: [
      1098, 1099, 1352, 1433, 2077, 2078, 2082, 2083, 2086, 2087, 2095, 2096, 2301, 2381, 2701, 3001, 3200,
      3299, 3300, 3600, 4443, 4444, 4447, 4848, 4990, 5001, 5003, 5038, 5357, 5358, 5555, 7001, 7002, 7199,
      7443, 7547, 7676, 7777, 8005, 8010, 8069, 8112, 8180, 8181, 8222, 8291, 8333, 8472, 8530, 8531, 8686,
      8834, 8880, 8983, 9043, 9060, 9091, 9990, 9999, 10010, 32400, 32764,
    ],
    udp: [3702, 32764],
  },
  {
    what: "peers and games: BitTorrent, eDonkey, Gnutella, Bitcoin, Ethereum, Steam, Minecraft, Quake, TeamSpeak, Ventrilo",
    tcp: [3784, 4662, 6346, 6347, 6881, 6882, 6883, 6889, 8333, 25565, 25575, 27015, 27036, 30033, 30303],
    udp: [4672, 6346, 6881, 9987, 19132, 27015, 27036, 30303],
  },
  {
    what: "cameras and small devices: ONVIF, Hikvision, Dahua, Wyze/TUTK, TP-Link plugs, Chromecast, AirPlay, HomeKit, Hue, DLNA/UPnP, Sonos, Android debug, iOS sync",
    tcp: [1400, 2869, 3689, 5555, 7000, 8008, 8009, 8060, 9999, 34567, 37777, 62078],
    udp: [1900, 3702, 5350, 5351, 9999, 10001, 17500, 34569, 37020],
  },
  {
    what: "financial and signalling: FIX, SCTP's SIGTRAN, SMPP, ISO 8583",
    tcp: [2775, 2905, 2944, 9878],
    udp: [2905, 2944],
  },
];

/** Ports from which servers open: FTP's data connection (RFC 959 §3.2). Whoever has it is not the server. */
export const OPENING_TCP_PORTS: readonly number[] = [20];

/** protocol × 65536 + port of every known service, ascending. SCTP and DCCP count as TCP's. */
export function knownPortKeys(): number[] {
  const keys = new Set<number>();
  for (const group of KNOWN_SERVICES) {
    for (const port of group.tcp ?? [])
      for (const protocol of [6, 33, 132]) keys.add(protocol * 65536 + port);
    for (const port of group.udp ?? []) keys.add(17 * 65536 + port);
  }
  return [...keys].sort((a, b) => a - b);
}
