/** Made-up networks: hosts, their conversations, the flow records of these. Pure and seeded. Not here: sockets. */
export {};
