/** What a live connection may take up, and the times it is watched by. One object, so that a test can shrink it. */
export class LiveLimits {
  /** A connection that has shown no token is closed after this long. */
  authMs = 5_000;
  /** Longest message a client may send, in bytes. */
  messageBytes = 16 * 1024;
  /** Messages a client may send within ten seconds. */
  messagesPerTenSeconds = 200;
  /** Connections that have not signed in yet, all together: so many Socket.IO ones, and so many plain ones. */
  strangers = 5_000;
  /** Unsent bytes above which a client is slow, if it stays above for `slowMs`. */
  slowBytes = 1024 * 1024;
  slowMs = 5_000;
  /** Unsent bytes at which a client is dropped at once. */
  hardBytes = 4 * 1024 * 1024;
  /** Unsent bytes above which the catching-up waits for the client. */
  resumeBytes = 256 * 1024;
  /** Events in one read, and log numbers looked at in one read, while catching up. */
  resumePage = 200;
  resumeWindow = 10_000;
  /** Whoever is further behind than this reloads. */
  resumeDepth = 100_000;
  /** Catch-up reads at once, so that a thousand who reconnect leave connections for others. */
  resumeReads = 4;
  /** Bytes told before other work gets a turn. */
  turnBytes = 128 * 1024;
  /** Plain WebSockets are pinged this often, and dropped when a ping stays without pong until the next. */
  heartbeatMs = 25_000;
  /** How often connections are looked over. */
  lookMs = 500;
  /** Sessions are asked whether they live this often, at the least; at most `recheckPerSecond` of them a second. */
  recheckMs = 3_000;
  recheckPerSecond = 100;
  /** What a connection gets to say goodbye before it is cut. */
  goodbyeMs = 1_500;
}
