/** Who may call: tokens, stored hashed. Not here: routes. */
export {};
