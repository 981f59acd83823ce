/**
 * Elements of vendors that no list at hand carries, from the vendors' own documents: enterprise number (0: a number of
 * NetFlow v9 above IANA's), number, name, type where it matters.
 */
export const OTHER_ELEMENTS = `
0 33000 ingress_acl_id octetArray
0 33001 egress_acl_id octetArray
0 33002 fw_ext_event unsigned16
0 40000 username string
0 40001 xlate_src_addr_ipv4 ipv4Address
0 40002 xlate_dst_addr_ipv4 ipv4Address
0 40003 xlate_src_port unsigned16
0 40004 xlate_dst_port unsigned16
0 40005 firewall_event unsigned8
0 56701 app_id string
0 56702 user_id string
9 12232 application_category_name string
9 12235 application_http_host octetArray
9 12236 connection_client_ipv4_address ipv4Address
9 12237 connection_server_ipv4_address ipv4Address
9 12240 connection_client_transport_port unsigned16
9 12241 connection_server_transport_port unsigned16
637 91 inside_service_id unsigned16
637 92 outside_service_id unsigned16
637 93 nat_sub_string string
6871 14 initial_tcp_flags unsigned8
6871 15 union_tcp_flags unsigned8
6871 18 payload octetArray
6871 21 reverse_flow_delta_milliseconds unsigned32
6871 29 tcp_urgent_count unsigned32
6871 33 silk_app_label unsigned16
6871 35 payload_entropy unsigned8
6871 36 os_name string
6871 37 os_version string
6871 40 flow_attributes unsigned16
6871 1000 template_name string
6871 1001 template_description string
6876 880 tenant_protocol unsigned8
6876 881 tenant_source_ipv4 ipv4Address
6876 882 tenant_dest_ipv4 ipv4Address
6876 883 tenant_source_ipv6 ipv6Address
6876 884 tenant_dest_ipv6 ipv6Address
6876 886 tenant_source_port unsigned16
6876 887 tenant_dest_port unsigned16
6876 888 egress_interface_attr unsigned16
6876 889 vxlan_export_role unsigned8
6876 890 ingress_interface_attr unsigned16
25461 56701 app_id string
25461 56702 user_id string
41916 4321 vpn_id unsigned32
`;
