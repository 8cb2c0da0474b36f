/** Version of the socket protocol; a client sends it in its handshake and is refused when the major differs. */
export const PROTOCOL_VERSION = 1;
