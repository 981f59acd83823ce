/**
 * The flow record: its one catalogue of columns, columnar batches, addresses and ranges.
 * Pure: no Node, no DOM, no clock. Not here: decoding (codec), meaning of roles (features, heuristics).
 */
export {
  COLUMN_WIDTH_BYTES,
  DIRECTION_NOT_SAID,
  FLOW_COLUMNS,
  INITIATOR,
  IP_PROTOCOL,
  TCP_FLAG,
  type ColumnType,
  type FlowColumn,
  type FlowColumnName,
} from "./columns.ts";
export {
  createFlowBatch,
  flushFlows,
  nextFlow,
  startFlow,
  type FlowBatch,
  type FlowBatchColumn,
  type FlowSink,
} from "./flow-batch.ts";
export {
  ADDRESS_BYTES,
  copyIpv4,
  copyIpv6,
  formatAddress,
  isIpv4,
  parseAddress,
  parseAddressInto,
  writeIpv4,
} from "./address.ts";
export {
  DEFAULT_INTERNAL_RANGES,
  formatAddressRange,
  isUnicast,
  lastAddress,
  parseAddressRange,
  rangeContains,
  type AddressRange,
} from "./address-range.ts";
