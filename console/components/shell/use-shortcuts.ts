import { createContext, useContext, useEffect, useRef } from 'react';
import { type Shortcut, ShortcutMatcher } from './shortcuts.ts';

/** The shortcuts of everything that is on the screen; `?` lists them. */
export class ShortcutRegistry {
  readonly #sets = new Set<() => readonly Shortcut[]>();
  readonly #matcher = new ShortcutMatcher();

  add(shortcuts: () => readonly Shortcut[]): () => void {
    this.#sets.add(shortcuts);
    return () => this.#sets.delete(shortcuts);
  }

  list(): readonly Shortcut[] {
    return [...this.#sets].flatMap((set) => set());
  }

  /** Runs what the key press means; answers whether it meant anything. */
  handle(event: KeyboardEvent): boolean {
    const press = {
      key: event.key,
      modified: event.ctrlKey || event.altKey || event.metaKey || event.isComposing,
      typing: isTyping(event.target),
      at: Date.now(),
    };
    const shortcut = this.#matcher.match(press, this.list());
    shortcut?.run();
    return shortcut !== undefined;
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"]') !== null) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export const ShortcutContext = createContext<ShortcutRegistry | undefined>(undefined);

/** Adds shortcuts for as long as the component is on the screen. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const registry = useContext(ShortcutContext);
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => registry?.add(() => latest.current), [registry]);
}
