import { CLOUD_SERVICE } from "./profiles/cloud-service.ts";
import { CONTAINER, VIRTUAL_MACHINE } from "./profiles/compute.ts";
import { DATABASE } from "./profiles/database.ts";
import {
  BUILDING_DEVICE,
  INDUSTRIAL_CONTROLLER,
  IOT_DEVICE,
  IP_CAMERA,
  PRINTER,
  VOIP_PHONE,
} from "./profiles/devices.ts";
import { LOAD_BALANCER } from "./profiles/load-balancer.ts";
import { GATEWAY, ROUTER } from "./profiles/network-device.ts";
import { DHCP_SERVER, DIRECTORY_SERVICE, DNS_SERVER, SERVER } from "./profiles/server.ts";
import { STORAGE } from "./profiles/storage.ts";
import { OPERATOR_STATION, WORKSTATION } from "./profiles/workstation.ts";
import type { Profile } from "./signal.ts";

/** Every way to be of a type that the heuristics know. The weights for each sum to 1. */
export const PROFILES: readonly Profile[] = [
  SERVER,
  DIRECTORY_SERVICE,
  DNS_SERVER,
  DHCP_SERVER,
  WORKSTATION,
  OPERATOR_STATION,
  DATABASE,
  LOAD_BALANCER,
  ROUTER,
  GATEWAY,
  STORAGE,
  CONTAINER,
  CLOUD_SERVICE,
  VIRTUAL_MACHINE,
  PRINTER,
  IP_CAMERA,
  VOIP_PHONE,
  INDUSTRIAL_CONTROLLER,
  BUILDING_DEVICE,
  IOT_DEVICE,
];
