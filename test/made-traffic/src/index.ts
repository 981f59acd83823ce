/**
 * Made-up traffic for tests and benches: frames, conversations, a scripted network, and the same traffic
 * written as pcap, pcapng and Zeek log. Not here: anything the product ships.
 */
export {};
