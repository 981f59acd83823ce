/**
 * AWS VPC flow logs as text: which field is what, and the flow that a line means. Not here: Parquet, and flow logs that
 * were written as CSV (csv).
 */
export { createVpcFormat } from "./vpc-format.ts";
export { looksLikeVpcFlowLog } from "./fields.ts";
