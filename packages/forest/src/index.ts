/** Decision forests: binned, grown, predicted, calibrated, explained. Pure. Not here: what the numbers mean. */
export {};
