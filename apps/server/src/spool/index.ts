/** Received flow records on disk, from receipt until the flow store has them. Not here: sockets, inserting. */
export {};
