/** The catalogue of features and the pure function from a host's integer counts to its vector. */
export * from "./host-counts.ts";
