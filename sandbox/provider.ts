/** Settings of the environment, by name. */
export type Settings = Record<string, string | undefined>;

/** A local server that speaks a provider's wire protocol, running. */
export interface RunningProvider {
  /** What the product must be told so that it calls this server: names and values of its environment. */
  settings: Settings;
  /** One line for the person at the terminal: what it stands in for, and where. */
  line: string;
  close(): Promise<void>;
}

/** A stand-in for a provider whose credentials are not set. */
export interface SandboxProvider {
  name: string;
  /** Whether the settings leave this provider unset, so that the stand-in is wanted. */
  isWanted(settings: Settings): boolean;
  start(settings: Settings): Promise<RunningProvider>;
}
