import { carrierProvider } from './carrier/provider';
import { dtechProvider } from './dtech/provider';
import { homeAiProvider } from './homeai/provider';
import type { RunningProvider, SandboxProvider, Settings } from './provider';

/** The stand-ins there are, one line each. */
const providers: SandboxProvider[] = [carrierProvider, dtechProvider, homeAiProvider];

/** All wanted stand-ins, running. */
export interface Sandbox {
  /** The given settings with those of the stand-ins added. */
  settings: Settings;
  lines: string[];
  close(): Promise<void>;
}

/**
 * Starts a stand-in for every provider that `settings` leaves unset, on loopback ports. Never part of a production
 * build: the caller finds this module missing there.
 */
export async function startSandbox(settings: Settings): Promise<Sandbox> {
  const running: RunningProvider[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.map((provider) => provider.close()));
  };
  try {
    for (const provider of providers) {
      if (provider.isWanted(settings)) running.push(await provider.start(settings));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    settings: Object.assign({}, settings, ...running.map((provider) => provider.settings)) as Settings,
    lines: running.map((provider) => provider.line),
    close,
  };
}
