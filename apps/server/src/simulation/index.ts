/** A made-up network that sends real export packets over UDP. Not here: what it is made of (synthetic). */
export {};
