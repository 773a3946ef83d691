/**
 * A controller that is aborted with its owner and can be aborted by itself. Not `AbortSignal.any`: in Node 20 a signal made
 * by it may be collected as garbage while it is waited for, and the abort with it. `release` lets the owner forget it.
 */
export function childOf(owner: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(owner.reason);
  owner.addEventListener('abort', stop);
  if (owner.aborted) stop();
  return { controller, release: () => owner.removeEventListener('abort', stop) };
}
