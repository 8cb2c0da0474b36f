import type { Alert } from '../../live/live-deps.ts';
import type { Store } from '../../live/store.ts';
import type { Preferences } from './preferences.ts';

const TITLES: { readonly [Kind in Alert['kind']]: string } = {
  message: 'New message',
  assigned: 'A chat was assigned to you',
  offered: 'A visitor is waiting',
};

/** Two soft tones: high enough to be noticed, short enough not to annoy. Frequencies in hertz, times in seconds. */
const TONES = [
  { hertz: 660, start: 0, length: 0.12 },
  { hertz: 880, start: 0.13, length: 0.16 },
];
const LOUDNESS = 0.06;

export interface Alerter {
  alert(alert: Alert): void;
  close(): void;
}

/**
 * Draws attention while the page isn't looked at, by what the user has switched on. A notification names the case
 * and never the text: it stays in the system's own history.
 */
export function createAlerter(preferences: Store<Preferences>, onOpen: (id: string) => void): Alerter {
  let audio: AudioContext | undefined;
  const notify = ({ kind, conversationId, caseId }: Alert): void => {
    const notification = new Notification(TITLES[kind], { body: `Case ${caseId}`, tag: conversationId });
    notification.onclick = () => {
      window.focus();
      notification.close();
      onOpen(conversationId);
    };
  };
  return {
    alert(alert) {
      if (document.hasFocus()) return;
      const { sound, desktopNotifications } = preferences.get();
      if (sound) {
        audio ??= new AudioContext();
        ring(audio);
      }
      if (desktopNotifications && 'Notification' in window && Notification.permission === 'granted')
        notify(alert);
    },
    close: () => void audio?.close(),
  };
}

function ring(audio: AudioContext): void {
  for (const { hertz, start, length } of TONES) {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    const from = audio.currentTime + start;
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(LOUDNESS, from);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + length);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(from);
    oscillator.stop(from + length);
  }
}

/** Asks the browser for permission; only ever called from a click. Answers whether it was given. */
export async function askForNotifications(): Promise<boolean> {
  if (!('Notification' in window)) return false;
  return (await Notification.requestPermission()) === 'granted';
}
