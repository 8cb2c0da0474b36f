import { LIMITS } from '../../../shared/limits.ts';

/** At most one preview in this time. */
const PREVIEW_EVERY_MS = 1_000;
/** Without a key pressed for this long, the visitor counts as no longer writing. */
const STOPPED_AFTER_MS = 5_000;

export interface TypingSender {
  /** The composer's text has changed. */
  changed(text: string): void;
  /** The line was sent, or the chat is over. */
  stop(): void;
}

/** Thins out what goes to the agent while the visitor writes. */
export function createTypingSender(send: (active: boolean, text?: string) => void): TypingSender {
  let active = false;
  let latest = '';
  let previewTimer: ReturnType<typeof setTimeout> | undefined;
  let stopTimer: ReturnType<typeof setTimeout> | undefined;

  const preview = () => send(true, latest.slice(0, LIMITS.previewLength));
  const afterPause = () => {
    previewTimer = undefined;
    if (active) startPreview();
  };
  let sentText = '';
  const startPreview = () => {
    if (latest === sentText || previewTimer !== undefined) return;
    sentText = latest;
    preview();
    previewTimer = setTimeout(afterPause, PREVIEW_EVERY_MS);
  };
  const stop = () => {
    clearTimeout(stopTimer);
    clearTimeout(previewTimer);
    previewTimer = undefined;
    sentText = '';
    if (active) send(false);
    active = false;
  };

  return {
    stop,
    changed: (text) => {
      latest = text;
      if (text.trim() === '') return stop();
      active = true;
      clearTimeout(stopTimer);
      stopTimer = setTimeout(stop, STOPPED_AFTER_MS);
      startPreview();
    },
  };
}
