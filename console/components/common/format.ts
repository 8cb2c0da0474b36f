/** Times and durations as people read them. Everything is shown in the browser's own zone and language. */

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

/** `14:03` */
export function formatTime(iso: string): string {
  return timeOfDay.format(new Date(iso));
}

/** `5 Jan 2026, 14:03` */
export function formatDateTime(iso: string): string {
  return dayAndTime.format(new Date(iso));
}

/** `Monday, 5 January 2026` */
export function formatDay(iso: string): string {
  return day.format(new Date(iso));
}

/** Whether both times lie in the same local day. */
export function isSameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** `0:42`, `12:05`, `3 h 20 min`; never negative. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A visitor's short name: the end of the session id, since nothing else is known of them. */
export function visitorName(sessionId: string): string {
  return `Visitor ${shortId(sessionId, 4)}`;
}

/** The last letters and digits of an opaque id, in capitals. */
export function shortId(id: string, length: number): string {
  return id
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(-length)
    .toUpperCase();
}

/** Up to two initials. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}
